"""Who sends shocks to whom: identities, known cases, look-ahead, the same bytes, bad questions."""

from dataclasses import replace
from datetime import date

import numpy as np
import orjson
import pytest

import comove
from comove.answers.spillover import answer
from comove.answers.spillover.measuring import index
from comove.answers.spillover.sampling import find_setting, sample
from comove.answers.spillover.sentences import state
from comove.core.errors import NoDataError, QuestionError, UnknownSeriesError
from comove.core.spillover import Spillovers
from comove.core.spillover_question import SpilloverQuestion
from comove.data.clocks import end_of_day
from comove.desk import Desk
from comove.run.serial import Serial

FOUR = ("BTC", "GDX", "QQQ", "GLD")


def question(*assets, **options):
    return SpilloverQuestion(
        assets=assets or FOUR, **{"asof": "2026-02-06", "replications": 99} | options
    )


def written(found):
    return orjson.dumps(found.to_dict(), option=orjson.OPT_SORT_KEYS)


@pytest.fixture(scope="module")
def four(desk):
    return desk.spillover(question())


def made_up(desk, values, **options):
    """Ask about made-up returns under the names and clocks of bundled assets."""
    asked, snapshot = prepared(desk, values, **options)
    return answer(asked, snapshot, {}, Serial())


def prepared(desk, values, **options):
    assets = ("gdx", "qqq", "gld", "spy")[: values.shape[1]]
    asked = desk.resolve(question(*assets, **options))
    snapshot = desk.facts.read(assets, (), asked.asof)
    tracks = {}
    for place, asset in enumerate(assets):
        held = snapshot.tracks[asset]
        prices = np.full(len(held.values), 100.0)
        prices[-len(values) :] *= np.exp(np.cumsum(values[:, place]))
        tracks[asset] = replace(held, values=prices)
    return asked, replace(snapshot, tracks=tracks)


def rows(seed, coefficients, nobs=1000, volatile=False):
    rng = np.random.default_rng(seed)
    path = 0.01 * rng.standard_normal((nobs, len(coefficients)))
    if volatile:
        path *= np.exp(0.4 * np.sin(np.arange(nobs) / 25.0))[:, None]
    for row in range(1, nobs):
        path[row] += coefficients @ path[row - 1]
    return path


def test_shares_of_a_receiver_add_up_to_one_and_nets_to_zero(four):
    for asset in four.question.assets:
        mine = [entry.share.value for entry in four.table if entry.receiver == asset]
        assert sum(mine) == pytest.approx(1.0, abs=1e-12)
    assert sum(flow.net.value for flow in four.flows) == pytest.approx(0.0, abs=1e-12)
    held = {entry.pair: entry.share.value for entry in four.table}
    for flow in four.flows:
        others = [asset for asset in four.question.assets if asset != flow.asset]
        assert flow.sent.value == pytest.approx(sum(held[other, flow.asset] for other in others))
        assert flow.received.value == pytest.approx(sum(held[flow.asset, o] for o in others))
        assert flow.net.value == pytest.approx(flow.sent.value - flow.received.value)
    for link in four.links:
        net = held[link.receiver, link.sender] - held[link.sender, link.receiver]
        assert link.net.value == pytest.approx(net, abs=1e-9)
        assert link.net.value >= 0.0
        assert link.adjusted >= link.net.pvalue
    mean = sum(flow.received.value for flow in four.flows) / 4
    assert four.now.total.value == pytest.approx(mean, abs=1e-9)
    assert four.now.corrected.value == pytest.approx(mean * 4 / 3, abs=1e-9)
    assert sum(speed.total.value for speed in four.speeds) == pytest.approx(mean, abs=1e-3)
    assert four.change.value == pytest.approx(four.now.total.value - four.before.total.value)


def test_the_table_is_that_of_the_estimator(desk, four):
    from comove.stats.connectedness import static

    changes = desk.facts.read(four.question.assets, (), four.asof).panel(four.question.assets)
    table = static(changes.changes().values[-250:], 1, 10).table
    ours = np.array([entry.share.value for entry in four.table]).reshape(4, 4)
    np.testing.assert_allclose(ours, table, atol=1e-12)


def test_every_interval_holds_its_value(four):
    for row in four.to_records():
        assert row["exact"] or row["low"] <= row["value"] <= row["high"], row["path"]
    assert len({row["path"] for row in four.to_records()}) == len(four.to_records())


def test_known_facts_of_the_standing_example(four):
    """Gold and its miners are the closest tie, and all of it is there on the same day."""
    assert four.verdict("shared") == "supports"
    assert four.verdict("lead") != "supports"
    held = {entry.pair: entry.share.value for entry in four.table if entry.receiver != entry.sender}
    assert set(sorted(held, key=held.get)[-2:]) == {("gdx", "gld"), ("gld", "gdx")}


def test_the_exhibits_show_the_figures_of_the_answer(four):
    network, heatmap, rolling = four.exhibits
    assert network.columns["value"] == tuple(link.net.value for link in four.links)
    assert heatmap.columns["value"] == tuple(entry.share.value for entry in four.table)
    assert rolling.columns["total"][-1] == pytest.approx(four.now.total.value, abs=1e-9)
    assert set(rolling.columns["noise"]) == {four.now.null_high}
    assert rolling.columns["day"][-1] == four.now.window.end.isoformat()


def test_recovery_a_one_way_sender_is_found(desk):
    coefficients = np.zeros((3, 3))
    coefficients[1, 0] = 0.8
    found = made_up(desk, rows(1, coefficients), replications=199)
    first = found.links[0]
    assert (first.sender, first.receiver, first.verdict) == ("gdx", "qqq", "supports")
    assert all(link.verdict != "supports" for link in found.links[1:])
    assert found.verdict("shared") == found.verdict("lead") == "supports"
    assert found.headline[1].key == "spillover.headline.senders"
    assert max(found.flows, key=lambda flow: flow.net.value).asset == "gdx"


def test_too_few_replications_for_the_number_of_pairs_are_told(desk, four):
    assert "spillover.limit.coarse" in {entry.key for entry in four.limits}
    found = desk.spillover(question("GDX", "QQQ"))
    assert "spillover.limit.coarse" not in {entry.key for entry in found.limits}


def test_recovery_same_day_links_are_no_lead_and_have_no_sender(desk):
    rng = np.random.default_rng(2)
    shared = 0.01 * rng.standard_normal((1000, 1))
    found = made_up(desk, shared + 0.005 * rng.standard_normal((1000, 3)))
    assert found.verdict("shared") == "supports"
    assert found.verdict("lead") != "supports"
    assert found.headline[1].key == "spillover.headline.no_sender"


def test_recovery_noise_is_called_spillover_at_the_nominal_rate(desk):
    """Independent series, volatile in spells, at 80 % so that few runs tell."""
    counts = {"shared": 0, "lead": 0}
    for seed in range(30):
        noise = rows(100 + seed, np.zeros((2, 2)), nobs=130, volatile=True)
        setting = find_setting(*prepared(desk, noise, window=120, level=0.8))
        last, rng = len(setting.changes.values), np.random.default_rng(seed)
        measured = index(sample(setting, slice(last - 120, last), rng), rng)
        for claim in state(measured):
            counts[claim.key] += claim.verdict == "supports"
    # 99.9 % of a binomial with n = 30, p = 0.2
    assert 1 <= counts["shared"] <= 14, counts
    assert 1 <= counts["lead"] <= 14, counts


@pytest.mark.parametrize("day", [date(2020, 3, 20), date(2024, 7, 4), date(2026, 2, 6)], ids=str)
def test_nothing_later_than_the_as_of_day_is_used(desk, days_in, day):
    asked = question("BTC", "GLD", asof=day, window=120)
    full = desk.spillover(asked)
    cut = Desk.open(channels=(), facts=desk.facts.truncated(end_of_day(day))).spillover(asked)
    assert written(cut) == written(full)
    assert [(path, when) for path, when in days_in(full) if when > day] == []


def test_the_same_question_gives_the_same_bytes_and_another_seed_others(desk, four):
    again = Desk.open(channels=(), facts=desk.facts).spillover(question())
    assert again is not four
    assert written(again) == written(four)
    other = Desk.open(channels=(), facts=desk.facts).spillover(question(seed=8))
    assert [entry.share.value for entry in other.table] == [e.share.value for e in four.table]
    assert other.now.null_high != four.now.null_high


def test_the_order_of_the_assets_does_not_matter_for_the_table(desk, four):
    turned = desk.spillover(question(*FOUR[::-1]))
    held = {entry.pair: entry.share.value for entry in four.table}
    for entry in turned.table:
        assert entry.share.value == pytest.approx(held[entry.pair], abs=1e-9)


def test_clocks_are_named_where_they_differ_and_only_there(desk, four):
    clocks = [entry for entry in four.limits if entry.key == "spillover.limit.clock"]
    assert [entry["asset"].id for entry in clocks] == ["btc"]
    assert {other.id for other in clocks[0]["others"]} == {"gdx", "qqq", "gld"}
    assert all(flow.five_session_net is not None for flow in four.flows)
    same = desk.spillover(question("GDX", "QQQ"))
    assert all(entry.key != "spillover.limit.clock" for entry in same.limits)


def test_the_library_verb_is_the_desk(four):
    found = comove.spillover(*FOUR, asof="2026-02-06", replications=99)
    assert isinstance(found, Spillovers)
    assert written(found) == written(four)
    assert "32.5% shared" in repr(found)


def test_the_plan_reads_the_assets_and_nothing_else(desk):
    planned = desk.plan(question())
    assert planned.series == planned.assets == ("btc", "gdx", "qqq", "gld")
    assert planned.answer == "spillover"
    assert planned.tables == planned.channels == ()


@pytest.mark.parametrize(
    "wrong",
    [
        {"assets": ("BTC",)},
        {"assets": tuple("abcdefghijklm")},
        {"assets": ("BTC", "BTC")},
        {"lags": 0},
        {"lags": 1.5},
        {"horizon": 1},
        {"window": 20},
        {"window": 60, "assets": tuple("abcdefgh")},
        {"replications": 10},
        {"level": 1.0},
        {"seed": -1},
        {"asof": "yesterday"},
    ],
    ids=str,
)
def test_a_question_that_cannot_be_answered_is_refused_at_birth(wrong):
    with pytest.raises(QuestionError):
        SpilloverQuestion(**{"assets": FOUR} | wrong)


def test_what_the_data_cannot_carry_is_refused(desk):
    with pytest.raises(NoDataError):
        desk.spillover(question("BTC", "ETH", window=2000))
    with pytest.raises(UnknownSeriesError):
        desk.spillover(question("BTC", "XYZ"))
    with pytest.raises(QuestionError):
        desk.spillover(question("BTC", "bitcoin"))


def test_a_short_history_has_no_window_before(desk):
    found = desk.spillover(question("BTC", "ETH", window=240, asof="2025-09-01"))
    assert (found.before is None) == (found.change is None)
