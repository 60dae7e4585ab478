"""Every answer in the registry: a request that explains itself, a plan before the answer, words."""

import inspect
import tomllib
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path

import pytest

from comove.apps.cli.program import every_command
from comove.core.errors import QuestionError
from comove.core.plan import Plan
from comove.core.question import Question
from comove.core.registry import members
from comove.data.reader import Facts
from comove.desk import Desk

ANSWERS = members("comove.answers")
every_answer = pytest.mark.parametrize("key", ANSWERS)


def leaves(table, path=()):
    """Every worded leaf of a catalogue with the languages it has."""
    texts = {name: value for name, value in table.items() if isinstance(value, str)}
    if texts:
        yield ".".join(path), texts
    for name, value in table.items():
        if isinstance(value, dict):
            yield from leaves(value, (*path, name))


@every_answer
def test_the_request_is_a_frozen_value_that_explains_itself(key):
    request = ANSWERS[key].request
    assert is_dataclass(request)
    assert request.__dataclass_params__.frozen
    assert request.__hash__ is not None
    for entry in fields(request):
        assert entry.metadata["help"].strip().endswith(".")


@every_answer
def test_the_module_says_in_one_line_what_is_answered(key):
    line = ANSWERS[key].__doc__.partition("\n")[0]
    assert 10 < len(line) < 100


@every_answer
def test_plan_and_answer_are_functions_with_documentation(key):
    module = ANSWERS[key]
    assert list(inspect.signature(module.plan).parameters)[:2] == ["question", "channels"]
    assert "snapshot" in inspect.signature(module.answer).parameters
    assert module.plan.__doc__
    assert module.answer.__doc__


@every_answer
def test_it_has_a_command_and_a_verb_of_the_desk(key):
    commands = every_command()
    assert key in commands
    flags = {parameter.name for parameter in commands[key].params}
    asked = fields(ANSWERS[key].request)
    assert {entry.name for entry in asked if entry.metadata.get("door", True)} <= flags
    assert callable(getattr(Desk, key))


@every_answer
def test_its_words_are_there_in_both_languages(key):
    folder = Path(ANSWERS[key].__file__).parent
    catalogue = tomllib.loads((folder / "words.toml").read_text(encoding="utf-8"))
    worded = dict(leaves(catalogue))
    assert worded
    for texts in worded.values():
        assert set(texts) == {"en", "ja"}
        assert all(text.strip() for text in texts.values())


@pytest.fixture
def no_reading(monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("read before the plan was made")

    monkeypatch.setattr(Facts, "read", refuse)
    monkeypatch.setattr(Facts, "observations", refuse)


@pytest.mark.usefixtures("no_reading")
def test_a_plan_is_made_before_anything_is_read(desk):
    planned = desk.plan(Question(assets=("BTC", "GDX"), asof="2026-02-06"))
    assert isinstance(planned, Plan)
    assert planned.answer == "explain"
    assert planned.assets == planned.series[:2] == ("btc", "gdx")
    assert planned.asof == date(2026, 2, 6)
    assert planned.channels == tuple(desk.channels)
    assert len(set(planned.series)) == len(planned.series)
    legs = {
        leg
        for channel in desk.channels.values()
        for driver in channel.drivers
        for leg in driver.series
    }
    reads = {name for channel in desk.channels.values() for name in channel.reads}
    assert legs <= set(planned.series)
    assert {name for name in reads if "/" not in name} <= set(planned.series)
    assert {name.removeprefix("table/") for name in reads if "/" in name} == set(planned.tables)


@pytest.mark.usefixtures("no_reading")
def test_a_plan_for_one_channel_reads_less(desk):
    full = desk.plan(Question(assets=("BTC", "GDX"), asof="2026-02-06"))
    some = desk.plan(Question(assets=("BTC", "GDX"), asof="2026-02-06", channels=("gold",)))
    assert some.channels == ("gold",)
    assert set(some.series) < set(full.series)


@pytest.mark.usefixtures("no_reading")
def test_a_channel_that_is_not_installed_is_refused_before_reading(desk):
    question = Question(assets=("BTC", "GDX"), asof="2026-02-06", channels=("astrology",))
    for ask in (desk.plan, desk.explain):
        with pytest.raises(QuestionError) as refused:
            ask(question)
        assert refused.value.code == "question.channel"
        assert "gold" in refused.value.hint


def test_the_answer_stays_within_its_plan(desk):
    """Serve only what was planned: a series that was not named cannot be looked at."""
    from comove.answers import explain
    from comove.run.serial import Serial

    question = desk.resolve(Question(assets=("BTC", "GDX"), asof="2026-02-06", replications=99))
    planned = explain.plan(question, desk.channels)
    snapshot = desk.facts.read(planned.series, planned.tables, planned.asof)
    found = explain.answer(question, snapshot, desk.channels, Serial())
    assert found.fingerprint == snapshot.fingerprint
    assert set(snapshot.tracks) == set(planned.series)
