"""A question is a value, and refuses a contradiction before any data is read."""

from dataclasses import FrozenInstanceError, fields, replace
from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.core.errors import QuestionError, WindowError
from comove.core.question import Question, parse_day, parse_window

PAIR = ("BTC", "GDX")
WINDOW = (date(2026, 1, 28), date(2026, 2, 5))


def ask(**options):
    return Question(**{"assets": PAIR, **options})


REFUSED = [
    ({"assets": ()}, QuestionError, "question.one_asset"),
    ({"assets": ("BTC",)}, QuestionError, "question.one_asset"),
    ({"assets": "BTC"}, QuestionError, "question.one_asset"),
    ({"assets": ("BTC", "GDX", "BTC")}, QuestionError, "question.same_asset"),
    ({"asof": "2026-02-30"}, WindowError, "window.date"),
    ({"asof": "yesterday"}, WindowError, "window.date"),
    ({"asof": ""}, WindowError, "window.date"),
    ({"asof": 3.5}, WindowError, "window.date"),
    ({"window": "2026-01-28"}, WindowError, "window.form"),
    ({"window": ""}, WindowError, "window.form"),
    ({"window": "2026-01-28:2026-02-05:2026-02-06"}, WindowError, "window.form"),
    ({"window": ("2026-01-28",)}, WindowError, "window.form"),
    ({"window": 5}, WindowError, "window.form"),
    ({"window": "2026-01-28:soon"}, WindowError, "window.date"),
    ({"window": (None, "2026-02-05")}, WindowError, "window.date"),
    ({"window": "2026-02-05:2026-01-28"}, WindowError, "window.reversed"),
    ({"window": "2026-02-05:2026-02-05"}, WindowError, "window.reversed"),
    ({"window": WINDOW, "asof": "2026-02-04"}, WindowError, "window.after_asof"),
    ({"baseline": 249}, QuestionError, "question.range"),
    ({"baseline": 5001}, QuestionError, "question.range"),
    ({"baseline": 300.5}, QuestionError, "question.range"),
    ({"baseline": "756"}, QuestionError, "question.range"),
    ({"dependence": 39}, QuestionError, "question.range"),
    ({"dependence": 757}, QuestionError, "question.range"),
    ({"replications": 98}, QuestionError, "question.range"),
    ({"replications": 100_001}, QuestionError, "question.range"),
    ({"level": 0.49}, QuestionError, "question.range"),
    ({"level": 0.9999}, QuestionError, "question.range"),
    ({"level": float("nan")}, QuestionError, "question.range"),
    ({"level": None}, QuestionError, "question.range"),
    ({"seed": -1}, QuestionError, "question.range"),
    ({"seed": 2**63}, QuestionError, "question.range"),
    ({"seed": 1.0}, QuestionError, "question.range"),
]


@pytest.mark.parametrize(("options", "kind", "code"), REFUSED, ids=[str(r[0]) for r in REFUSED])
def test_a_contradiction_is_refused_at_birth(options, kind, code):
    with pytest.raises(kind) as refused:
        ask(**options)
    assert refused.value.code == code
    assert refused.value.exit_code == 2
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "options",
    [
        {"baseline": 250},
        {"baseline": 5000},
        {"dependence": 40},
        {"dependence": 756},
        {"replications": 99},
        {"level": 0.5},
        {"level": 0.999},
        {"seed": 0},
        {"seed": np.int64(2**63 - 1)},
        {"window": WINDOW, "asof": WINDOW[1]},
    ],
    ids=str,
)
def test_the_ends_of_every_range_are_inside_it(options):
    question = ask(**options)
    assert {name: getattr(question, name) for name in options} == options


def test_the_refusal_names_what_was_given_and_what_is_allowed():
    with pytest.raises(QuestionError, match="baseline is 100; it must lie between 250 and 5000"):
        ask(baseline=100)
    with pytest.raises(WindowError, match=r"'2026-02-30' is not a date\. Write it as 2026-02-06"):
        ask(asof="2026-02-30")


@pytest.mark.parametrize(
    "day",
    [
        "2026-02-06",
        " 2026-02-06 ",
        date(2026, 2, 6),
        datetime(2026, 2, 6, 23, 30, tzinfo=UTC),
        np.datetime64("2026-02-06"),
    ],
    ids=repr,
)
def test_one_day_written_in_several_ways_is_one_question(day):
    question = ask(asof=day)
    assert type(question.asof) is date
    assert question == ask(asof="2026-02-06")
    assert hash(question) == hash(ask(asof="2026-02-06"))


@pytest.mark.parametrize(
    "window",
    [
        "2026-01-28:2026-02-05",
        WINDOW,
        ["2026-01-28", "2026-02-05"],
        (datetime(2026, 1, 28, 9, tzinfo=UTC), "2026-02-05"),
    ],
    ids=repr,
)
def test_one_window_written_in_several_ways_is_one_question(window):
    assert ask(window=window).window == WINDOW
    assert {ask(window=window), ask(window=WINDOW)} == {ask(window=WINDOW)}


def test_auto_and_none_are_the_same_question():
    assert ask(window="auto") == ask(window=None) == ask()
    assert parse_window("auto") is None


@settings(max_examples=50, deadline=None)
@given(st.dates())
def test_a_day_survives_being_written_and_read(day):
    assert parse_day(day.isoformat()) == day


def test_lists_become_tuples_and_a_lone_channel_is_not_spelt_out():
    assert ask(assets=["BTC", "GDX"]).assets == PAIR
    assert ask(channels="risk").channels == ("risk",)
    assert ask(channels=["gold", "risk", "gold"]).channels == ("gold", "risk")


def test_a_question_is_frozen_and_a_cache_key():
    question = ask(asof="2026-02-06")
    with pytest.raises(FrozenInstanceError):
        question.seed = 8
    assert {question: "answer"}[ask(asof="2026-02-06")] == "answer"


@pytest.mark.parametrize(
    "change",
    [
        {"assets": ("GDX", "BTC")},
        {"asof": "2026-02-05"},
        {"window": "2026-01-28:2026-02-05"},
        {"baseline": 757},
        {"dependence": 62},
        {"channels": ("risk",)},
        {"replications": 999},
        {"level": 0.9},
        {"seed": 8},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_field_tells_two_questions_apart(change):
    assert replace(ask(), **change) != ask()


def test_resolving_keeps_the_rest_and_validates_again():
    asked = ask(window=WINDOW, baseline=500, seed=3)
    settled = replace(asked, assets=("btc", "gdx"), asof=date(2026, 2, 6), channels=("gold",))
    assert settled.assets == ("btc", "gdx")
    assert settled.asof == date(2026, 2, 6)
    assert settled.channels == ("gold",)
    assert (settled.window, settled.baseline, settled.seed) == (WINDOW, 500, 3)
    with pytest.raises(QuestionError) as refused:
        replace(ask(assets=("miners", "GDX")), assets=("gdx", "gdx"))
    assert refused.value.code == "question.same_asset"
    with pytest.raises(WindowError) as late:
        replace(asked, asof=date(2026, 2, 4))
    assert late.value.code == "window.after_asof"


@pytest.mark.parametrize("field", fields(Question), ids=lambda field: field.name)
def test_every_field_explains_itself(field):
    assert field.metadata["help"].endswith(".")
