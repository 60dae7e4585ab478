"""Which of the parts of a split the headline names, and when it names none."""

from dataclasses import replace
from datetime import date

import pytest

from comove.answers.explain.headline import head
from comove.core.case import LeftOut
from comove.core.diagnosis import Part, ReturnSplit, Stretch
from comove.core.estimate import Scope
from comove.core.message import Name, say

WINDOW = Stretch(start=date(2026, 1, 28), end=date(2026, 2, 5), sessions=6, multi_day_spans=0)
SCOPE = Scope(first=date(2026, 1, 29), last=date(2026, 2, 5), nobs=6)


def split(total, *, gold, risk=0.0, wide=False):
    """A split of an asset's move; what gold and risk leave is unexplained."""
    shares = {"gold": gold, "risk": risk, "unexplained": total - gold - risk}
    spread = 1.0 if wide else 0.001
    return ReturnSplit(
        asset="gdx",
        window=WINDOW,
        total=SCOPE.exact(total, "log_return", "log_return"),
        parts=tuple(
            Part(
                channel=key,
                estimate=SCOPE.estimate(value, "log_return", "x", (value - spread, value + spread)),
                drivers=() if key == "unexplained" else (key,),
            )
            for key, value in shares.items()
        ),
    )


@pytest.fixture
def cause(standing):
    """The clause about one split in a fall or a rise."""

    def clause(made, direction="falling"):
        sign = 1.0 if direction == "rising" else -1.0
        paths = tuple(
            replace(path, move=replace(path.move, value=sign * abs(path.move.value)))
            for path in standing.together.paths
        )
        together = replace(standing.together, direction=direction, paths=paths)
        _, caused = head(together, replace(standing.why, returns=(made,)))
        (said,) = caused["clauses"]
        assert said["asset"] == (Name("gdx"),)
        assert said["move"] == Name(f"explain.word.{direction}")
        return said

    return clause


@pytest.mark.parametrize(
    ("gold", "size"), [(-0.25, "all"), (-0.181, "all"), (-0.15, "most"), (-0.1, "most")]
)
def test_the_part_that_carries_the_move_is_named(cause, gold, size):
    said = cause(split(-0.2, gold=gold))
    assert said.key == f"explain.headline.cause.{size}"
    assert said["channel"] == Name("channel.gold.share")


def test_the_largest_part_below_a_half_is_called_the_largest_measured(cause):
    said = cause(split(-0.2, gold=-0.09, risk=-0.05))
    assert said.key == "explain.headline.cause.some"
    assert said["channel"] == Name("channel.gold.share")


def test_what_is_mostly_unexplained_is_called_so(cause):
    assert cause(split(-0.2, gold=-0.06)).key == "explain.headline.cause.unexplained"


def test_a_part_smaller_than_what_is_unexplained_is_not_named(cause):
    said = cause(split(-0.2, gold=-0.06, risk=-0.05))
    assert said.key == "explain.headline.cause.spread"


def test_a_wide_interval_is_no_cause(cause):
    assert cause(split(-0.2, gold=-0.19, wide=True)).key == "explain.headline.cause.spread"


def test_a_part_against_the_move_is_no_cause(cause):
    said = cause(split(-0.2, gold=0.3))
    assert said.key == "explain.headline.cause.unexplained"


def test_a_rise_is_explained_by_what_rose(cause):
    assert cause(split(0.2, gold=0.25), "rising").key == "explain.headline.cause.all"
    assert cause(split(0.2, gold=-0.25), "rising").key == "explain.headline.cause.unexplained"


@pytest.mark.parametrize("total", [0.0, 0.01])
def test_a_split_that_ends_before_the_fall_begins_names_nothing(cause, total):
    assert cause(split(total, gold=0.02)).key == "explain.headline.cause.spread"


def test_nothing_is_named_behind_a_move_within_ordinary_noise(standing):
    noisy, clear = replace(split(-0.01, gold=-0.01), asset="btc"), split(-0.2, gold=-0.2)
    why = replace(standing.why, returns=(noisy, clear))
    _, caused = head(standing.together, why, frozenset({"btc"}))
    assert [(said["asset"], said.key.rpartition(".")[2]) for said in caused["clauses"]] == [
        ((Name("btc"),), "ordinary"),
        ((Name("gdx"),), "all"),
    ]


def test_without_a_split_the_reason_is_said(standing):
    reason = say("explain.no_split.overlap")
    why = replace(standing.why, returns=(), reason=reason)
    _, caused = head(standing.together, why)
    assert caused == say("explain.headline.no_split", reason=reason)


@pytest.mark.parametrize(
    ("pvalue", "apart", "key"),
    [
        (0.30, 4, "apart.chance"),
        (0.05, 4, "apart.more"),
        (0.30, 0, "same_day.chance"),
        (0.01, 0, "same_day.more"),
    ],
)
def test_synchrony_is_worded_by_chance_and_by_the_worst_days(standing, pvalue, apart, key):
    overlap = replace(standing.together.overlap, pvalue=pvalue)
    together = replace(standing.together, overlap=overlap, worst_days_apart=apart)
    moved, _ = head(together, standing.why)
    assert moved["synchrony"].key == f"explain.headline.synchrony.{key}"


def test_days_that_cannot_be_compared_are_not(standing):
    moved, _ = head(replace(standing.together, overlap=None), standing.why)
    assert moved["synchrony"].key == "explain.headline.no_synchrony"


@pytest.mark.parametrize(
    ("left_out", "channel"),
    [
        ((), Name("channel.gold.share")),
        (("gold",), say("explain.headline.through.one", drivers=(Name("driver.gold"),))),
        (("risk",), Name("channel.gold.share")),
    ],
)
def test_a_channel_that_lost_drivers_is_named_by_those_that_entered(standing, left_out, channel):
    lost = tuple(
        LeftOut(driver="silver", channel=key, series="slv", reason="circular", last=None)
        for key in left_out
    )
    why = replace(standing.why, returns=(split(-0.2, gold=-0.2),), left_out=lost)
    _, caused = head(standing.together, why)
    (said,) = caused["clauses"]
    assert said["channel"] == channel
