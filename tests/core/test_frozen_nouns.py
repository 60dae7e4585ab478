"""Catalogue rows and pictures cannot be changed once they are made."""

from dataclasses import FrozenInstanceError

import pytest

from comove.core.errors import QuestionError
from comove.core.exhibit import Exhibit
from comove.core.message import say
from comove.core.series import Clock, SeriesSpec

CLOCK = Clock(time="16:00", zone="America/New_York")


def spec(**options):
    return SeriesSpec(**{"id": "x", "kind": "price", "unit": "usd", "clock": CLOCK, **options})


def exhibit(**options):
    return Exhibit(
        **{
            "key": "paths",
            "kind": "paths",
            "columns": {"day": ("2026-02-06",)},
            "caption": say("x"),
            **options,
        }
    )


def test_an_exhibit_owns_its_columns_and_marks():
    columns, marks = {"day": ("2026-02-06",)}, {"baseline": 0.2}
    made = exhibit(columns=columns, marks=marks)
    columns["day"], marks["baseline"] = (), 0.9
    assert made.columns == {"day": ("2026-02-06",)}
    assert made.marks == {"baseline": 0.2}
    for held in (made.columns, made.marks):
        with pytest.raises(TypeError):
            held["day"] = ()
    with pytest.raises(FrozenInstanceError):
        made.key = "other"


def test_exhibits_are_hashable_and_compared_by_their_data():
    assert hash(exhibit()) == hash(exhibit())
    assert exhibit() == exhibit()
    assert exhibit() != exhibit(columns={"day": ()})


def test_a_spec_owns_its_titles():
    titles = {"en": "Gold"}
    made = spec(titles=titles)
    titles["en"] = "Lead"
    assert made.titles == {"en": "Gold"}
    with pytest.raises(TypeError):
        made.titles["en"] = "Lead"
    assert hash(made) == hash(spec(titles={"en": "Gold"}))


@pytest.mark.parametrize(
    ("options", "code"),
    [({"kind": "guess"}, "series.kind"), ({"publication": "soon"}, "series.publication")],
)
def test_kind_and_publication_are_never_guessed(options, code):
    with pytest.raises(QuestionError) as refused:
        spec(**options)
    assert refused.value.code == code


@pytest.mark.parametrize("kind", ["price", "yield", "rate", "level", "flow"])
def test_only_prices_change_by_log_return(kind):
    assert spec(kind=kind).change_is_log == (kind == "price")
