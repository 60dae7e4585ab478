"""Which levels matter: known figures, slow twins, look-ahead, the same bytes, bad questions."""

import importlib.util
import math
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import orjson
import pytest

import comove
from comove.answers.levels import answer
from comove.answers.levels.lines import lines
from comove.answers.levels.touches import Steps, events
from comove.core.errors import QuestionError
from comove.core.levels_question import LevelsQuestion, OwnLevel
from comove.data.clocks import end_of_day
from comove.desk import Desk
from comove.run.serial import Serial

ROOT = Path(__file__).parents[2]


def question(*assets, **options):
    return LevelsQuestion(
        assets=assets or ("BTC", "GDX"), **{"asof": "2026-02-06", "draws": 39} | options
    )


def written(found):
    return orjson.dumps(found.to_dict(), option=orjson.OPT_SORT_KEYS)


@pytest.fixture(scope="module")
def standing(desk):
    return desk.levels(question(own=("btc=60000:round number",)))


def known(desk, asset, day=date(2026, 2, 6)):
    return desk.facts.read((asset,), (), day)[asset]


def test_the_200_week_average_of_bitcoin_as_known_on_6_february_2026(standing):
    found = standing.of("btc", "sma_200_week")
    assert round(found.value.value) == 57_946
    assert found.value.exact
    assert found.distance.value == pytest.approx(57_946.09 / 70_555 - 1.0, abs=1e-6)


def test_averages_and_extremes_equal_slow_twins(desk, standing):
    for asset in ("btc", "gdx"):
        track = known(desk, asset)
        values, labels = track.values, track.labels
        year = values[labels > labels[-1] - np.timedelta64(365, "D")]
        slow = {
            "sma_50_day": values[-50:].mean(),
            "sma_200_day": values[-200:].mean(),
            "high_year": year.max(),
            "low_year": year.min(),
            "high_all": values.max(),
            "low_all": values.min(),
        }
        for key, value in slow.items():
            assert standing.of(asset, key).value.value == pytest.approx(float(value), rel=1e-12)


def test_weekly_averages_equal_a_slow_twin(desk):
    track = known(desk, "btc")
    sundays = [row for row, day in enumerate(track.labels) if day.astype(object).weekday() == 6]
    closes = track.values[sundays]
    found = {line.key: line for line in lines(track, ())}
    assert found["sma_200_week"].value == pytest.approx(closes[-200:].mean(), rel=1e-12)
    level = closes[:200].mean()
    for close in closes[200:]:
        level += 2.0 / 201.0 * (close - level)
    assert found["ema_200_week"].value == pytest.approx(level, rel=1e-12)


def test_explain_shows_the_same_figures_in_its_short_form(ask, standing):
    short = {(entry.asset, entry.key): entry for entry in ask("BTC GDX", asof="2026-02-06").levels}
    shared = 0
    for level in standing.levels:
        twin = short.get((level.asset, level.key))
        if twin is not None:
            assert twin.value == pytest.approx(level.value.value, rel=1e-12)
            assert twin.distance == pytest.approx(level.distance.value, rel=1e-12)
            assert twin.sigmas == pytest.approx(level.sigmas, rel=1e-9)
            shared += 1
    assert shared >= 10


@pytest.mark.parametrize("asset", ["btc", "gdx"])
def test_a_line_is_what_was_known_before_each_close(desk, asset):
    """Cut the history at a day: the line's value then is what the whole line says of the next."""
    track = known(desk, asset)
    whole = {line.key: line for line in lines(track, ())}
    for row in (1500, 2222, len(track) - 2):
        keep = slice(0, row + 1)
        cut = replace(
            track,
            labels=track.labels[keep],
            struck=track.struck[keep],
            known=track.known[keep],
            values=track.values[keep],
        )
        for line in lines(cut, ()):
            if line.key == "round_trip" or math.isnan(whole[line.key].path[row + 1]):
                continue
            if line.key.endswith("week") and asset == "gdx":
                continue  # an exchange week ends between two closes
            assert whole[line.key].path[row + 1] == pytest.approx(line.value, rel=1e-12)


def test_touches_equal_a_slow_search(desk, standing):
    track = known(desk, "gdx")
    line = next(line for line in lines(track, ()) if line.key == "sma_200_day")
    found = standing.of("gdx", "sma_200_day")
    days, month = [], Steps.of(track).month
    for row in range(month, len(track)):
        before = range(row - month, row)
        short = all(track.values[each] > line.path[each] for each in before)
        if short and track.values[row] <= line.path[row]:
            days.append(track.labels[row].item())
    assert [event.day for event in found.touches] == days
    first = found.touches[0]
    row = int(np.searchsorted(track.labels, np.datetime64(first.day)))
    later = track.values[row + 63] / track.values[row] - 1.0
    assert first.after_quarter.value == pytest.approx(later, abs=1e-12)


def test_the_aftermath_counts_what_is_known(standing):
    for level in standing.levels:
        for after, name in zip(
            level.aftermath, ("after_month", "after_quarter", "after_half"), strict=False
        ):
            held = [getattr(event, name) for event in level.touches]
            values = [each.value for each in held if each is not None]
            assert after.count == len(values)
            assert after.rose == sum(value > 0 for value in values)
            if values:
                assert after.median.value == pytest.approx(float(np.median(values)))


def test_a_touch_needs_a_month_short_of_the_level():
    values = np.array([1.0, 3.0, 1.0, 1.0, 3.0, 3.0])
    assert events(values, np.full(6, 2.0), True, 2) == (4,)
    assert events(-values, np.full(6, -2.0), False, 2) == (4,)
    assert events(values, np.full(6, np.nan), True, 2) == ()


def test_chances_lie_in_order(standing):
    for level in standing.levels:
        chances = [entry.probability for entry in level.reach]
        assert [entry.key for entry in level.reach] == ["week", "month", "quarter"]
        values = [each.value for each in chances]
        assert values == sorted(values)
        assert all(0.0 <= each.low <= each.value <= each.high <= 1.0 for each in chances)
    steps = {
        level.asset: [r.steps for r in level.reach] for level in standing.levels if not level.name
    }
    assert steps["btc"] == [7, 30, 91]


def test_levels_come_from_the_highest_down_and_farther_ones_are_less_likely(standing):
    for asset in ("btc", "gdx"):
        own = [entry for entry in standing.levels if entry.asset == entry.series == asset]
        values = [entry.value.value for entry in own]
        assert values == sorted(values, reverse=True)
        below = [entry for entry in own if entry.distance.value < 0]
        chances = [entry.chance("quarter").value for entry in below]
        assert chances == sorted(chances, reverse=True)


def test_the_miner_model_solves_for_no_expected_return(desk, standing):
    found = standing.of("gdx", "model_gold")
    rows = desk.facts.read(("gdx", "gld", "dfii10"), (), standing.asof)
    changes = rows.panel(("gdx", "gld", "dfii10")).changes().values[-756:]
    design = np.column_stack([np.ones(756), changes[:, 1:]])
    a, b, _ = np.linalg.lstsq(design, changes[:, 0], rcond=None)[0]
    gold = known(desk, "gold").values[-1]
    assert found.value.value == pytest.approx(gold * math.exp(-126 * a / b), rel=1e-9)
    assert found.series == "gold"
    assert found.value.low < found.value.value < found.value.high
    assert "levels.limit.undecided" in {entry.key for entry in standing.limits}


def made_up(desk, alpha, beta, seed=0):
    """A miner with known drift and gold beta under the name and clock of the bundled one."""
    asked = desk.resolve(question("GDX"))
    planned = desk.plan(asked)
    snapshot = desk.facts.read(planned.series, (), asked.asof)
    panel = snapshot.panel(("gdx", "gld", "dfii10"))
    held = snapshot.tracks["gdx"]
    moves = np.zeros(len(held))
    place = np.searchsorted(held.labels, panel.labels[1:])
    changes = panel.changes().values
    noise = 0.004 * np.random.default_rng(seed).standard_normal(len(place))
    moves[place] = alpha + beta * changes[:, 1] + noise
    tracks = {**snapshot.tracks, "gdx": replace(held, values=100.0 * np.exp(np.cumsum(moves)))}
    return answer(asked, replace(snapshot, tracks=tracks), {}, Serial())


def test_recovery_the_gold_price_of_a_known_miner_is_found(desk):
    gold = known(desk, "gold").values[-1]
    truth = gold * math.exp(-126 * -0.0004 / 1.8)
    inside = 0
    for seed in range(6):
        value = made_up(desk, -0.0004, 1.8, seed).of("gdx", "model_gold").value
        inside += value.low <= truth <= value.high
        assert value.value == pytest.approx(truth, rel=0.04)
    assert inside >= 4


def test_a_miner_without_gold_has_no_model_level(desk):
    found = made_up(desk, 0.0, 0.0)
    assert found.of("gdx", "model_gold") is None
    assert "levels.limit.no_model_gold" in {entry.key for entry in found.limits}


def test_the_model_is_silent_where_gold_has_ended(desk):
    found = desk.levels(question("GDX", asof="2026-10-06"))
    assert found.of("gdx", "model_gold") is None
    assert "levels.limit.model_ended" in {entry.key for entry in found.limits}


def test_short_covering_is_tested_where_funding_is_held(desk, standing):
    claim = standing.covering[0]
    assert (claim.asset, claim.funding) == ("btc", "funding_btc")
    assert claim.verdict in ("supports", "against", "cannot_tell")
    funding = known(desk, "funding_btc")
    assert claim.now.value == funding.values[-1]
    price = known(desk, "btc")
    held = funding.labels <= price.labels[-1] - np.timedelta64(7, "D")
    assert claim.days == int((funding.values[held] < 0).sum())
    logs = dict(zip(price.labels.tolist(), np.log(price.values), strict=True))
    ahead = np.array(
        [
            logs[(day + np.timedelta64(7, "D")).item()] - logs[day.item()]
            for day in funding.labels[held]
        ]
    )
    below = funding.values[held] < 0
    assert claim.difference.value == pytest.approx(ahead[below].mean() - ahead[~below].mean())


def test_short_covering_is_silent_without_funding(desk):
    claim = desk.levels(question("BTC", asof="2024-06-03")).covering[0]
    assert (claim.verdict, claim.difference, claim.days, claim.now) == ("silent", None, 0, None)
    assert desk.levels(question("GDX")).covering == ()


def test_limits_say_what_a_reader_must_know(desk, standing):
    told = {entry.key for entry in standing.limits}
    assert {"levels.limit.closes", "levels.limit.adjusted", "levels.limit.few"} <= told
    young = desk.levels(question("ETH"))
    assert young.of("eth", "sma_200_week") is None
    assert "levels.limit.no_weeks" in {entry.key for entry in young.limits}
    assert "levels.limit.adjusted" not in {entry.key for entry in young.limits}


@pytest.mark.parametrize("day", [date(2020, 3, 20), date(2024, 7, 4), date(2026, 2, 6)], ids=str)
def test_nothing_later_than_the_as_of_day_is_used(desk, days_in, day):
    asked = question(asof=day)
    full = desk.levels(asked)
    cut = Desk.open(channels=(), facts=desk.facts.truncated(end_of_day(day))).levels(asked)
    assert written(cut) == written(full)
    assert [(path, when) for path, when in days_in(full) if when > day] == []


def test_the_same_question_gives_the_same_bytes_and_another_seed_others(desk, standing):
    asked = question(own=("btc=60000:round number",))
    again = Desk.open(channels=(), facts=desk.facts).levels(asked)
    assert written(again) == written(standing)
    other = desk.levels(replace(asked, seed=8))
    assert other.of("btc", "sma_200_week").value == standing.of("btc", "sma_200_week").value
    assert other.of("btc", "low_year").reach != standing.of("btc", "low_year").reach


def test_another_asset_changes_nothing_for_the_first(desk, standing):
    alone = desk.levels(question("BTC", own=("btc=60000:round number",)))
    assert alone.levels == tuple(entry for entry in standing.levels if entry.asset == "btc")


def test_every_row_has_a_name_and_every_interval_holds_its_value(standing):
    rows = standing.to_records()
    for row in rows:
        assert row["exact"] or row["low"] <= row["value"] <= row["high"], row["path"]
    assert len({row["path"] for row in rows}) == len(rows)


def test_the_library_verb_is_the_desk(standing):
    found = comove.levels(
        "bitcoin", "金鉱株", asof="2026-02-06", draws=39, own="BTC=60,000:round number"
    )
    assert written(found) == written(standing)
    assert repr(found).startswith("<Levels btc gdx")


def test_levels_of_the_users_own_come_from_a_file(desk, tmp_path):
    file = tmp_path / "levels.toml"
    file.write_text(
        '[[level]]\nasset = "BTC"\nvalue = 60_000\nname = "節目"\n'
        '[[level]]\nasset = "btc"\nvalue = 1e5\n',
        encoding="utf-8",
    )
    settled = desk.resolve(question(levels=str(file)))
    assert settled.own == ("btc=60000:節目", "btc=100000")
    assert settled.levels is None
    assert desk.resolve(settled) == settled
    found = desk.levels(settled)
    assert [entry.name for entry in found.levels if entry.key == "own"] == ["", "節目"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "levels.file"),
        ("x = 1", "levels.file"),
        ("[[level]]\nasset = 'btc'", "levels.file"),
        ("[[level]]\nasset = 'btc'\nvalue = true", "levels.file"),
        ("[[level]]\nasset = 'btc'\nvalue = 'a'", "levels.file"),
        ("[[level]]\nasset = 'btc'\nvalue = 1\nnmae = 'x'", "levels.file"),
        ("[[level]]\nasset = 'btc'\nvalue = -1", "levels.own"),
        ("[[level]\n", "levels.file"),
        ("[[level]]\nasset = 'gld'\nvalue = 1", "levels.own_of"),
        ("[[level]]\nasset = 'nosuch'\nvalue = 1", "data.unknown_series"),
    ],
)
def test_a_file_that_holds_no_levels_is_refused(desk, tmp_path, text, code):
    file = tmp_path / "bad.toml"
    file.write_text(text)
    with pytest.raises(QuestionError) as refused:
        desk.resolve(question(levels=str(file)))
    assert refused.value.code == code


@pytest.mark.parametrize("text", ["", "btc", "btc=", "btc=0", "btc=-5", "btc=nan", "btc=inf", "=5"])
def test_what_is_no_level_is_refused(text):
    with pytest.raises(QuestionError) as refused:
        OwnLevel.read(text)
    assert refused.value.code == "levels.own"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"assets": ()}, "question.range"),
        ({"assets": ("BTC", "BTC")}, "question.same_asset"),
        ({"draws": 3}, "question.range"),
        ({"level": 0.2}, "question.range"),
        ({"own": ("btc",)}, "levels.own"),
        ({"asof": "tomorrow"}, "window.date"),
    ],
)
def test_bad_questions_are_refused_at_birth(options, code):
    with pytest.raises(QuestionError) as refused:
        LevelsQuestion(**{"assets": ("BTC",)} | options)
    assert refused.value.code == code


def test_the_reliability_of_the_chances_is_measured_by_a_command(capsys):
    spec = importlib.util.spec_from_file_location(
        "calibrate_levels", ROOT / "scripts" / "calibrate_levels.py"
    )
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    held = [case for case in script.cases("tlt") if case[2] == "month"]
    chance = np.array([case[3] for case in held])
    touched = np.array([case[4] for case in held], dtype=float)
    assert len(held) > 500
    assert abs(chance.mean() - touched.mean()) < 0.05
    brier = ((chance - touched) ** 2).mean()
    assert brier < 0.7 * touched.var()
    assert sum(1 for _ in script.table(held)) >= 5
    assert "Brier" in script.score(held)


@pytest.mark.nightly
def test_chances_are_as_reliable_as_the_manual_says():
    spec = importlib.util.spec_from_file_location(
        "calibrate_levels", ROOT / "scripts" / "calibrate_levels.py"
    )
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    found = [case for asset in script.ASSETS for case in script.cases(asset)]
    for key in ("week", "month", "quarter"):
        chance = np.array([case[3] for case in found if case[2] == key])
        touched = np.array([case[4] for case in found if case[2] == key], dtype=float)
        for low, high in pairwise(script.EDGES):
            inside = (chance >= low) & ((chance < high) | (high == 1.0))
            if inside.sum() >= 100:
                assert abs(touched[inside].mean() - chance[inside].mean()) < 0.08, (key, low)
