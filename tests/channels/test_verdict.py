"""The decision rule, case by case."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.channels._share_evidence import fraction_of
from comove.channels._verdict import Part, barred, judge
from comove.core.estimate import Estimate

from .cases import FIRST_DAY

RULES = [
    # fraction, low, high, extremity -> verdict, reason
    (0.40, 0.20, 0.60, 0.95, "supports", "carries"),
    (0.10, 0.01, 0.30, 0.90, "supports", "carries"),
    (0.40, 0.20, 0.60, 0.89, "cannot_tell", "ordinary"),
    (0.40, 0.20, 0.60, None, "cannot_tell", "no_history"),
    (0.0996, 0.02, 0.30, 0.95, "supports", "carries"),  # printed as 10.0 %
    (0.0994, 0.02, 0.30, 0.95, "cannot_tell", "small"),
    (0.09, 0.01, 0.17, 0.99, "cannot_tell", "small"),
    (0.40, -0.01, 0.80, 0.99, "cannot_tell", "wide"),
    (0.40, 0.00, 0.80, 0.99, "cannot_tell", "wide"),
    (0.02, -0.05, 0.09, 0.99, "against", "negligible"),
    (0.00, 0.00, 0.00, None, "against", "negligible"),
    (-0.30, -0.50, -0.10, 0.99, "against", "opposite"),
    (-0.30, -0.70, 0.10, 0.99, "cannot_tell", "wide"),
    (0.05, -0.09, 0.10, 0.99, "cannot_tell", "wide"),
]


@pytest.mark.parametrize(("fraction", "low", "high", "extremity", "verdict", "reason"), RULES)
def test_rule_matches_the_table(fraction, low, high, extremity, verdict, reason):
    found = judge(Part(fraction=fraction, low=low, high=high, extremity=extremity))
    assert (found.verdict, found.reason) == (verdict, reason)


@pytest.mark.parametrize("bar", ["no_move", "other_way"])
def test_a_barred_whole_is_never_judged(bar):
    found = judge(Part(fraction=0.9, low=0.8, high=1.0, extremity=1.0), bar)
    assert (found.verdict, found.reason) == ("cannot_tell", bar)


@pytest.mark.parametrize(
    ("total", "noise", "direction", "expected"),
    [
        (-0.20, 0.1, -1.0, None),
        (0.20, 0.1, 1.0, None),
        (-0.20, 0.1, 1.0, "other_way"),
        (-0.049, 0.1, -1.0, "no_move"),
        (-0.051, 0.1, -1.0, None),
        (0.0, 0.0, -1.0, "no_move"),
    ],
)
def test_what_cannot_be_divided_up(total, noise, direction, expected):
    assert barred(total, noise, direction) == expected


def _estimate(value, low, high):
    return Estimate(
        value=value,
        unit="log_return",
        low=low,
        high=high,
        nobs=6,
        first=FIRST_DAY,
        last=FIRST_DAY,
        method="bootstrap",
    )


@given(
    st.floats(-0.3, 0.3),
    st.floats(0.0, 0.2),
    st.floats(0.01, 0.5),
    st.floats(0.01, 100.0),
    st.sampled_from([-1.0, 1.0]),
)
@settings(max_examples=25, deadline=None)
def test_fraction_is_invariant_to_scale_and_sign(value, width, total, scale, sign):
    plain = fraction_of(_estimate(value, value - width, value + width), total, 0.5)
    factor = scale * sign
    ends = sorted(((value - width) * factor, (value + width) * factor))
    scaled = fraction_of(_estimate(value * factor, *ends), total * factor, 0.5)
    for name in ("fraction", "low", "high"):
        assert getattr(scaled, name) == pytest.approx(getattr(plain, name), abs=1e-9)
    assert (
        judge(scaled).reason == judge(plain).reason
        or min(
            abs(abs(end) - limit)
            for end in (plain.low, plain.high, plain.fraction)
            for limit in (0, 0.1)
        )
        < 1e-9
    )


def test_a_zero_whole_has_zero_parts():
    assert fraction_of(_estimate(0.1, 0.0, 0.2), 0.0, None).fraction == 0.0
