"""The least change of the weights, as the answer tells it, with and without its packages."""

import pytest

from comove.core.diversify_question import DiversifyQuestion
from comove.core.errors import QuestionError
from comove.stats.diversification import _tilt, solver_installed

needs_solver = pytest.mark.skipif(
    not solver_installed(), reason="the extra that solves cone programs is not installed"
)


def question(weights="spy=.6,tlt=.3,gdx=.05,btc=.05", **options):
    return DiversifyQuestion(
        weights=weights, **{"asof": "2026-02-06", "replications": 99, "hedges": ()} | options
    )


@needs_solver
def test_the_ratio_at_baseline_correlations_is_restored(desk):
    found = desk.diversify(question(target="baseline"))
    tilt = found.tilt
    assert tilt.feasible
    assert tilt.target == found.now.ratios.at_baseline.value
    assert tilt.reached.value == pytest.approx(tilt.target, abs=1e-4)
    assert tilt.reached.low < tilt.reached.value < tilt.reached.high
    assert sum(trade.change for trade in tilt.trades) == pytest.approx(0.0, abs=1e-6)
    assert min(trade.after for trade in tilt.trades) >= 0.0
    for trade in tilt.trades:
        assert trade.after == pytest.approx(trade.before + trade.change, abs=1e-12)
    assert tilt.turnover == pytest.approx(
        sum(abs(trade.change) for trade in tilt.trades) / 2, abs=1e-5
    )


@needs_solver
def test_a_target_leaves_all_other_figures_as_they_are(desk):
    assert desk.diversify(question(target=1.5)).now == desk.diversify(question()).now
    assert desk.diversify(question()).tilt is None


@needs_solver
def test_out_of_reach_and_already_there_are_said(desk):
    far = desk.diversify(question(target=3))
    assert not far.tilt.feasible
    assert far.tilt.highest < 3.0
    assert far.tilt.trades == ()
    near = desk.diversify(question(target=1.05))
    assert near.tilt.feasible
    assert near.tilt.turnover == 0.0
    keys = [
        section.blocks[0].says[0].key
        for found in (far, near)
        for section in desk.document(found).sections
        if section.key == "least_change"
    ]
    assert keys == ["diversify.tilt.beyond", "diversify.tilt.there"]


@needs_solver
def test_a_short_position_stays_short(desk):
    found = desk.diversify(question("spy=.8,tlt=.4,gdx=-.2", target=1.6))
    assert found.tilt.feasible
    assert {trade.asset: trade.after <= 0.0 for trade in found.tilt.trades}["gdx"]
    assert all(trade.after >= 0.0 for trade in found.tilt.trades if trade.asset != "gdx")


def test_without_the_packages_it_is_refused_before_anything_is_read(desk, monkeypatch, comove):
    monkeypatch.setattr(_tilt, "find_spec", lambda name: None)
    with pytest.raises(QuestionError) as refused:
        desk.plan(question(target=1.5))
    assert "comove[optimize]" in refused.value.hint
    words = ("diversify", "--weights", "spy=.6,tlt=.4", "--asof", "2026-02-06", "--target", "1.5")
    outcome = comove(*words)
    assert outcome.code == 2
    assert "comove[optimize]" in outcome.err
    assert "未導入" in comove(*words, "--lang", "ja").err
    assert comove(*words[:5], "--replications", "99").code == 0
