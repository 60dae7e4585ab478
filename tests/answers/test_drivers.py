"""Which drivers enter a split: no circle, no series that ended, none that shortens the others."""

from datetime import date

import numpy as np
import pytest

from comove.core.driver import Driver
from comove.core.errors import NotEstimable, QuestionError
from comove.core.message import say
from comove.core.question import Question
from comove.core.reading import Reading
from comove.desk import Desk

ASOF = "2026-02-06"
GOLD = Driver("gold", (("gld", 1.0),))
FEAR = Driver("fear", (("vix", 1.0),))


class StandIn:
    """A channel that looks at nothing and claims nothing."""

    reads = ()

    def __init__(self, key, *drivers):
        self.key, self.drivers, self.seen = key, drivers, []

    def examine(self, case):
        self.seen.append(case)
        silent = say(f"channel.{self.key}")
        return Reading(channel=self.key, proposition=silent, verdict="silent", because=silent)


@pytest.fixture
def ask_with(desk):
    """Ask with stand-in channels in place of the installed ones."""

    def asked(*channels, assets=("btc", "gdx"), **options):
        own = Desk(facts=desk.facts)
        own.__dict__["channels"] = {channel.key: channel for channel in channels}
        return own.explain(Question(assets=assets, **{"asof": ASOF, "replications": 99} | options))

    return asked


def left_out(diagnosis):
    return {entry.driver: entry for entry in diagnosis.why.left_out}


def used(diagnosis):
    return {driver for _, driver, _ in diagnosis.why.betas}


def legs(desk):
    return {
        driver.key: driver.series
        for channel in desk.channels.values()
        for driver in channel.drivers
    }


@pytest.mark.parametrize(
    ("assets", "asof", "dropped"),
    [
        ("QQQ BTC", ASOF, {"nasdaq_spread", "semis_spread", "dvol"}),
        ("SPY GDX", "2020-03-20", {"vix", "equity", "nasdaq_spread"}),
        ("TLT SPY", "2022-10-14", {"vix", "equity", "nasdaq_spread", "credit", "breakeven"}),
        ("GLD GDX SLV", ASOF, {"gold", "silver"}),
        ("BTC ETH", "2025-11-21", {"dvol"}),
    ],
)
def test_what_is_made_from_an_asset_is_left_out_on_both_sides(ask, desk, assets, asof, dropped):
    found = ask(assets, asof=asof)
    circular = {key for key, entry in left_out(found).items() if entry.reason == "circular"}
    assert circular == dropped
    assert not circular & used(found)
    snapshot = desk.facts.read((), (), found.asof)
    for driver, series in legs(desk).items():
        touched = any(snapshot.circular(leg, a) for leg in series for a in found.question.assets)
        assert touched == (driver in circular)
    said = next(m for m in found.limits if m.key == "explain.limit.left_out.circular")
    assert {name.id for name in said["drivers"]} == {f"driver.{key}" for key in circular}


def test_a_driver_that_ended_before_the_window_shortens_nothing(ask):
    found = ask("BTC GDX", asof="2026-07-10")
    entry = left_out(found)["yen"]
    assert (entry.channel, entry.reason, entry.series) == ("dollar", "ended", "usdjpy")
    assert entry.last == date(2026, 4, 15)
    assert entry.last < found.together.window.end
    assert found.why.baseline.sessions == 756
    assert found.why.returns[0].window.end == found.together.window.end
    assert "dollar" in used(found)
    said = next(m for m in found.limits if m.key == "explain.limit.left_out.ended")
    assert date(2026, 4, 15) in said["days"]


def test_a_driver_with_a_short_history_is_evidence_only(ask_with):
    channel = StandIn("sentiment", Driver("mood", (("fng", 1.0),)), GOLD)
    found = ask_with(channel, assets=("qqq", "gdx"))
    assert left_out(found)["mood"].reason == "short"
    assert used(found) == {"gold"}
    assert found.why.baseline.sessions == 756


def test_a_driver_that_has_not_begun_is_missing(ask_with):
    channel = StandIn("sentiment", Driver("mood", (("fng", 1.0),)), GOLD)
    found = ask_with(channel, assets=("qqq", "gdx"), asof="2024-08-05")
    assert left_out(found)["mood"].reason == "missing"
    assert left_out(found)["mood"].last is None


def test_without_any_driver_the_reason_is_said(ask_with):
    found = ask_with(StandIn("gold", GOLD), assets=("gld", "gdx"))
    assert found.why.reason == say("explain.no_split.drivers")
    assert found.together.direction == "falling"
    assert found.readings[0].channel == "gold"


@pytest.mark.parametrize(
    "twin",
    [Driver("twin", (("gld", 2.0),)), Driver("still", (("gld", 0.0),))],
    ids=["collinear", "constant"],
)
def test_drivers_that_cannot_be_told_apart_give_a_reason_and_no_number(ask_with, twin):
    channel = StandIn("gold", GOLD, twin)
    found = ask_with(channel)
    assert found.why.reason.key == "explain.no_split.refused"
    assert found.why.reason["reason"].key in ("not_estimable.collinear", "not_estimable.constant")
    assert found.why.returns == found.why.betas == ()
    (case,) = channel.seen
    assert case.grid is None
    assert case.share("gold") is None
    assert case.column("gold") is None


def test_two_channels_may_share_a_driver_and_are_credited_alike(ask_with):
    found = ask_with(StandIn("one", GOLD, FEAR), StandIn("two", GOLD, FEAR))
    for split in found.why.returns:
        shares = {part.channel: part.estimate.value for part in split.parts}
        assert shares["one"] == pytest.approx(shares["two"], abs=1e-12)
    assert used(found) == {"gold", "fear"}


def test_one_name_for_two_drivers_is_refused(ask_with):
    with pytest.raises(QuestionError) as refused:
        ask_with(StandIn("one", GOLD), StandIn("two", Driver("gold", (("slv", 1.0),))))
    assert refused.value.code == "question.driver_clash"


def test_the_case_a_channel_sees_is_the_split(ask_with):
    channel = StandIn("gold", GOLD)
    found = ask_with(channel, StandIn("risk", FEAR))
    (case,) = channel.seen
    assert case.assets == ("btc", "gdx")
    assert (case.falling, case.found) == (True, True)
    share = case.share("gold")
    for asset, split in enumerate(found.why.returns):
        part = next(part for part in split.parts if part.channel == "gold")
        assert share.returns[asset] == part.estimate
        assert case.totals[asset] == split.total
    assert share.drivers == ("gold",)
    linked = found.why.covariances[0]
    part = next(part for part in linked.parts if part.channel == "gold")
    assert share.covariance[0].value * linked.total.value == pytest.approx(
        part.estimate.value, abs=1e-12
    )
    rows = case.grid.episode
    assert case.grid.day(rows.stop - 1) == found.why.returns[0].window.end
    assert np.array_equal(case.column("gold"), case.grid.drivers[:, 0])
    gdx = case.grid.returns[rows, 1].sum()
    assert gdx == pytest.approx(found.why.returns[1].total.value, abs=1e-12)
    split = found.why.returns[1]
    fitted = case.betas[1] @ case.grid.drivers[rows].sum(axis=0)
    named = sum(part.estimate.value for part in split.parts if part.drivers)
    assert fitted == pytest.approx(named, abs=1e-12)


def test_exposures_come_from_before_what_they_explain(ask_with):
    channel = StandIn("gold", GOLD, FEAR)
    found = ask_with(channel, dependence=42, baseline=400)
    (case,) = channel.seen
    grid = case.grid
    assert grid.baseline.stop == grid.episode.start
    assert grid.dependence_baseline.stop == grid.dependence.start
    assert grid.dependence.stop == grid.episode.stop
    lengths = [rows.stop - rows.start for rows in (grid.baseline, grid.dependence_baseline)]
    assert lengths == [400, 400]
    assert grid.dependence.stop - grid.dependence.start == 42
    assert found.why.covariances[0].window.sessions == 42

    def fitted(rows):
        design = np.column_stack([np.ones(400), grid.drivers[rows]])
        return np.linalg.lstsq(design, grid.returns[rows], rcond=None)[0]

    assert case.betas == pytest.approx(fitted(grid.baseline)[1:].T, abs=1e-10)
    frozen = fitted(grid.dependence_baseline)
    rest = grid.returns - frozen[0] - grid.drivers @ frozen[1:]
    assert case.residuals == pytest.approx(rest, abs=1e-12)
    linked = found.why.covariances[0]
    spread = np.prod(grid.returns[grid.dependence].std(axis=0, ddof=1))
    together = np.cov(rest[grid.dependence].T)[0, 1] / spread
    assert linked.residual == pytest.approx(together, abs=1e-9)


def test_a_channel_is_examined_once_and_only_when_asked(ask_with):
    gold, risk = StandIn("gold", GOLD), StandIn("risk", FEAR)
    found = ask_with(gold, risk, channels=("risk",))
    assert [reading.channel for reading in found.readings] == ["risk"]
    assert (len(gold.seen), len(risk.seen)) == (0, 1)
    assert used(found) == {"fear"}


def test_bond_holidays_become_longer_changes_and_never_zeros(ask, desk):
    found = ask("BTC ETH", asof="2025-11-21")
    split = found.why.returns[0]
    # Columbus Day and Veterans Day: the exchange is open, the Treasury market is not
    assert split.window.multi_day_spans == 2
    assert found.together.window.multi_day_spans == 0
    own = found.together.window
    assert split.window.end == date(2025, 11, 20) < own.end == date(2025, 11, 21)
    assert split.window.sessions == own.sessions - 1 - 2
    through = next(m for m in found.limits if m.key == "explain.limit.through")
    assert through["day"] == date(2025, 11, 20)
    panel = desk.facts.read(("btc", "dfii10"), (), found.asof).panel(("btc", "dfii10"))
    for holiday in ("2025-10-13", "2025-11-11"):
        assert np.datetime64(holiday) not in panel.labels


def test_the_weekend_of_bitcoin_belongs_to_monday(ask, desk):
    found = ask("BTC GDX", asof=ASOF, window="2026-01-30:2026-02-05")
    track = {str(day): value for day, value in zip(*levels(desk, "btc"), strict=True)}
    panel = desk.facts.read(("btc", "gdx"), (), found.asof).panel(("btc", "gdx"))
    moves = panel.changes()
    monday = moves.labels.tolist().index(date(2026, 2, 2))
    weekend = np.log(track["2026-02-02"] / track["2026-01-30"])
    assert moves["btc"][monday] == pytest.approx(weekend, abs=1e-12)
    assert moves.spans[monday] == 1


def levels(desk, asset):
    track = desk.facts.observations(asset)
    return track.labels, track.values


def test_a_constant_price_is_not_estimable(desk):
    from dataclasses import replace

    from comove.answers import explain
    from comove.core.observations import Observations
    from comove.run.serial import Serial

    snapshot = desk.facts.read(("btc", "gdx"), (), date(2026, 2, 6))
    gdx = snapshot["gdx"]
    still = Observations(gdx.spec, gdx.labels, gdx.struck, gdx.known, np.full(len(gdx), 50.0))
    flat = replace(snapshot, tracks={"btc": snapshot["btc"], "gdx": still})
    question = Question(assets=("btc", "gdx"), asof=ASOF, replications=99)
    with pytest.raises(NotEstimable) as refused:
        explain.answer(question, flat, {}, Serial())
    assert refused.value.reason == "constant"
