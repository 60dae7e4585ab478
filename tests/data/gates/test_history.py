"""False alarms on the bundled history, listed; and the gates on real files with known defects."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from comove.core.series import SeriesSpec
from comove.data.gates import Beside, every_rule, judge

from .making import LEVEL, NEW_YORK, NOW, PRICE, YIELD, found, held, judged, reasons, rows

ROOT = Path(__file__).resolve().parents[3]
HISTORY = ROOT.parent / "shared" / "history"
STANDSTILL = [f"2025-07-{day}" for day in range(20, 31)]
ALARMS = {("funding_btc", day, "repeat.stale") for day in STANDSTILL}
"""Funding stands at its default of one basis point for weeks; nothing was wrong with the feed."""


def bundled(facts):
    for series in facts.manifest.records:
        name = series.removesuffix(".csv")
        if name in facts.catalogue.specs:
            yield facts.observations(name)


def beside(facts, track):
    related = track.spec.related
    return Beside(related=facts.observations(related) if related else None)


def test_false_alarms_on_the_bundled_history_are_these(facts):
    alarms, total, problems = set(), 0, {}
    for track in bundled(facts):
        verdict = judge(
            rows(track.labels, track.values), track.spec, None, NOW, beside(facts, track)
        )
        total += verdict.received
        alarms |= {
            (track.spec.id, str(row.label), row.says.key.removeprefix("data.gate."))
            for row in verdict.quarantined
        }
        for finding in verdict.findings:
            if finding.outcome == "problem":
                problems[track.spec.id] = finding.rule
    assert alarms == ALARMS
    assert total > 52_000
    assert len(alarms) / total < 0.001
    assert problems == {"funding_btc": "gap"}  # the eleven days above


def test_the_manual_names_every_rule_and_lists_the_false_alarms():
    text = (ROOT / "docs" / "gates.md").read_text(encoding="utf-8")
    for rule in every_rule():
        assert f"`{rule.key}`" in text
    assert f"| `funding_btc` | {STANDSTILL[0]} to {STANDSTILL[-1]} | `repeat` |" in text


@pytest.mark.parametrize("size", [1, 20, 250])
def test_false_alarms_stay_rare_when_days_come_in_pieces(facts, size):
    received = alarms = 0
    for track in bundled(facts):
        first = max(len(track) - (15 if size == 1 else 1000), 100)
        for start in range(first, len(track), size):
            before = held(track.labels[:start], track.values[:start], track.spec)
            piece = rows(track.labels[start : start + size], track.values[start : start + size])
            verdict = judge(piece, track.spec, before, NOW, beside(facts, track))
            received += verdict.received
            alarms += len(verdict.quarantined)
    assert received > 300
    assert alarms <= max(0.001 * received, 1), alarms


# Real files with real defects


def column(name, column="close"):
    path = HISTORY / f"{name}.csv"
    if not path.exists():
        pytest.skip(f"{path.name} is not beside this copy")
    with path.open(encoding="utf-8") as file:
        lines = [line for line in csv.DictReader(file) if line[column]]
    labels = np.array([line["date"] for line in lines], dtype="M8[D]")
    return labels, np.array([float(line[column]) for line in lines])


def test_cboe_and_yahoo_disagree_on_vix():
    vix = SeriesSpec(id="vix", kind="level", unit="index", sign="positive", clock=NEW_YORK)
    labels, values = column("VIX")
    other_labels, other = column("VIX_YF")
    verdict = judged(labels, values, vix, others={"yahoo": rows(other_labels, other)})
    known = {each.label.isoformat(): each for each in verdict.disputes}
    assert known["2026-02-06"].value == 17.76
    assert round(known["2026-02-06"].other, 2) == 20.37
    assert known["2026-02-06"].chosen == "first"
    assert reasons(verdict) == {}


def test_oil_fell_below_zero():
    labels, values = column("DCOILWTICO")
    verdict = judged(labels, values, replace(LEVEL, unit="usd"))
    assert reasons(verdict) == {}
    assert values.min() == -36.98
    as_price = judged(labels, values, PRICE)
    assert [str(row.label) for row in as_price.quarantined if row.rule == "sign"] == ["2020-04-20"]


@pytest.mark.parametrize(
    "name", ["GDX", "GLD", "QQQ", "SPY", "TLT", "USO", "SLV", "SPX", "NDX", "BTC_USD", "NEM_HIST"]
)
def test_decades_of_prices_pass(name):
    labels, values = column(name)
    assert judged(labels, values).quarantined.counts == {}


@pytest.mark.parametrize("name", ["MSTR_ADJ", "NVDA_ADJ", "AAPL_ADJ", "COIN_ADJ", "MSFT_ADJ"])
def test_shares_that_lost_a_third_in_a_day_were_not_split(name):
    labels, values = column(name)
    assert judged(labels, values, replace(PRICE, adjusted=True)).quarantined.counts == {}


@pytest.mark.parametrize("name", ["DGS10", "DFII10", "HY_OAS", "BAA10Y", "T10Y2Y", "NFCI_LONG"])
def test_decades_of_rates_pass(name):
    labels, values = column(name)
    counts = judged(labels, values, YIELD).quarantined.counts
    assert sum(counts.values()) <= 0.001 * len(labels)


def test_a_dollar_index_that_stood_still_in_august_1971():
    labels, values = column("DXY")
    stale = [row.label.isoformat() for row in judged(labels, values).quarantined]
    assert stale
    assert all("1971-08-15" < day < "1971-09-15" for day in stale)


def test_a_planned_meeting_is_no_observation():
    labels, values = column("FOMC")
    future = [row for row in judged(labels, values, LEVEL).quarantined if row.rule == "future"]
    assert [row.label.isoformat() for row in future] == ["2026-12-09"]


def test_the_days_that_a_long_bitcoin_file_lacks():
    always = replace(PRICE, clock=replace(NEW_YORK, time="00:00", zone="UTC", calendar="24/7"))
    labels, values = column("BTC_USD_2010")
    assert found(judged(labels, values, always))["gap"] == "problem"
    labels, values = column("BTC_USD")
    assert "gap" not in found(judged(labels, values, always))


def test_an_unadjusted_history_against_an_adjusted_one_is_disputed():
    labels, values = column("TLT")
    other_labels, other = column("TLT_ADJ")
    verdict = judged(labels, values, others={"adjusted": rows(other_labels, other)})
    assert len(verdict.disputes) > 4000
    assert reasons(verdict) == {}


@pytest.mark.parametrize(("related", "file"), [("dxy", "DXY"), ("tlt", "TLT")])
def test_a_yen_file_whose_dates_are_a_day_off_is_set_aside(facts, related, file):
    specs = facts.catalogue.specs
    labels, values = column("USDJPY")
    recent = labels >= np.datetime64("2015-01-01")
    other = held(*(part[-2500:] for part in column(file)), specs[related])
    verdict = judged(labels[recent], values[recent], specs["usdjpy"], related=other)
    assert verdict.quarantined.counts == {"clock": int(recent.sum())}


@pytest.mark.parametrize(
    ("series", "name", "related", "file"),
    [
        ("btc", "BTC_USD", "qqq", "QQQ"),
        ("btc", "BTC_USD_2013", "qqq", "QQQ"),
        ("gold", "GC_F", "gld", "GLD"),
        ("vix", "VIX", "spy", "SPY"),
        ("dgs10", "DGS10", "tlt", "TLT"),
        ("dvol", "DVOL_BTC", "btc", "BTC_USD"),
    ],
)
def test_files_with_the_right_dates_pass(facts, series, name, related, file):
    specs = facts.catalogue.specs
    labels, values = column(name)
    recent = (labels >= np.datetime64("2015-01-01")) & (labels < np.datetime64("2026-08-01"))
    other_labels, other_values = column(file)
    later = other_labels >= np.datetime64("2015-01-01")
    other = held(other_labels[later], other_values[later], specs[related])
    verdict = judged(labels[recent], values[recent], specs[series], related=other)
    assert "clock" not in verdict.quarantined.counts
