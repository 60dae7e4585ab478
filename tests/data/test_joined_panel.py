"""Bitcoin at 00:00 UTC beside a 16:00 New York close: the join that loses no day."""

from datetime import date

import numpy as np
import pytest

from comove.data.gates.rules.weekday import shares as weekday_shares
from comove.data.reader import Facts

FACTS = Facts()
LATE = date(2026, 10, 6)


@pytest.fixture(scope="module")
def pair():
    return FACTS.read(["btc", "gdx"], day=date(2026, 2, 6)).panel(["btc", "gdx"])


def on(panel, text):
    return int(np.flatnonzero(panel.labels == np.datetime64(text))[0])


def test_offsets_are_three_hours_in_winter_and_four_in_summer(pair):
    assert pair.offsets[on(pair, "2026-02-05"), 0] == 3.0
    assert pair.offsets[on(pair, "2025-07-10"), 0] == 4.0
    assert pair.offsets[on(pair, "2025-11-28"), 0] == 6.0
    assert pair.offsets[on(pair, "2025-07-03"), 0] == 7.0
    assert set(np.unique(pair.offsets[:, 0])) == {3.0, 4.0, 6.0, 7.0}
    assert (pair.offsets[:, 1] == 0.0).all()


def test_the_overlap_is_seven_eighths_in_winter_and_five_sixths_in_summer(pair):
    share = np.round(pair.overlap("btc", "gdx"), 3)
    assert set(np.unique(share)) == {0.708, 0.75, 0.833, 0.875}
    assert float(np.isin(share, (0.833, 0.875)).mean()) > 0.99
    assert np.array_equal(pair.overlap("gdx", "btc"), pair.overlap("btc", "gdx"))
    assert (pair.overlap("gdx", "gdx") == 1.0).all()


def test_no_session_is_lost(pair):
    first = np.datetime64("2015-01-02")
    sessions = FACTS.sessions
    due = (sessions.labels >= first) & (sessions.labels <= np.datetime64("2026-02-06"))
    assert np.array_equal(pair.labels, sessions.labels[due])
    assert (pair.changes().spans == 1).all()


@pytest.mark.parametrize(
    "ids", [["btc", "gdx"], ["btc", "gdx", "dfii10", "dxy", "usdjpy", "vix"], ["eth", "fng"]]
)
def test_no_weekday_is_missing(ids):
    panel = FACTS.read(ids, day=LATE).panel(ids)
    shares = weekday_shares(panel.changes().labels)
    assert shares.min() > 0.17
    assert shares.sum() == pytest.approx(1.0)


def test_the_weekend_of_bitcoin_belongs_to_monday(pair):
    btc = FACTS.observations("btc")
    price = {text: btc.on(np.datetime64(text)) for text in ("2026-01-30", "2026-02-02")}
    changes = pair.changes()
    monday = int(np.flatnonzero(changes.labels == np.datetime64("2026-02-02"))[0])
    assert changes["btc"][monday] == pytest.approx(
        np.log(price["2026-02-02"] / price["2026-01-30"]), abs=1e-14
    )
    assert changes.spans[monday] == 1
    total = np.log(pair["btc"][-1] / pair["btc"][0])
    assert changes["btc"].sum() == pytest.approx(total, abs=1e-10)


def test_columbus_day_is_dropped_where_a_yield_is_needed():
    ids = ["btc", "gdx", "dfii10"]
    snapshot = FACTS.read(ids, day=date(2025, 10, 31))
    with_yield = snapshot.panel(ids)
    without = snapshot.panel(ids[:2])
    columbus = np.datetime64("2025-10-13")
    assert columbus in without.labels
    assert columbus not in with_yield.labels
    changes = with_yield.changes()
    assert changes.spans[changes.labels == np.datetime64("2025-10-14")].tolist() == [2]
    assert changes.spans[changes.labels == np.datetime64("2025-10-15")].tolist() == [1]


def test_a_missing_close_is_dropped_and_not_filled():
    panel = FACTS.read(["gdx", "gld"], day=LATE).panel(["gdx", "gld"])
    assert np.datetime64("2026-09-23") not in panel.labels
    changes = panel.changes()
    assert changes.spans[changes.labels == np.datetime64("2026-09-24")].tolist() == [2]
    gdx = FACTS.observations("gdx")
    expected = np.log(gdx.on(np.datetime64("2026-09-24")) / gdx.on(np.datetime64("2026-09-22")))
    assert changes["gdx"][changes.labels == np.datetime64("2026-09-24")][0] == pytest.approx(
        expected
    )


def test_two_ragged_holes_both_go():
    panel = FACTS.read(["gdx", "hyg"], day=LATE).panel(["gdx", "hyg"])
    changes = panel.changes()
    assert changes.spans[changes.labels == np.datetime64("2026-09-24")].tolist() == [3]


def test_a_row_is_known_when_its_last_column_is():
    ids = ["gdx", "dfii10"]
    panel = FACTS.read(ids, day=date(2026, 2, 6)).panel(ids)
    assert panel.labels[-1] == np.datetime64("2026-02-05")
    assert str(panel.known[-1]) == "2026-02-06T21:15:00"
    assert (panel.known <= panel.asof).all()


def test_early_closes_stay_in_the_panel():
    ids = ["btc", "usdjpy", "dxy", "gold", "dgs10", "vix", "gdx"]
    panel = FACTS.read(ids, day=date(2026, 1, 30)).panel(ids)
    for label in ("2025-11-28", "2025-07-03", "2024-12-24", "2019-07-03"):
        assert np.datetime64(label) in panel.labels


def test_a_panel_cut_back_equals_a_panel_read_back():
    ids = ["btc", "gdx", "dfii10"]
    late = FACTS.read(ids, day=date(2026, 3, 31)).panel(ids)
    early = FACTS.read(ids, day=date(2026, 2, 6))
    assert late.upto(early.asof).fingerprint == early.panel(ids).fingerprint


def test_circular_by_the_catalogue():
    snapshot = FACTS.read(["btc"], day=date(2026, 2, 6))
    pairs = [("vix", "spy"), ("funding_btc", "btc"), ("dvol", "btc"), ("gld", "gold"),
             ("tlt", "dgs10"), ("dxy", "usdjpy"), ("dtwexbgs", "usdjpy")]  # fmt: skip
    for one, other in pairs:
        assert snapshot.circular(one, other)
        assert snapshot.circular(other, one)
    for one, other in (("gdx", "btc"), ("hyg", "tlt"), ("vix", "btc"), ("dxy", "dtwexbgs")):
        assert not snapshot.circular(one, other)
