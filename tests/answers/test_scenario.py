"""What shocks would do: identities, known cases, look-ahead, the same bytes, bad questions."""

import importlib.util
import math
import tomllib
from dataclasses import replace
from datetime import date
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import orjson
import pytest

import comove
from comove.answers.scenario import answer
from comove.answers.scenario.analogues import separate
from comove.answers.scenario.settling import installed
from comove.core.errors import NoDataError, NotEstimable, QuestionError, WindowError
from comove.core.scenario_question import ScenarioQuestion, invested
from comove.data.clocks import end_of_day
from comove.desk import Desk
from comove.run.serial import Serial
from comove.stats.pooling import conditional_t

EASING = ("dfii10=-50bp", "dxy=-3%")


def question(*assets, **options):
    defaults = {"asof": "2026-02-06", "replications": 99}
    if not {"named", "window", "reverse", "scenarios", "shocks"} & set(options):
        defaults["shocks"] = EASING
    return ScenarioQuestion(assets=assets or ("BTC", "GDX"), **defaults | options)


def written(found):
    return orjson.dumps(found.to_dict(), option=orjson.OPT_SORT_KEYS)


@pytest.fixture(scope="module")
def easing(desk):
    return desk.scenario(question())


def test_contributions_add_up_to_the_portfolio_and_to_the_distance(easing):
    held = easing.portfolio
    whole = math.fsum(part.contribution.value for part in held.parts)
    assert held.total.value == pytest.approx(whole, abs=1e-12)
    for part in held.parts:
        median = easing.outlook(part.asset).centre.value
        assert part.contribution.value == pytest.approx(part.weight * median, abs=1e-12)
    assert held.cash == pytest.approx(0.0, abs=1e-12)
    parts = math.fsum(move.contribution for move in easing.moves)
    assert parts == pytest.approx(easing.plausible.distance, rel=1e-9)


def test_weights_leave_cash_and_may_be_short(desk):
    found = desk.scenario(question(weights="gdx=-20%,BTC=.5"))
    held = found.portfolio
    assert [part.weight for part in held.parts] == [0.5, -0.2]
    assert held.cash == pytest.approx(0.7)
    assert "scenario.limit.cash" in {entry.key for entry in found.limits}
    whole = sum(part.contribution.value for part in held.parts)
    assert held.total.value == pytest.approx(whole, abs=1e-12)


def test_every_interval_holds_its_value_and_every_row_has_a_name(easing):
    rows = easing.to_records()
    for row in rows:
        assert row["exact"] or row["low"] <= row["value"] <= row["high"], row["path"]
    assert len({row["path"] for row in rows}) == len(rows)
    for entry in easing.outlooks:
        assert 0.0 <= entry.rises.value <= 1.0
        assert entry.outcome.low < entry.centre.value < entry.outcome.high
    for both in easing.jointly:
        assert both.all_rise.value + both.all_fall.value <= 1.0


def test_the_law_is_that_of_the_estimator(desk, easing):
    ids = ("btc", "gdx", "dfii10", "dxy")
    changes = desk.facts.read(ids, (), easing.asof).panel(ids).changes().values[-756:]
    covariance = np.cov(changes.T) * 21
    shock = {"2": -0.5, "3": math.log(0.97)}
    law = conditional_t(np.zeros(4), covariance, shock, easing.plausible.df)
    for place, asset in enumerate(("btc", "gdx")):
        found = easing.outlook(asset)
        assert found.centre.value == pytest.approx(math.expm1(law.mean[place]), abs=1e-12)
        assert found.outcome.low == pytest.approx(math.expm1(law.low[place]), abs=1e-12)
        assert found.outcome.high == pytest.approx(math.expm1(law.high[place]), abs=1e-12)
    assert easing.plausible.pvalue.value == pytest.approx(law.plausibility, abs=1e-12)


def test_known_facts_of_the_standing_example(easing):
    """Miners answer to real yields and the dollar; bitcoin cannot be told to."""
    assert easing.verdict("gains", "gdx") == "supports"
    assert easing.verdict("gains", "btc") == "cannot_tell"
    assert easing.horizon == 21
    assert all(entry.last <= easing.asof for entry in easing.analogues)


def test_the_mirror_image_of_a_shock_has_the_mirrored_median(desk, easing):
    other = desk.scenario(question(shocks=("dfii10=+50bp", f"dxy={100 * (1 / 0.97 - 1):+.10f}%")))
    for asset in ("btc", "gdx"):
        up, down = easing.outlook(asset).centre.value, other.outlook(asset).centre.value
        assert (1.0 + up) * (1.0 + down) == pytest.approx(1.0, abs=1e-9)
    assert other.plausible.distance == pytest.approx(easing.plausible.distance, rel=1e-9)


def test_analogues_lie_near_the_shock_and_do_not_overlap(easing):
    found = easing.analogues
    assert len(found) >= 5
    edge = 0.5 * math.sqrt(easing.plausible.distance)
    assert all(entry.distance < edge for entry in found)
    assert [entry.distance for entry in found] == sorted(entry.distance for entry in found)
    spans = sorted((entry.first, entry.last) for entry in found)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    for entry in easing.records:
        assert entry.count == len(found)
        assert entry.rose <= entry.count
        assert entry.rose_after <= entry.count_after <= entry.count


def test_an_analogue_tells_what_the_prices_did(desk, easing):
    nearest = easing.analogues[0]
    track = desk.facts.observations("gdx")
    first, last = (track.on(np.datetime64(day)) for day in (nearest.first, nearest.last))
    assert nearest.during[1].value == pytest.approx(last / first - 1.0, abs=1e-12)


def test_stretches_are_chosen_greedily():
    assert separate(np.array([10, 12, 7, 30]), 3) == (10, 7, 30)
    assert separate(np.array([], dtype=int), 3) == ()


@pytest.mark.parametrize("name", list(installed()))
def test_every_named_scenario_answers(desk, name):
    found = desk.scenario(question(named=name))
    assert found.moves
    assert found.question.named == name
    origin = "asked" if "shocks" in installed()[name] else "replayed"
    assert {move.origin for move in found.moves} == {origin}


def test_named_scenarios_have_words_and_mirror_each_other():
    folder = Path(comove.__file__).parent / "answers" / "scenario"
    words = tomllib.loads((folder / "words.toml").read_text(encoding="utf-8"))
    assert set(words["scenario"]["named"]) == set(installed())
    for one, other in (
        ("real_yields_fall", "real_yields_rise"),
        ("tech_stabilises", "tech_sells_off"),
    ):
        (first,), (second,) = installed()[one]["shocks"], installed()[other]["shocks"]
        assert first.translate(str.maketrans("+-", "-+")) == second


def test_a_past_window_is_replayed_as_it_was(desk):
    found = desk.scenario(question(named="january_february_2026"))
    gld = desk.facts.observations("gld")
    ends = [gld.on(np.datetime64(day)) for day in ("2026-01-28", "2026-02-05")]
    moved = next(move for move in found.moves if move.driver == "gld")
    assert moved.size.value == pytest.approx(ends[1] / ends[0] - 1.0, abs=1e-12)
    assert found.horizon == 6
    nearest = found.analogues[0]
    assert (nearest.first, nearest.last) == (date(2026, 1, 28), date(2026, 2, 5))
    assert nearest.distance == pytest.approx(0.0, abs=1e-6)


def test_a_shock_outside_history_is_called_an_extrapolation(desk):
    found = desk.scenario(question(shocks=("qqq=-45%",)))
    assert found.plausible.extrapolates
    assert found.verdict("seen") == "against"
    assert found.verdict("gains", "btc") == "cannot_tell"
    assert found.headline[1].key == "scenario.headline.extrapolates"
    assert "scenario.limit.extrapolates" in {entry.key for entry in found.limits}
    methods = {entry.centre.method for entry in found.outlooks}
    assert methods <= {"conditional_t_beyond", "conditional_normal_beyond", "entropy_pooling"}
    assert "conditional_t_beyond" in methods


def test_an_ordinary_shock_is_none(desk):
    found = desk.scenario(question(shocks=("qqq=+4%",)))
    assert not found.plausible.extrapolates
    assert found.verdict("seen") == "supports"
    assert found.plausible.effective > 20.0
    assert {entry.key for entry in found.outlooks} == {
        "student", "pooled", "normal", "calm", "stressed"
    }  # fmt: skip


def test_what_is_made_from_an_asset_is_left_out_and_said_so(desk):
    found = desk.scenario(question("SPY", "GDX", shocks=("vix=+10", "dfii10=+30bp")))
    assert [(entry.driver, entry.reason, entry.other) for entry in found.not_used] == [
        ("vix", "circular", "spy")
    ]
    assert [move.driver for move in found.moves] == ["dfii10"]
    assert "scenario.limit.circular" in {entry.key for entry in found.limits}
    with pytest.raises(QuestionError) as refused:
        desk.scenario(question("GDX", shocks=("gdx=-10%",)))
    assert refused.value.code == "scenario.itself"
    with pytest.raises(QuestionError) as refused:
        desk.scenario(question("SPY", shocks=("vix=+10",)))
    assert refused.value.code == "scenario.circular"
    both = desk.scenario(question("GDX", "TLT", shocks=("gdx=-10%", "qqq=-5%")))
    assert "scenario.limit.itself" in {entry.key for entry in both.limits}


def test_a_driver_that_has_ended_is_silent(desk):
    found = desk.scenario(question("GDX", asof="2026-06-12", shocks=("usdjpy=-5%", "dfii10=-20bp")))
    assert [(entry.driver, entry.reason) for entry in found.not_used] == [("usdjpy", "ended")]
    assert "scenario.limit.ended" in {entry.key for entry in found.limits}
    with pytest.raises(QuestionError) as refused:
        desk.scenario(question("GDX", asof="2026-06-12", shocks=("usdjpy=-5%",)))
    assert refused.value.code == "scenario.ended"


def test_a_driver_with_too_little_history_is_silent(desk):
    with pytest.raises(QuestionError) as refused:
        desk.scenario(question("GDX", asof="2025-10-01", shocks=("dvol=+10",)))
    assert refused.value.code == "scenario.short"


def test_reverse_stress_brings_the_fall_and_becomes_the_scenario(desk):
    found = desk.scenario(question(reverse=10.0))
    for asset in ("btc", "gdx"):
        assert found.outlook(asset).centre.value <= -0.1 + 1e-9
    assert {move.origin for move in found.moves} == {"found"}
    back = found.reverse
    assert back.distance == pytest.approx(found.plausible.distance, rel=1e-9)
    assert sum(move.contribution for move in back.by_drivers) == pytest.approx(back.distance)
    for chance in (back.pvalue, back.own_pvalue):
        assert 0.0 <= chance.low <= chance.value <= chance.high <= 1.0
    assert back.pvalue.value == pytest.approx(found.plausible.pvalue.value, rel=1e-9)


def test_no_move_of_a_driver_is_more_plausible_than_the_reverse_stress(desk):
    """Scale the easing until both fall: a shock in a fixed direction is never nearer."""
    found = desk.scenario(question(reverse=5.0, shocks=("qqq", "gld")))
    alone = desk.scenario(question(reverse=5.0, shocks=("qqq",)))
    assert found.plausible.distance <= alone.plausible.distance * (1.0 + 1e-9)


def test_a_fall_that_no_driver_brings_is_refused_with_a_reason(desk):
    with pytest.raises(NotEstimable) as refused:
        desk.scenario(question("TLT", "SPY", reverse=5.0, shocks=("dfii10",), asof="2022-03-01"))
    assert refused.value.reason == "unreachable"


def made_up(desk, beta, seed=0):
    """Ask about a made-up asset that answers to a bundled driver with a known beta."""
    asked = desk.resolve(question("GDX", shocks=("qqq=+5%",), replications=199))
    snapshot = desk.facts.read(("gdx", "qqq"), (), asked.asof)
    driver, held = snapshot.tracks["qqq"], snapshot.tracks["gdx"]
    moves = np.diff(np.log(driver.values), prepend=np.log(driver.values[0]))
    noise = 0.01 * np.random.default_rng(seed).standard_normal(len(moves))
    prices = 100.0 * np.exp(np.cumsum(beta * moves + noise))
    tracks = {**snapshot.tracks, "gdx": replace(held, values=prices)}
    return answer(asked, replace(snapshot, tracks=tracks), {}, Serial())


def test_recovery_a_known_beta_is_found(desk):
    truth = math.expm1(1.5 * math.log(1.05))
    inside = 0
    for seed in range(8):
        centre = made_up(desk, 1.5, seed).outlook("gdx").centre
        inside += centre.low <= truth <= centre.high
        assert centre.value == pytest.approx(truth, abs=0.01)
    assert inside >= 6


def test_recovery_an_asset_without_a_link_is_not_called_a_winner(desk):
    verdicts = [made_up(desk, 0.0, seed).verdict("gains", "gdx") for seed in range(8)]
    assert verdicts.count("cannot_tell") >= 6


@pytest.mark.parametrize("day", [date(2020, 3, 20), date(2024, 7, 4), date(2026, 2, 6)], ids=str)
def test_nothing_later_than_the_as_of_day_is_used(desk, days_in, day):
    asked = question("BTC", "GLD", asof=day, shocks=EASING)
    full = desk.scenario(asked)
    cut = Desk.open(channels=(), facts=desk.facts.truncated(end_of_day(day))).scenario(asked)
    assert written(cut) == written(full)
    assert [(path, when) for path, when in days_in(full) if when > day] == []


def test_the_same_question_gives_the_same_bytes_and_another_seed_others(desk, easing):
    again = Desk.open(channels=(), facts=desk.facts).scenario(question())
    assert again is not easing
    assert written(again) == written(easing)
    other = desk.scenario(question(seed=8))
    assert other.outlook("gdx").centre.value == easing.outlook("gdx").centre.value
    assert other.outlook("gdx").centre.low != easing.outlook("gdx").centre.low


def test_the_library_verb_is_the_desk(easing):
    found = comove.scenario("bitcoin", "金鉱株", asof="2026-02-06", shocks=EASING, replications=99)
    assert written(found) == written(easing)
    assert "btc +1.0%" in repr(easing)
    assert len(found.to_frame()) == len(found.to_records())


def test_a_settled_question_settles_to_itself(desk):
    for asked in (question(), question(named="fed_easing"), question(named="march_2020")):
        settled = desk.resolve(asked)
        assert desk.resolve(settled) == settled


def test_names_in_japanese_and_in_full_width_are_understood(desk):
    asked = question(shocks=("実質金利=-50bp", "ドル指数=-3%"))
    assert desk.resolve(asked).shocks == EASING


def test_scenarios_of_the_users_own(desk, tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text('[soft]\nshocks = ["dgs2=-25bp"]\n[was]\nwindow = "2024-07-16:2024-08-05"\n')
    soft = desk.resolve(question(scenarios=str(file), named="soft"))
    assert (soft.shocks, soft.scenarios, soft.named) == (("dgs2=-25bp",), None, None)
    assert desk.resolve(soft) == soft
    was = desk.resolve(question(scenarios=str(file), named="was"))
    assert was.window == (date(2024, 7, 16), date(2024, 8, 5))
    both = desk.resolve(
        question(scenarios=str(file), named="soft", shocks=("dgs2=-40bp", "vix=+5"))
    )
    assert both.shocks == ("dgs2=-40bp", "vix=+5")
    with pytest.raises(QuestionError) as refused:
        desk.resolve(question(scenarios=str(file)))
    assert refused.value.code == "scenario.several"


@pytest.mark.parametrize(
    "text", ["", "x = 1", "[a]\nshock = 1", "[a]\nshocks = [1]", "[a", "[a]\nwindow = 3", "[a]"]
)
def test_a_file_that_is_no_scenario_is_refused(desk, tmp_path, text):
    file = tmp_path / "bad.toml"
    file.write_text(text)
    with pytest.raises(QuestionError) as refused:
        desk.resolve(question(scenarios=str(file)))
    assert refused.value.code == "scenario.file"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"shocks": ()}, "scenario.nothing"),
        ({"shocks": ("qqq",)}, "scenario.bare"),
        ({"shocks": ("qqq=5 apples",)}, "scenario.shock"),
        ({"shocks": ("qqq", "dxy=1%"), "reverse": 10.0}, "scenario.mixed"),
        ({"reverse": 10.0, "window": "2020-02-19:2020-03-18"}, "scenario.both"),
        ({"reverse": 120.0}, "question.range"),
        ({"horizon": 0}, "question.range"),
        ({"horizon": 500}, "question.range"),
        ({"baseline": 20}, "question.range"),
        ({"level": 1.0}, "question.range"),
        ({"weights": "btc"}, "weights.form"),
        ({"weights": "btc=much"}, "weights.number"),
        ({"weights": "btc=.5,btc=.5"}, "weights.twice"),
        ({"weights": "btc=.5,cash=.1"}, "scenario.cash"),
        ({"assets": ("BTC", "BTC")}, "question.same_asset"),
        ({"assets": tuple("abcdefghi")}, "question.range"),
        ({"window": "2026-01-28:2026-02-09"}, "window.after_asof"),
    ],
)
def test_bad_questions_are_refused_at_birth(options, code):
    with pytest.raises(QuestionError) as refused:
        ScenarioQuestion(
            **{"assets": ("BTC", "GDX"), "asof": "2026-02-06", "shocks": EASING} | options
        )
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"named": "doomsday"}, "scenario.named"),
        ({"shocks": ("dfii10=-3%",)}, "scenario.unit"),
        ({"shocks": ("nosuch=-3%",)}, "data.unknown_series"),
        ({"shocks": ("qqq=5%", "QQQ=3%")}, "scenario.twice"),
        ({"weights": "gld=1"}, "scenario.weight_of"),
        ({"weights": "btc=.5,bitcoin=.5"}, "weights.twice"),
        ({"weights": "no-such-file.csv"}, "question.file"),
        ({"scenarios": "no-such-file.toml"}, "question.file"),
    ],
)
def test_bad_questions_are_refused_when_settled(desk, options, code):
    with pytest.raises(QuestionError) as refused:
        desk.scenario(question(**{"shocks": EASING} | options))
    assert refused.value.code == code


def test_a_replayed_window_counts_itself_among_the_moves_as_large(desk):
    found = desk.scenario(question(named="rates_2022"))
    assert found.plausible.stretches > 0
    assert all(move.as_large >= 1 for move in found.moves)


def test_a_past_window_must_be_past_and_held(desk):
    with pytest.raises(WindowError) as refused:
        desk.scenario(question(named="january_february_2026", asof="2026-01-30"))
    assert refused.value.code == "window.after_asof"
    with pytest.raises(NoDataError) as outside:
        desk.scenario(question(window="2014-03-03:2014-06-02"))
    assert outside.value.code == "scenario.outside"
    assert outside.value.exit_code == 3


def test_weights_are_read_as_text_mapping_and_file(desk, tmp_path):
    assert invested(None) == ()
    assert question(weights={"btc": 0.5, "gdx": "30%"}).weights == "btc=0.5,gdx=0.3"
    assert invested("btc=.5,gdx=.3,cash=.2") == (("btc", 0.5), ("gdx", 0.3))
    file = tmp_path / "book.csv"
    file.write_text("asset,weight\nGDX,30%\nBTC,0.5\n")
    settled = desk.resolve(question(weights=str(file)))
    assert settled.weights == "btc=0.5,gdx=0.3"


def test_assets_that_are_not_named_are_those_with_a_weight(desk, tmp_path):
    assert ScenarioQuestion(shocks=EASING).assets == ("btc", "gdx")
    assert ScenarioQuestion(shocks=EASING, weights="tlt=.5,GLD=.5").assets == ("tlt", "GLD")
    file = tmp_path / "book.toml"
    file.write_text("slv = 0.4\ncash = 0.6\n")
    settled = desk.resolve(ScenarioQuestion(shocks=EASING, weights=str(file), asof="2026-02-06"))
    assert (settled.assets, settled.weights) == (("slv",), "slv=0.4")


def test_a_shock_that_nothing_came_near_is_not_said_to_be_held(desk):
    found = desk.scenario(question(reverse=10.0))
    assert not found.analogues
    assert not found.plausible.extrapolates
    assert found.verdict("seen") == "cannot_tell"


def test_the_coverage_of_the_laws_is_measured_by_a_command():
    path = Path(__file__).parents[2] / "scripts" / "calibrate_scenarios.py"
    spec = importlib.util.spec_from_file_location("calibrate_scenarios", path)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    held = list(islice(script.cases(("qqq",)), 96))
    assert {case[0] for case in held} == {"student", "normal", "pooled", "regime of the day"}
    assert {case[1] for case in held} == {0.8, 0.95}
    assert sum(case[2] for case in held) >= 60
    assert all(0.0 <= case[3] <= 1.0 for case in held)


@pytest.mark.nightly
def test_the_laws_cover_as_the_manual_says():
    path = Path(__file__).parents[2] / "scripts" / "calibrate_scenarios.py"
    spec = importlib.util.spec_from_file_location("calibrate_scenarios", path)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    held = [case for drivers in script.SHOCKED for case in script.cases(drivers)]
    for key in ("student", "normal", "pooled", "regime of the day"):
        for level in script.LEVELS:
            inside = [case[2] for case in held if case[:2] == (key, level)]
            assert abs(np.mean(inside) - level) < 0.05, (key, level)
