"""The error tree: one sentence, one hint, one exit code, all of it on one line."""

import re

import pytest

from comove.core import errors
from comove.core.errors import (
    ComoveError,
    DamagedFileError,
    DataError,
    MissingKeyError,
    NoDataError,
    NotEstimable,
    OutputError,
    PayloadError,
    QuestionError,
    SourceError,
    StaleDataError,
    StoreError,
    UnavailableError,
    UndeclaredSeriesError,
    UnknownSeriesError,
    UnreadableFileError,
    WindowError,
)

PARENTS = {
    QuestionError: (ComoveError, 2),
    UnknownSeriesError: (QuestionError, 2),
    UndeclaredSeriesError: (QuestionError, 2),
    WindowError: (QuestionError, 2),
    OutputError: (ComoveError, 2),
    DataError: (ComoveError, 3),
    DamagedFileError: (DataError, 3),
    UnreadableFileError: (DataError, 3),
    NoDataError: (DataError, 3),
    StaleDataError: (DataError, 3),
    StoreError: (DataError, 3),
    SourceError: (DataError, 3),
    MissingKeyError: (SourceError, 3),
    UnavailableError: (SourceError, 3),
    PayloadError: (SourceError, 3),
    NotEstimable: (ComoveError, 3),
}


def below(kind):
    for child in kind.__subclasses__():
        if child.__module__ == errors.__name__:
            yield child
            yield from below(child)


def test_the_tree_is_the_one_written_down():
    assert set(below(ComoveError)) == set(PARENTS)


@pytest.mark.parametrize("kind", PARENTS, ids=lambda kind: kind.__name__)
def test_parent_and_exit_code(kind):
    parent, code = PARENTS[kind]
    assert kind.__bases__ == (parent,)
    assert kind.exit_code == code


@pytest.mark.parametrize("kind", PARENTS, ids=lambda kind: kind.__name__)
def test_every_class_is_drawn_in_the_tree_on_top_of_the_file(kind):
    (line,) = re.findall(rf"^.*── {kind.__name__}\b.*$", errors.__doc__, re.MULTILINE)
    depth = len(line) - len(line.lstrip(" │"))
    assert (depth > 4) == (kind.__bases__[0] is not ComoveError)


def test_sentence_and_hint_are_filled_and_stand_on_one_line():
    error = WindowError("window.late", "{day} is {far} off.", "Try {other}.", day=1, far=2, other=3)
    assert (error.code, error.text, error.hint) == ("window.late", "1 is 2 off.", "Try 3.")
    assert str(error) == "1 is 2 off. Try 3."
    assert error.values == {"day": 1, "far": 2, "other": 3}


def test_without_a_hint_nothing_trails():
    assert str(QuestionError("x", "It is so.")) == "It is so."


def test_values_are_taken_as_they_are():
    assert QuestionError("x", "{name} is odd.", name="{braces} {}").text == "{braces} {} is odd."


def test_not_estimable_carries_its_reason_and_figures():
    refusal = NotEstimable("too_short", nobs=12, least=30)
    assert refusal.reason == "too_short"
    assert refusal.code == "not_estimable.too_short"
    assert refusal.values == {"nobs": 12, "least": 30}
    assert str(refusal) == "not estimable: too_short (nobs=12, least=30)"
    assert str(NotEstimable("constant")) == "not estimable: constant"
