"""An error is one line with a hint, in the reader's language."""

from __future__ import annotations

from datetime import date

import pytest

from comove.core.errors import NotEstimable, QuestionError, StaleDataError
from comove.report.failure import failure_text, failure_words

STALE = StaleDataError(
    "data.stale",
    "{id} ends on {last}, before the as-of day {day}.",
    "Every asset is fresh on {fresh}: --asof {fresh}.",
    id="eth",
    last=date(2026, 4, 16),
    day=date(2026, 6, 1),
    fresh=date(2026, 4, 15),
)


def test_english_is_that_of_the_error():
    assert failure_text(STALE, failure_words("en")) == str(STALE)


def test_japanese_keeps_the_values_as_they_can_be_typed():
    text = failure_text(STALE, failure_words("ja"))
    assert text == (
        "ethは2026-04-16までしかなく、基準日2026-06-01に届かない。"
        "全資産の値が揃う最終日は2026-04-15: --asof 2026-04-15。"
    )


def test_a_refusal_gives_its_figures():
    error = NotEstimable("too_short", nobs=12, least=30)
    assert failure_text(error, failure_words("en")) == (
        "Not estimable: too few observations (nobs=12, least=30)."
    )
    assert failure_text(error, failure_words("ja")) == (
        "推定できない: 標本数が足りない(nobs=12, least=30)。"
    )


def test_a_refusal_without_figures():
    assert failure_text(NotEstimable("constant"), failure_words("ja")) == (
        "推定できない: 系列に動きがない。"
    )


@pytest.mark.parametrize("language", ["en", "ja", "fr"])
def test_an_error_without_words_is_told_in_its_own(language):
    error = QuestionError("never.worded", "Something {what}.", "Do {what}.", what="odd")
    assert failure_text(error, failure_words(language)) == "Something odd. Do odd."
    assert "strange" in failure_text(NotEstimable("strange"), failure_words(language))


def test_a_missing_value_falls_back():
    error = QuestionError("question.same_asset", "Twice.")
    assert failure_text(error, failure_words("ja")) == "Twice."


@pytest.mark.parametrize("language", ["en", "ja"])
def test_it_is_one_line(language):
    error = QuestionError("never.worded", "First\nsecond.", "third\n")
    assert "\n" not in failure_text(error, failure_words(language))
    refused = NotEstimable("shape", got="a\nb")
    assert "\n" not in failure_text(refused, failure_words(language))


def test_no_command_reaches_a_terminal():
    error = QuestionError("never.worded", "{name} is unknown.", name="\x1b[2J")
    assert "\x1b" not in failure_text(error, failure_words("en"))
