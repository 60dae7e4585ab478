"""Funding read from payloads equals the bundled series, and venues agree on what a rate is."""

import csv
from pathlib import Path

import numpy as np
import pytest

from comove.data.reader import Facts
from comove.data.sources.binance import source as binance
from comove.data.sources.hyperliquid import source as hyperliquid
from sources.asking import answered, ms

HISTORY = Path(__file__).resolve().parents[4] / "shared" / "history"
pytestmark = pytest.mark.skipif(not HISTORY.is_dir(), reason="the raw histories are not here")


def raw(name, column):
    with (HISTORY / name).open(encoding="utf-8") as file:
        return {row["date"]: float(row[column]) for row in csv.DictReader(file)}


def settled(day, total):
    """Three settlements that add up to what the file has for a day."""
    parts = (0.5 * total, 0.8 * total, -0.3 * total)
    return [
        {"symbol": "BTCUSDT", "fundingTime": ms(f"{day}T{hour:02d}:00:00"), "fundingRate": part}
        for hour, part in zip((0, 8, 16), parts, strict=True)
    ]


def test_a_day_of_settlements_is_what_the_bundled_series_holds():
    """To one unit of the last of its three decimals; the sums are another file's."""
    held = Facts().observations("funding_btc")
    bundled = dict(zip(map(str, held.labels), held.values.tolist(), strict=True))
    sums = raw("FUNDING_BINANCE_BTC.csv", "day_sum")
    days = sorted(set(bundled) & set(sums))
    assert len(days) > 500
    found = {}
    for first in range(0, len(days), 166):
        sent = [row for day in days[first : first + 166] for row in settled(day, sums[day])]
        rows = answered(binance, "BTCUSDT/funding", "funding_btc", sent, "2027-01-01T00:00:00")
        found |= dict(zip(map(str, rows.labels), rows.values.tolist(), strict=True))
    assert sorted(found) == days
    gaps = np.array([abs(found[day] - bundled[day]) for day in days])
    assert gaps.max() <= 0.001


def test_an_hourly_venue_compares_with_one_that_settles_three_times_a_day():
    """Two markets arbitraged against each other: the same unit, or a factor of eight between."""
    hourly = raw("FUNDING_HL_BTC.csv", "close")  # mean of the day's hourly rates
    daily = raw("FUNDING_BINANCE_BTC.csv", "close")
    days = sorted(set(hourly) & set(daily))
    found = []
    for first in range(0, len(days), 20):
        sent = [
            {"coin": "BTC", "fundingRate": hourly[day], "premium": "0",
             "time": ms(f"{day}T{hour:02d}:00:00")}
            for day in days[first : first + 20]
            for hour in range(24)
        ]  # fmt: skip
        rows = answered(hyperliquid, "BTC/funding", "funding_btc_hyperliquid", sent,
                        "2027-01-01T00:00:00")  # fmt: skip
        found += rows.values.tolist()
    theirs = 1e4 * np.array([daily[day] for day in days])
    ratio = np.median(found) / np.median(theirs)
    assert abs(np.log(ratio)) < np.log(8.0) / 2.0  # nearer to one than to eight
    assert np.corrcoef(found, theirs)[0, 1] > 0.7
