"""Which block stands where; every figure is the diagnosis' own."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from comove.core.document import Badge, Paragraph, Table
from comove.core.estimate import Estimate
from comove.core.exhibit import Exhibit
from comove.core.message import Message, Name, Quantity
from comove.report.explain import compose
from comove.report.figures import is_figure
from comove.report.words import Words

from . import fake

DIGITS = re.compile(r"[-+<>]?\d[\d,.]*")


def section(document, key):
    return next(entry for entry in document.sections if entry.key == key)


def tables(document, key):
    return [
        block
        for entry in document.sections
        for block in entry.blocks
        if isinstance(block, Table) and block.title.key == key
    ]


def test_sections_stand_in_reading_order(document):
    keys = [entry.key for entry in document.sections]
    assert keys == ["together", "unusual", "why", "refuge", "change", "limits"]


def test_every_exhibit_stands_once(document, diagnosis):
    shown = [
        (entry.key, block.key)
        for entry in document.sections
        for block in entry.blocks
        if isinstance(block, Exhibit)
    ]
    assert shown == [
        ("together", "paths"),
        ("unusual", "rolling"),
        ("why", "split"),
        ("why", "pair_split"),
        ("why", "gold_beta"),
        ("why", "gold_ratio"),
    ]


def test_an_exhibit_of_a_new_kind_is_not_lost(diagnosis):
    strange = replace(diagnosis.exhibits[0], key="new", kind="never_seen")
    made = compose(replace(diagnosis, exhibits=(strange,)), fake.TITLES, fake.WORDS)
    assert strange in section(made, "why").blocks


def test_paths_have_a_column_per_asset(document, diagnosis):
    (table,) = tables(document, "table.paths")
    assert table.columns == ("measure", "btc", "gdx")
    falls = next(row for row in table.rows if row[0].key == "report.path.falling.drawdown")
    assert falls[1:] == tuple(path.drawdown for path in diagnosis.together.paths)


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({}, "report.window.falling.open"),
        ({"open": False}, "report.window.falling.closed"),
        ({"direction": "rising"}, "report.window.rising.open"),
        ({"direction": "rising", "open": False}, "report.window.rising.closed"),
        ({"chosen": True}, "report.window.chosen"),
        ({"joint": False, "direction": "none"}, "report.window.none"),
    ],
)
def test_the_window_is_told_as_it_was_found(diagnosis, words, changes, key):
    told = replace(diagnosis, together=replace(diagnosis.together, **changes))
    made = compose(told, fake.TITLES, fake.WORDS)
    first = section(made, "together").blocks[0]
    assert isinstance(first, Paragraph)
    assert first.says[0].key == key
    assert words.prose(first.says)


@pytest.mark.parametrize(
    ("pvalue", "outcome"), [(0.05, "more"), (0.051, "unclear"), (0.1, "unclear"), (0.101, "chance")]
)
def test_overlap_is_called_chance_only_when_it_is_plainly_so(diagnosis, pvalue, outcome):
    overlap = replace(diagnosis.together.overlap, pvalue=pvalue)
    told = replace(diagnosis, together=replace(diagnosis.together, overlap=overlap))
    made = compose(told, fake.TITLES, fake.WORDS)
    assert section(made, "together").blocks[0].says[1].key == f"report.overlap.falling.{outcome}"


def test_the_latest_pvalue_stands_beside_the_correlation_it_tests(document):
    (table,) = tables(document, "table.correlation")
    row = next(row for row in table.rows if row[0].key == "report.correlation.dependence")
    assert row[2] == Quantity(0.087, "probability")
    assert not [row for row in table.rows if row[0].key == "report.correlation.latest"]


def test_a_latest_value_over_other_sessions_has_its_own_row(diagnosis):
    pair = diagnosis.unusual.pairs[0]
    other = replace(pair, latest=replace(pair.latest, value=0.5))
    told = replace(diagnosis, unusual=replace(diagnosis.unusual, pairs=(other,)))
    (table,) = tables(compose(told, fake.TITLES, fake.WORDS), "table.correlation")
    row = {row[0].key.rpartition(".")[2]: row for row in table.rows}
    assert row["dependence"][2] is None
    assert row["latest"][1].value == 0.5


def test_episodes_stand_newest_first(document, diagnosis):
    (table,) = tables(document, "table.episodes.falling")
    troughs = [row[1] for row in table.rows]
    assert troughs == sorted(troughs, reverse=True)
    assert len(troughs) == len(diagnosis.unusual.episodes)


def test_what_history_does_not_reach_is_empty(document):
    (table,) = tables(document, "table.episodes.falling")
    assert table.rows[0][4:7] == (None, None, None)
    assert table.rows[1][4] is not None


def test_every_part_of_a_split_is_shown_and_they_add_up(document, diagnosis):
    shown = tables(document, "table.return_split")
    assert len(shown) == len(diagnosis.why.returns)
    for table, split in zip(shown, diagnosis.why.returns, strict=True):
        *parts, total = [row[1] for row in table.rows]
        measured = [cell for cell in parts if cell is not None]
        bare = {"intercept", "unexplained"}
        assert measured == [p.estimate for p in split.parts if p.drivers or p.channel in bare]
        assert sum(part.value for part in measured) == pytest.approx(total.value, abs=1e-12)
        assert table.rows[-2][0] == Name("channel.unexplained.share")


@pytest.mark.parametrize("key", ["table.return_split", "table.covariance_split"])
def test_a_channel_without_a_driver_says_so_and_has_no_number(document, key):
    table = tables(document, key)[0]
    row = next(row for row in table.rows if row[0] == Name("channel.deleveraging.share"))
    assert row[1] is None
    assert row[2].key == "report.why.no_driver"


def test_a_total_in_another_unit_is_no_row(diagnosis):
    split = replace(diagnosis.why.covariances[0], total=fake.estimate(4e-4, "covariance"))
    told = replace(diagnosis, why=replace(diagnosis.why, covariances=(split,)))
    (table,) = tables(compose(told, fake.TITLES, fake.WORDS), "table.covariance_split")
    assert len(table.rows) == len(split.parts)
    assert {row[1].unit for row in table.rows if row[1] is not None} == {"correlation"}


def test_every_reading_has_its_badge_evidence_checks_and_caveats(document, diagnosis):
    blocks = section(document, "why").blocks
    badges = [block for block in blocks if isinstance(block, Badge)]
    assert [badge.verdict for badge in badges] == [r.verdict for r in diagnosis.readings]
    evidence = tables(document, "table.evidence")
    spoken = [reading for reading in diagnosis.readings if reading.evidence]
    assert [len(table.rows) for table in evidence] == [len(r.evidence) for r in spoken]
    assert len(tables(document, "table.checks")) == len(spoken)
    notes = [b.says for b in blocks if isinstance(b, Paragraph) and b.role == "note"]
    assert diagnosis.readings[3].caveats in notes


def test_a_price_that_is_two_levels_stands_once(diagnosis, words):
    first = diagnosis.levels[0]
    twin = replace(first, key="start")
    made = compose(replace(diagnosis, levels=(first, twin)), fake.TITLES, fake.WORDS)
    (table,) = tables(made, "table.levels")
    assert [row[1] for row in table.rows] == [(Name(f"level.{first.key}"), Name("level.start"))]
    other = replace(twin, value=first.value * 1.001)
    made = compose(replace(diagnosis, levels=(first, other)), fake.TITLES, fake.WORDS)
    assert len(tables(made, "table.levels")[0].rows) == 2


def test_the_outlook_opens_with_the_nearest_level_of_each_and_the_largest_clear_effect(diagnosis):
    nearest, largest = section(compose(diagnosis, fake.TITLES, fake.WORDS), "change").blocks[0].says
    told = {level["asset"].id: level["distance"].value for level in nearest["levels"]}
    sizes = {}
    for level in diagnosis.levels:
        sizes.setdefault(level.asset, []).append(level)
    assert told == {
        asset: min(held, key=lambda level: abs(level.sigmas)).distance
        for asset, held in sizes.items()
    }
    effects = [effect for what_if in diagnosis.what_if for _, effect in what_if.effects]
    clear = [effect for effect in effects if effect.excludes_zero]
    assert abs(largest["effect"].value) == max(abs(effect.value) for effect in clear)


def test_without_a_clear_effect_the_outlook_says_so(diagnosis):
    unclear = tuple(
        replace(w, effects=tuple((a, replace(e, low=-1.0, high=1.0)) for a, e in w.effects))
        for w in diagnosis.what_if
    )
    made = compose(replace(diagnosis, what_if=unclear), fake.TITLES, fake.WORDS)
    assert section(made, "change").blocks[0].says[-1].key == "report.change.none_clear"


def test_the_sample_of_hedge_and_haven_is_told(document, diagnosis):
    (table,) = tables(document, "table.refuge")
    slope = diagnosis.refuge[0].slope
    assert table.note["days"] == (slope.first, slope.last)
    assert table.note["nobs"] == slope.nobs


def test_the_depth_that_ranks_episodes_stands_beside_their_falls(document, diagnosis):
    (table,) = tables(document, "table.episodes.falling")
    place = table.columns.index("severity")
    assert place == table.columns.index("falls") + 1
    assert table.rows[0][place].value == diagnosis.unusual.episodes[-1].severity


def test_the_size_of_a_rise_has_no_minus(diagnosis):
    rising = replace(diagnosis.together, direction="rising")
    made = compose(replace(diagnosis, together=rising), fake.TITLES, fake.WORDS)
    (table,) = tables(made, "table.episodes.rising")
    assert all(row[table.columns.index("size")].value > 0 for row in table.rows)


def test_levels_stand_nearest_first(document):
    (table,) = tables(document, "table.levels")
    sizes = [abs(row[4].value) for row in table.rows]
    assert sizes == sorted(sizes)


def test_an_asset_without_an_effect_has_an_empty_cell(diagnosis):
    first = diagnosis.what_if[0]
    told = replace(diagnosis, what_if=(replace(first, effects=first.effects[1:]),))
    (table,) = tables(compose(told, fake.TITLES, fake.WORDS), "table.what_if")
    assert table.rows[0][1] is None
    assert table.rows[0][2] == first.effects[1][1]


def test_a_what_if_without_effects_is_left_out(diagnosis):
    told = replace(diagnosis, what_if=tuple(replace(w, effects=()) for w in diagnosis.what_if))
    assert not tables(compose(told, fake.TITLES, fake.WORDS), "table.what_if")


def test_a_calm_answer_has_no_empty_sections(calm, words):
    assert [entry.key for entry in calm.sections] == ["together", "unusual", "why", "limits"]
    reason = section(calm, "why").blocks[0]
    assert isinstance(reason, Paragraph)
    assert words.prose(reason.says)


def three(diagnosis):
    """The same figures for three assets: three pairs, the leading one in the middle."""
    pair = diagnosis.unusual.pairs[0]
    pairs = (("btc", "gld"), ("btc", "gdx"), ("gld", "gdx"))
    split, shift = diagnosis.why.covariances[0], diagnosis.why.shifts[0]
    return replace(
        diagnosis,
        question=replace(diagnosis.question, assets=("btc", "gld", "gdx")),
        unusual=replace(
            diagnosis.unusual, pairs=tuple(replace(pair, pair=named) for named in pairs)
        ),
        why=replace(
            diagnosis.why,
            covariances=tuple(replace(split, pair=named) for named in pairs),
            shifts=tuple(replace(shift, pair=named) for named in pairs),
        ),
    )


def test_a_group_has_a_table_of_pairs_led_by_the_leading_one(diagnosis):
    made = compose(three(diagnosis), fake.TITLES, fake.WORDS)
    (table,) = tables(made, "table.correlations")
    leading = [dict(row[0].items) for row in table.rows]
    assert leading[0] == {"first": Name("btc"), "second": Name("gdx")}
    assert len(tables(made, "table.correlation_detail")) == 3
    assert not tables(made, "table.correlation")
    assert len(tables(made, "table.shift")) == 3


def test_every_figure_is_one_of_the_diagnosis(document, diagnosis):
    """No number is made on the way: every estimate shown is the same object."""
    known = set()

    def gather(value):
        if isinstance(value, Estimate):
            known.add(value)
        elif hasattr(value, "__dataclass_fields__") and not isinstance(value, Message):
            for name in value.__dataclass_fields__:
                gather(getattr(value, name))
        elif isinstance(value, tuple):
            for item in value:
                gather(item)

    gather(diagnosis)
    cells = [cell for table in all_tables(document) for row in table.rows for cell in row]
    shown = [cell for cell in cells if isinstance(cell, Estimate)]
    assert shown
    assert set(shown) <= known


def all_tables(document):
    return [b for entry in document.sections for b in entry.blocks if isinstance(b, Table)]


def test_rows_are_as_wide_as_their_columns(document, calm):
    for made in (document, calm):
        for table in all_tables(made):
            assert {len(row) for row in table.rows} <= {len(table.columns)}
            assert table.bars is None or isinstance(table.rows[0][table.bars], Estimate)


def test_everything_can_be_written(document, calm, words):
    for made in (document, calm):
        assert words.text(made.title)
        assert words.text(made.colophon)
        for table in all_tables(made):
            assert words.text(table.title)
            assert all(words.column(key) for key in table.columns)
            assert all(words.cell(cell) for row in table.rows for cell in row)
            assert table.note is None or words.text(table.note)


def test_rising_and_falling_are_both_worded(diagnosis, words):
    together = replace(diagnosis.together, direction="rising")
    made = compose(replace(diagnosis, together=together), fake.TITLES, fake.WORDS)
    for table in all_tables(made):
        assert words.text(table.title)
        assert all(words.column(key) for key in table.columns)
        assert all(words.cell(cell) for row in table.rows for cell in row)
    assert tables(made, "table.episodes.rising")


def test_the_languages_differ_in_words_only(document):
    """Cells that hold figures show the same digits in both languages."""
    en, ja = (Words.load(language, fake.WORDS, fake.TITLES) for language in ("en", "ja"))
    cells = [cell for table in all_tables(document) for row in table.rows for cell in row]
    figures = [cell for cell in cells if is_figure(cell)]
    assert len(figures) > 100
    for cell in figures:
        assert DIGITS.findall(en.cell(cell)) == DIGITS.findall(ja.cell(cell))
