"""What every explanation owes: the protocol, words in two languages, the same answer twice."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields, is_dataclass, replace
from pathlib import Path

import pytest

import comove.channels
from comove.core.message import Message, Name
from comove.core.plain import as_plain
from comove.core.registry import members
from comove.report.catalogue import faults
from comove.report.words import Words

from .cases import CHANNELS, Asked, World, case_of, liquidations

ROOM = Path(str(comove.channels.__file__)).parent
FOLDERS = (str(ROOM), *(str(ROOM / key) for key in CHANNELS))
TITLES = {
    name: {"en": name.upper(), "ja": name.upper()}
    for name in (
        "btc",
        "gdx",
        "gld",
        "slv",
        "qqq",
        "spy",
        "smh",
        "hyg",
        "tlt",
        "vix",
        "dxy",
        "usdjpy",
        "dfii10",
        "dgs10",
        "dvol",
        "funding_btc",
    )
}
CENTRAL_BANKS = {
    "central_bank_gold": (
        {"year": 2022, "tonnes": 1082.0, "published": None},
        {"year": 2023, "tonnes": 1049.0, "published": None},
    )
}


def _tables():
    bought = tuple(
        {**row, "published": case_of().snapshot.day} for row in CENTRAL_BANKS["central_bank_gold"]
    )
    return {**liquidations(1), "central_bank_gold": bought}


WORLDS = {
    "noise": (World(), Asked()),
    "fall": (World(moves={"btc": -0.3, "gdx": -0.2}), Asked(tables=_tables())),
    "rise": (World(moves={"btc": 0.3, "gdx": 0.2}), Asked(falling=False)),
    "no episode": (World(moves={"btc": -0.3, "gdx": 0.2}), Asked(found=False)),
    "risk": (
        World(
            loads={"btc": {"spy": 2.0}, "gdx": {"spy": 2.0, "gld": 1.5}},
            spread={"btc": 0.003, "gdx": 0.003},
            moves={"spy": -0.12},
        ),
        Asked(),
    ),
    "group": (World(), Asked(assets=("btc", "gdx", "slv"))),
    "circular": (World(), Asked(assets=("gld", "qqq"))),
    "ended": (World(ends={"vix": 3, "dxy": 4, "usdjpy": 5}, begins={"slv": 300}), Asked()),
    "bare": (World(without=("gld", "slv", "dvol", "funding_btc")), Asked()),
}


@pytest.fixture(scope="module", params=WORLDS, ids=str)
def case(request):
    return case_of(*WORLDS[request.param])


def messages(value):
    """Every message inside a noun, outermost first."""
    if isinstance(value, Message):
        yield value
    elif is_dataclass(value):
        for entry in fields(value):
            yield from messages(getattr(value, entry.name))
    elif isinstance(value, tuple):
        for item in value:
            yield from messages(item)


def test_the_room_holds_exactly_the_five():
    assert set(members("comove.channels")) == set(CHANNELS)


@pytest.mark.parametrize("key", CHANNELS)
def test_member_keeps_the_protocol(key):
    channel = CHANNELS[key]
    assert channel.key == key
    assert all(driver.series for driver in channel.drivers)
    assert isinstance(channel.reads, tuple)
    with pytest.raises(FrozenInstanceError):
        channel.key = "other"


@pytest.mark.parametrize("key", CHANNELS)
def test_reading_is_complete(case, key):
    reading = CHANNELS[key].examine(case)
    assert reading.channel == key
    assert len(reading.evidence) <= 6
    if reading.verdict == "silent":
        assert reading.evidence == () == reading.checks
    else:
        assert len(reading.evidence) >= 2
        assert len(reading.checks) >= 2
    for entry in reading.evidence:
        assert (entry.estimate is None) == (entry.verdict == "silent")
        assert entry.rank is None or 0.0 <= entry.rank <= 1.0
        if entry.estimate is not None:
            assert entry.estimate.first <= entry.estimate.last
            assert entry.estimate.nobs > 0


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("key", CHANNELS)
def test_reading_can_be_written_in_both_languages(case, key, language):
    words = Words.load(language, FOLDERS, TITLES)
    reading = CHANNELS[key].examine(case)
    for message in messages(reading):
        text = words.text(message)
        assert text.strip()
        assert "{" not in text
    for check in reading.checks:
        assert words.title(f"attack.{check.attack}")
    for estimate in [e.estimate for e in (*reading.evidence, *reading.checks) if e.estimate]:
        words.estimate(estimate)


@pytest.mark.parametrize("key", CHANNELS)
def test_sentences_end_and_propositions_are_sentences(case, key):
    reading = CHANNELS[key].examine(case)
    for language, stop in (("en", "."), ("ja", "。")):
        words = Words.load(language, FOLDERS, TITLES)
        says = [entry.says for entry in (*reading.evidence, *reading.checks)]
        for message in (reading.proposition, reading.because, *says, *reading.caveats):
            assert words.text(message).endswith(stop), message.key


@pytest.mark.parametrize("folder", FOLDERS)
def test_words_are_sound(folder):
    assert faults(folder) == ()


@pytest.mark.parametrize("key", CHANNELS)
def test_titles_of_channel_and_drivers_are_worded(key):
    for language in ("en", "ja"):
        words = Words.load(language, FOLDERS, TITLES)
        assert words.title(f"channel.{key}")
        assert words.title(f"channel.{key}.share")
        for driver in CHANNELS[key].drivers:
            assert words.value(Name(f"driver.{driver.key}"))


@pytest.mark.parametrize("key", CHANNELS)
def test_methods_are_worded(case, key):
    words = Words.load("en", FOLDERS, TITLES)
    for entry in CHANNELS[key].examine(case).evidence:
        assert words.has(f"method.{entry.method}"), entry.method
        if entry.estimate is not None:
            assert words.has(f"method.{entry.estimate.method}"), entry.estimate.method


@pytest.mark.parametrize("key", CHANNELS)
def test_the_same_case_gives_the_same_reading(key):
    world, asked = WORLDS["fall"]
    first = CHANNELS[key].examine(case_of(world, asked))
    again = CHANNELS[key].examine(case_of(world, asked))
    assert as_plain(first) == as_plain(again)


@pytest.mark.parametrize("key", CHANNELS)
def test_the_reading_does_not_depend_on_what_was_examined_before(key):
    case = case_of(*WORLDS["fall"])
    alone = as_plain(CHANNELS[key].examine(case))
    for other in CHANNELS.values():
        other.examine(case)
    assert as_plain(CHANNELS[key].examine(case)) == alone


@pytest.mark.parametrize("key", CHANNELS)
def test_without_a_split_it_is_silent(key):
    case = replace(case_of(), grid=None, shares={}, totals=(), pair_totals=())
    assert CHANNELS[key].examine(case).verdict == "silent"


@pytest.mark.parametrize("key", CHANNELS)
def test_seed_moves_only_what_is_drawn(key):
    case = case_of(*WORLDS["fall"])
    other = replace(case, question=replace(case.question, seed=8))
    first, second = CHANNELS[key].examine(case), CHANNELS[key].examine(other)
    assert [e.estimate.value for e in first.evidence if e.estimate] == pytest.approx(
        [e.estimate.value for e in second.evidence if e.estimate], abs=1e-9
    )
