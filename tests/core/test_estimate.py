"""A number is never without interval, unit, sample, clock and method."""

from datetime import date

import pytest

from comove.core.errors import QuestionError
from comove.core.estimate import Estimate, Scope
from comove.core.message import Quantity

DAYS = {"first": date(2026, 1, 29), "last": date(2026, 2, 5)}
SCOPE = Scope(**DAYS, nobs=6, clock="own", level=0.9)


def estimate(**options):
    return Estimate(**{"value": 1.0, "unit": "beta", "nobs": 6, **DAYS, "method": "ols", **options})


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"low": 0.5},
        {"high": 1.5},
        {"low": 0.5, "high": 1.5, "exact": True},
        {"low": 0.5, "exact": True},
        {"high": 1.5, "exact": True},
    ],
    ids=str,
)
def test_a_point_needs_an_interval_or_is_declared_exact(options):
    with pytest.raises(QuestionError) as refused:
        estimate(**options)
    assert refused.value.code == "estimate.interval"


def test_both_forms_that_are_allowed():
    assert estimate(low=0.5, high=1.5).low == 0.5
    assert estimate(exact=True).low is None


@pytest.mark.parametrize(
    ("low", "high", "excludes"),
    [(0.1, 2.0, True), (-2.0, -0.1, True), (-0.1, 0.1, False), (0.0, 1.0, False)],
)
def test_an_interval_excludes_zero_when_all_of_it_lies_on_one_side(low, high, excludes):
    assert estimate(low=low, high=high).excludes_zero is excludes


def test_an_exact_value_excludes_zero_unless_it_is_zero():
    assert estimate(exact=True).excludes_zero
    assert not estimate(value=0.0, exact=True).excludes_zero


def test_the_quantity_is_value_and_unit():
    assert estimate(exact=True).quantity == Quantity(1.0, "beta")


def test_a_scope_passes_on_sample_clock_and_level():
    for found in (
        SCOPE.exact(-0.18, "simple_return", "simple_return", pvalue=0.3),
        SCOPE.estimate(-0.18, "simple_return", "simple_return", (-0.2, -0.1), pvalue=0.3),
    ):
        assert (found.first, found.last, found.nobs) == (DAYS["first"], DAYS["last"], 6)
        assert (found.clock, found.level, found.pvalue) == ("own", 0.9, 0.3)
    assert SCOPE.exact(1, "count", "x").exact
    assert not SCOPE.estimate(1, "beta", "x", (0, 2)).exact


def test_figures_become_plain_floats():
    numpy = pytest.importorskip("numpy")
    found = SCOPE.estimate(
        numpy.float64(1.0), "beta", "x", (numpy.float64(0.0), numpy.float64(2.0))
    )
    assert {type(found.value), type(found.low), type(found.high)} == {float}
