"""A message becomes a sentence, or an error; never a key."""

from __future__ import annotations

from datetime import date

import pytest

from comove.core.errors import OutputError, QuestionError
from comove.core.message import Name, Quantity, say
from comove.report.catalogue import catalogue, faults
from comove.report.words import EMPTY, Words

from . import fake


def made(**entries: str) -> Words:
    return Words("en", entries, {"btc": "Bitcoin", "gdx": "GDX"})


def in_japanese(**entries: str) -> Words:
    return Words("ja", entries, {"btc": "ビットコイン", "gdx": "金鉱株"})


@pytest.mark.parametrize(
    ("template", "value", "text"),
    [
        ("{x}", Quantity(-0.176, "simple_return"), "-17.6%"),
        ("{x:abs}", Quantity(-0.176, "simple_return"), "17.6%"),
        ("{x:signed}", Quantity(0.176, "simple_return"), "+17.6%"),
        ("{x:plain}", Quantity(0.176, "simple_return"), "17.6"),
        ("{x:abs plain}", Quantity(-0.176, "simple_return"), "17.6"),
        ("{x:short}", Quantity(-0.176, "log_return"), "-17.6"),
        ("{x:signed trim}", Quantity(0.1, "simple_return"), "+10%"),
        ("{x}", date(2026, 1, 28), "28 Jan 2026"),
        ("{x:short}", date(2026, 1, 28), "28 Jan"),
        ("{x}", 2026, "2026"),
        ("{x} day{x:s}", 1, "1 day"),
        ("{x} day{x:s}", 2, "2 days"),
        ("day{x:s}", Quantity(1.0, "days"), "day"),
        ("{x}", "code", "code"),
        ("{x:cap}", "code", "Code"),
        ("{x}", Name("btc"), "Bitcoin"),
        ("{x}", Name("inner"), "inside"),
        ("{x}", say("inner"), "inside"),
        ("{x:cap}", say("inner"), "Inside"),
        ("{x}", (Name("btc"),), "Bitcoin"),
        ("{x}", (Name("btc"), Name("gdx")), "Bitcoin and GDX"),
        ("{x}", ("a", "b", "c"), "a, b and c"),
        ("{x:list}", ("a", "b", "c"), "a, b, c"),
        ("{x:clauses}", ("a", "b", "c"), "a; b; c"),
        ("{x:abs list}", (Quantity(-0.1, "share"), Quantity(-0.2, "share")), "10%, 20%"),
        ("{x}", (), "none"),
        ("{x:range}", (date(2026, 1, 28), date(2026, 2, 5)), "28 Jan to 5 Feb 2026"),
        ("{x}", fake.estimate(0.37, "correlation", 0.22), "+0.37 [0.15, 0.59]"),
        ("{x:full}", fake.estimate(-0.2, "log_return", 0.1), "-20.0 log points [-30.0, -10.0]"),
        ("{x:abs}", fake.estimate(-0.2, "log_return", 0.1), "20.0 log points"),
    ],
)
def test_fields(template, value, text):
    words = made(key=template, inner="inside", **{"report.none": "none"})
    assert words.text(say("key", x=value)) == text


@pytest.mark.parametrize(
    ("template", "value", "text"),
    [
        ("{x}", (Name("btc"), Name("gdx")), "ビットコイン、金鉱株"),
        ("{x:and}", (Name("btc"), Name("gdx")), "ビットコインと金鉱株"),
        ("{x}", date(2026, 1, 28), "2026年1月28日"),
        ("{x:abs}の下落", Quantity(-0.176, "simple_return"), "17.6%の下落"),
    ],
)
def test_fields_in_japanese(template, value, text):
    assert in_japanese(key=template).text(say("key", x=value)) == text


@pytest.mark.parametrize(
    ("template", "value"),
    [
        ("{x}", 0.5),
        ("{x}", True),
        ("{x}", None),
        ("{x}", object()),
        ("{x:loud}", Quantity(0.5, "share")),
        ("{x:short}", "code"),
        ("{x:abs}", date(2026, 1, 28)),
        ("{x:range}", (date(2026, 1, 28),)),
        ("{x:s}", "code"),
        ("{x}", Name("nothing.known")),
        ("{x}", say("nothing.known")),
        ("{y}", 1),
    ],
)
def test_what_cannot_be_written_is_an_error(template, value):
    with pytest.raises(OutputError) as refused:
        made(key=template).text(say("key", x=value))
    assert refused.value.code.startswith("words.")


def test_an_unknown_key_is_named_in_the_error():
    with pytest.raises(OutputError, match=r"no\.such\.key"):
        made().text(say("no.such.key"))


def test_a_value_may_hold_braces():
    assert made(key="{x}").text(say("key", x="{y}")) == "{y}"


def test_prose_joins_by_language():
    entries = {"a": "One.", "b": "Two."}
    assert made(**entries).prose((say("a"), say("b"))) == "One. Two."
    assert in_japanese(**entries).prose((say("a"), say("b"))) == "One.Two."


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, EMPTY),
        ((), EMPTY),
        (Quantity(float("nan"), "share"), EMPTY),
        (Quantity(0.176, "simple_return"), "+17.6%"),
        (Quantity(0.176, "log_return"), "+17.6"),
        (Quantity(63.0, "sessions"), "63 sessions"),
        (Quantity(62702.0, "usd"), "$62,702"),
        (Quantity(0.004, "probability"), "<0.01"),
        (Quantity(0.97, "percentile"), "97th"),
        (fake.estimate(0.37, "correlation", 0.22), "+0.37 [0.15, 0.59]"),
        (fake.estimate(0.37, "correlation"), "+0.37"),
        ((Quantity(-0.1, "simple_return"), None), "-10.0% / –"),
        ((Quantity(-0.1, "simple_return"), Quantity(0.2, "simple_return")), "-10.0 / +20.0%"),
        ((Name("btc"), Name("gdx")), "Bitcoin, GDX"),
        ("code", "code"),
        (7, "7"),
    ],
)
def test_cells(cell, text):
    assert made().cell(cell) == text


def test_a_column_is_headed_by_a_word_or_a_series():
    words = made(**{"column.pvalue": "p"})
    assert [words.column("pvalue"), words.column("gdx")] == ["p", "GDX"]
    with pytest.raises(OutputError):
        words.column("unheard")


def test_a_pvalue_cell():
    assert [made().pvalue(p) for p in (None, 0.2, 0.0)] == [EMPTY, "0.20", "<0.01"]


def test_titles_fall_back_to_the_other_language_and_then_to_the_id():
    words = Words.load("ja", (), {"xyz": {"en": "Ex"}, "abc": {}})
    assert [words.title("xyz"), words.title("abc")] == ["Ex", "ABC"]


def write(folder, text):
    folder.mkdir(exist_ok=True)
    (folder / "words.toml").write_text(text, encoding="utf-8")
    return str(folder)


def test_a_leaf_may_have_leaves_below(tmp_path):
    folder = write(
        tmp_path,
        '[channel.x]\nen = "X"\nja = "エ"\n[channel.x.share]\nen = "via X"\nja = "エ経由"\n',
    )
    words = Words.load("en", (folder,))
    assert [words.label("channel.x"), words.label("channel.x.share")] == ["X", "via X"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('[a]\nen = "only"\n', "words.language_missing"),
        ('[a]\nen = "one"\nja = "一"\nfr = "un"\n', "words.language_missing"),
        ("[a]\nen = 3\n", "words.leaf"),
        ("[a\n", "words.damaged"),
        ('[verdict.supports]\nen = "yes"\nja = "はい"\n', "words.twice"),
    ],
)
def test_a_stray_catalogue_is_refused(tmp_path, text, code):
    folder = write(tmp_path, text)
    with pytest.raises(QuestionError) as refused:
        Words.load("en", (folder,))
    assert refused.value.code == code
    assert str(tmp_path) in str(refused.value)


def test_a_catalogue_that_is_not_utf8_is_refused(tmp_path):
    (tmp_path / "words.toml").write_bytes('[a]\nen = "金"\n'.encode("cp932"))
    with pytest.raises(QuestionError) as refused:
        Words.load("en", (str(tmp_path),))
    assert refused.value.code == "words.damaged"


def test_a_folder_without_words_is_refused(tmp_path):
    with pytest.raises(QuestionError) as refused:
        Words.load("en", (str(tmp_path),))
    assert refused.value.code == "words.missing"


def test_two_folders_may_not_word_the_same_key(tmp_path):
    text = '[mine]\nen = "one"\nja = "一"\n'
    folders = (write(tmp_path / "a", text), write(tmp_path / "b", text))
    with pytest.raises(QuestionError, match="mine"):
        Words.load("en", folders)


def test_the_same_folder_twice_is_once(tmp_path):
    folder = write(tmp_path, '[mine]\nen = "one"\nja = "一"\n')
    assert Words.load("en", (folder, folder)).label("mine") == "one"


def test_an_unspoken_language_is_refused():
    with pytest.raises(QuestionError) as refused:
        Words.load("fr")
    assert refused.value.code == "words.language"


def test_a_changed_catalogue_is_read_again(tmp_path):
    import os

    folder = write(tmp_path, '[mine]\nen = "one"\nja = "一"\n')
    assert Words.load("en", (folder,)).label("mine") == "one"
    write(tmp_path, '[mine]\nen = "two"\nja = "二"\n')
    os.utime(tmp_path / "words.toml", ns=(1, 1))
    assert Words.load("en", (folder,)).label("mine") == "two"


def test_faults_are_found(tmp_path):
    folder = write(
        tmp_path,
        '[a]\nen = "{x} thing{x:s}"\nja = "{x}個"\n'
        '[b]\nen = "{x}"\nja = "{y}"\n'
        '[c]\nen = " "\nja = "空"\n'
        '[d]\nen = "{x"\nja = "x}"\n',
    )
    assert [fault.split(":")[0] for fault in faults(folder)] == ["b", "c", "d"]


def test_a_catalogue_cannot_be_changed(tmp_path):
    folder = write(tmp_path, '[mine]\nen = "one"\nja = "一"\n')
    with pytest.raises(TypeError):
        catalogue(folder)["mine"] = {}  # type: ignore[index]


def test_the_plural_of_english_does_not_count_as_a_field(tmp_path):
    folder = write(tmp_path, '[a]\nen = "{n} day{n:s}"\nja = "{n}日"\n')
    assert faults(folder) == ()


@pytest.mark.parametrize("character", ["\x1b", "\x07", "\r", "\x9b", "\u202e", "\u2066"])
def test_no_command_reaches_a_terminal(character):
    words = Words.load("en", (), {"x": {"en": f"a{character}b"}})
    assert words.title("x") == words.value(f"a{character}b") == "a b"
