"""Cells, tables and verdicts as markup."""

from __future__ import annotations

import pytest

from comove.core.document import Table
from comove.core.message import Name, Quantity, say
from comove.report.page.cells import bar, cell, extent
from comove.report.page.tables import table
from comove.report.page.verdict import SIGNED, badge, mark
from comove.report.words import Words

from . import fake

WORDS = Words.load("en", fake.WORDS, fake.TITLES)
SURE = fake.estimate(-0.2, "log_return", 0.05)
UNSURE = fake.estimate(0.1, "log_return", 0.3)


def made(*rows: tuple[object, ...], columns: tuple[str, ...], **more: object) -> str:
    return table(
        Table(title=say("explain.exhibit.gold_ratio"), columns=columns, rows=rows, **more), WORDS
    )  # type: ignore[arg-type]


def test_an_interval_stands_behind_its_number_in_smaller_ink() -> None:
    assert cell(SURE, WORDS) == '-20.0 <span class="interval">[-25.0, -15.0]</span>'
    assert cell(fake.estimate(0.5, "share"), WORDS) == "50%"


def test_an_interval_inside_a_sentence_is_set_the_same_way() -> None:
    shown = cell(say("report.finding_value", estimate=SURE), WORDS)
    assert '<span class="interval">[-25.0, -15.0]</span>' in shown


def test_an_empty_cell_is_a_dash() -> None:
    assert cell(None, WORDS) == "–"
    assert cell(Quantity(float("nan"), "usd"), WORDS) == "–"


@pytest.mark.parametrize("key", sorted(SIGNED))
def test_verdicts_and_outcomes_carry_sign_and_word(key: str) -> None:
    for value in (Name(key), say(key)):
        shown = cell(value, WORDS)
        assert WORDS.label(key) in shown
        assert "<path" in shown
    assert mark(key, WORDS) == shown


def test_the_four_verdicts_look_different_without_colour() -> None:
    shown = [badge(verdict, WORDS) for verdict in ("supports", "against", "cannot_tell", "silent")]
    signs = {text.split("<path")[1].split("/>")[0] for text in shown}
    assert len(signs) == 4


def test_an_unknown_verdict_is_shown_by_its_word() -> None:
    words = Words("en", {"verdict.maybe": "maybe"})
    assert badge("maybe", words) == '<span class="verdict silent">maybe</span>'


def test_a_column_of_figures_is_flush_right_even_with_holes_in_it() -> None:
    shown = made(
        (Name("btc"), Quantity(1.0, "usd"), say("report.none")),
        (Name("gdx"), None, Quantity(2.0, "usd")),
        columns=("asset", "price", "drivers"),
    )
    heads = [part.split(">")[0] for part in shown.split("<th ")[1:4]]
    assert ['class="number"' in head for head in heads] == [False, True, False]
    assert 'class="number none"' in shown


def test_a_bar_starts_at_zero_and_has_the_length_of_its_value() -> None:
    scale = extent((SURE, UNSURE, None, "x"))
    assert scale == (-0.25, 0.4)
    drawn = bar(SURE, scale)
    left = float(drawn.split(' x="')[1].split('"')[0])
    wide = float(drawn.split("<rect")[1].split(' width="')[1].split('"')[0])
    per = 130.0 / (scale[1] - scale[0])
    assert wide == pytest.approx(0.2 * per, abs=0.11)
    assert left + wide == pytest.approx(1.0 + 0.25 * per, abs=0.11)
    assert "pale" not in drawn
    assert "pale" in bar(UNSURE, scale)


@pytest.mark.parametrize("value", [None, "x", Quantity(1.0, "usd")])
def test_what_is_no_estimate_has_no_bar(value: object) -> None:
    assert bar(value, (-1.0, 1.0)) == ""
    assert bar(SURE, extent(())) == ""


def test_bars_are_drawn_only_where_no_picture_shows_the_same() -> None:
    block = Table(
        title=say("explain.exhibit.gold_ratio"),
        columns=("part", "log_points"),
        rows=((Name("btc"), SURE),),
        bars=1,
    )
    assert 'class="bar"' in table(block, WORDS)
    assert 'class="bar"' not in table(block, WORDS, bars=False)


def test_a_wide_table_of_figures_slides_and_one_of_words_becomes_cards() -> None:
    figures = tuple(fake.estimate(0.1234, "correlation", 0.2) for _ in range(5))
    keys = ("asset", "price", "distance", "sigmas", "level", "beta")
    assert 'class="sliding' in made((Name("gdx"), *figures), columns=keys)
    words = tuple(say("report.overlap.falling.chance", overlap=Quantity(0.4, "share"),
                      expected=Quantity(0.4, "share"), p=Quantity(0.4, "probability"))
                  for _ in range(5))  # fmt: skip
    assert 'class="cards' in made((Name("gdx"), *words), columns=keys)
    narrow = made((Name("gdx"), Quantity(1.0, "usd")), columns=("asset", "price"))
    assert 'class="plain"' in narrow


def test_a_long_table_of_short_words_slides_rather_than_fill_ten_screens() -> None:
    row = (Name("gdx"), Name("hyg"), fake.estimate(0.1234, "beta", 0.2), Name("usdjpy"))
    keys = ("asset", "driver", "beta", "other")
    assert 'class="sliding"' in made(*(row,) * 20, columns=keys)
    assert 'class="cards"' in made(*(row,) * 3, columns=keys)


def test_every_cell_of_a_card_says_which_column_it_is() -> None:
    shown = made((Name("gdx"), Quantity(1.0, "usd")), columns=("asset", "price"))
    assert f'data-label="{WORDS.column("price")}"' in shown


def test_a_long_table_may_be_divided_between_pages_a_short_one_not() -> None:
    row = (Name("gdx"), Quantity(1.0, "usd"))
    assert 'class="table short"' in made(row, columns=("asset", "price"))
    assert 'class="table"' in made(*(row,) * 13, columns=("asset", "price"))


def test_a_note_stands_below_its_table() -> None:
    shown = made(
        (Name("gdx"), None), columns=("asset", "price"), note=say("explain.exhibit.gold_ratio")
    )
    assert shown.index("</table>") < shown.index('<p class="note">')
