"""Every channel in the registry keeps the protocol on real questions, in both languages."""

from dataclasses import is_dataclass
from functools import cache
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from comove.core.case import Case
from comove.core.driver import Driver
from comove.core.evidence import Verdict
from comove.core.message import Message, Name
from comove.core.question import Question
from comove.core.reading import Reading
from comove.core.registry import members
from comove.desk import Desk
from comove.report.words import Words

CHANNELS = {key: module.channel for key, module in members("comove.channels").items()}
LANGUAGES = ("en", "ja")
QUESTIONS = {
    "standing": (("btc", "gdx"), {"asof": "2026-02-06"}),
    "latest": (("btc", "gdx"), {}),
    "group": (("gld", "gdx", "slv"), {"asof": "2026-02-06"}),
    "no episode": (("qqq", "btc"), {"asof": "2026-02-06"}),
    "bonds": (("tlt", "spy"), {"asof": "2022-10-14"}),
    "crypto": (("btc", "eth"), {"asof": "2025-11-21"}),
    "rise": (("btc", "gdx"), {"asof": "2025-08-01"}),
    "no split": (("btc", "gdx"), {"asof": "2016-03-01"}),
    "mixed window": (("btc", "gdx"), {"asof": "2026-02-06", "window": "2026-02-02:2026-02-06"}),
}


class Spy:
    """A channel that keeps the case it was given."""

    def __init__(self, channel, kept):
        self.key, self.drivers, self.reads = channel.key, channel.drivers, channel.reads
        self.examine = lambda case: kept.append(case) or channel.examine(case)


@cache
def case_of(name):
    """The case of a real question."""
    assets, options = QUESTIONS[name]
    kept = []
    desk = Desk.open(channels=())
    desk.__dict__["channels"] = {key: Spy(channel, kept) for key, channel in CHANNELS.items()}
    desk.explain(Question(assets=assets, replications=99, **options))
    assert len(kept) == len(CHANNELS)
    return kept[0]


@cache
def reading_of(key, name):
    return CHANNELS[key].examine(case_of(name))


@cache
def words(language):
    desk = Desk.open(channels=())
    return Words.load(language, desk.words("explain"), desk.titles)


def inside(value, kind):
    """Everything of a kind inside a noun."""
    if isinstance(value, kind):
        yield value
    if is_dataclass(value) and not isinstance(value, type):
        value = tuple(vars(value).values())
    elif hasattr(value, "values"):
        value = tuple(value.values())
    if isinstance(value, tuple):
        for item in value:
            yield from inside(item, kind)


def arrays_of(case):
    found = {"residuals": case.residuals, "betas": case.betas}
    if case.grid is not None:
        for name in ("labels", "spans", "returns", "drivers"):
            found[name] = getattr(case.grid, name)
    for key, share in case.shares.items():
        found |= {f"{key}.returns": share.return_history, f"{key}.cov": share.covariance_history}
    for series, track in case.snapshot.tracks.items():
        found[series] = track.values
    return {name: array.tobytes() for name, array in found.items()}


every_channel = pytest.mark.parametrize("key", CHANNELS)
every_question = pytest.mark.parametrize("name", QUESTIONS)


@every_channel
def test_attributes_of_the_protocol(key):
    channel = CHANNELS[key]
    assert channel.key == key
    assert isinstance(channel.drivers, tuple)
    assert all(isinstance(driver, Driver) and driver.legs for driver in channel.drivers)
    assert isinstance(channel.reads, tuple)
    assert callable(channel.examine)


@every_channel
def test_it_reads_only_what_the_catalogue_holds(key, desk):
    catalogue = desk.facts.catalogue
    legs = {leg for driver in CHANNELS[key].drivers for leg in driver.series}
    assert legs <= set(catalogue.specs)
    for name in CHANNELS[key].reads:
        table = name.removeprefix("table/")
        assert name in catalogue.specs if table == name else table in catalogue.tables


def test_one_driver_key_is_one_driver():
    drivers = {}
    for channel in CHANNELS.values():
        for driver in channel.drivers:
            assert drivers.setdefault(driver.key, driver) == driver


@every_channel
@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_are_worded(key, language):
    said = words(language)
    assert said.title(f"channel.{key}")
    assert said.title(f"channel.{key}.share")
    assert said.title(f"channel.{key}") != said.title(f"channel.{key}.share")
    for driver in CHANNELS[key].drivers:
        assert said.title(f"driver.{driver.key}")


@every_channel
def test_its_words_stand_in_its_own_folder(key):
    folder = Path(members("comove.channels")[key].__file__).parent
    text = (folder / "words.toml").read_text(encoding="utf-8")
    assert f"[channel.{key}]" in text
    assert text.count("\nen = ") == text.count("\nja = ") > 5


@every_question
@every_channel
def test_the_reading_is_whole(key, name):
    reading = reading_of(key, name)
    assert isinstance(reading, Reading)
    assert reading.channel == key
    assert reading.verdict in get_args(Verdict)
    if reading.verdict != "silent":
        assert len(reading.checks) >= 2
        assert len({check.attack for check in reading.checks}) >= 2
        assert reading.evidence
    for evidence in reading.evidence:
        assert evidence.verdict in get_args(Verdict)
        assert evidence.rank is None or 0.0 <= evidence.rank <= 1.0
        assert evidence.estimate is not None or evidence.verdict in ("silent", "cannot_tell")
    for check in reading.checks:
        assert check.passed in (True, False, None)


@every_question
@every_channel
def test_figures_are_finite_and_lie_inside_their_intervals(key, name):
    case = case_of(name)
    reading = reading_of(key, name)
    estimates = [entry.estimate for entry in (*reading.evidence, *reading.checks) if entry.estimate]
    for estimate in estimates:
        assert np.isfinite(estimate.value)
        assert estimate.nobs >= 1
        assert estimate.first <= estimate.last <= case.snapshot.day
        if estimate.low is not None:
            assert estimate.low <= estimate.high
        if estimate.pvalue is not None:
            assert 0.0 <= estimate.pvalue <= 1.0


@every_question
@every_channel
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_can_be_said(key, name, language):
    said, reading = words(language), reading_of(key, name)
    messages = [m for m in inside(reading, Message) if said.has(m.key)]
    assert reading.proposition in messages
    assert reading.because in messages
    for message in messages:
        text = said.text(message)
        assert text.strip()
        assert "{" not in text
    assert all(m in messages for e in (*reading.evidence, *reading.checks) for m in [e.says])
    assert all(m in messages for m in reading.caveats)
    for evidence in reading.evidence:
        assert said.title(f"method.{evidence.method}")
    for check in reading.checks:
        assert said.title(f"attack.{check.attack}")
    for estimate in (e.estimate for e in (*reading.evidence, *reading.checks) if e.estimate):
        assert said.title(f"method.{estimate.method}")


@every_question
@every_channel
def test_no_message_is_without_words(key, name):
    said = words("en")
    unsaid = {m.key for m in inside(reading_of(key, name), Message) if not said.has(m.key)}
    assert unsaid == set()


@every_question
@every_channel
def test_the_same_case_gives_the_same_reading_and_stays_as_it_was(key, name):
    case = case_of(name)
    before = arrays_of(case)
    assert CHANNELS[key].examine(case) == reading_of(key, name)
    assert arrays_of(case) == before


@every_question
@every_channel
def test_without_a_driver_and_without_evidence_it_is_silent(key, name):
    reading = reading_of(key, name)
    case = case_of(name)
    if case.share(key) is None and CHANNELS[key].drivers and not reading.evidence:
        assert reading.verdict == "silent"
    if case.grid is None:
        assert reading.verdict in ("silent", "cannot_tell")


@every_channel
def test_a_left_out_driver_is_said(key):
    for name in QUESTIONS:
        case, reading = case_of(name), reading_of(key, name)
        left_out = {entry.driver for entry in case.left_out if entry.channel == key}
        named = {n.id for m in reading.caveats for n in inside(tuple(v for _, v in m), Name)}
        assert {f"driver.{driver}" for driver in left_out} <= named


def test_no_channel_always_says_the_same():
    for key in CHANNELS:
        assert len({reading_of(key, name).verdict for name in QUESTIONS}) > 1


def test_the_case_is_a_case():
    assert isinstance(case_of("standing"), Case)
    assert case_of("standing").falling
    assert not case_of("rise").falling
    assert not case_of("no episode").found
    assert case_of("no split").grid is None
