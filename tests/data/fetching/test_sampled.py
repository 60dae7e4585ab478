"""From the hourly bars of a venue to an explanation on one clock: sampled, stored, used, told."""

import json
from datetime import date

import numpy as np
import pytest

from comove.core.errors import UnavailableError
from comove.core.fetch import Errand
from comove.core.question import Question
from comove.core.source import Payload, Span
from comove.data import calendars
from comove.data.catalogue import Catalogue
from comove.data.fetching import run
from comove.data.fetching.hands import Hands
from comove.data.fetching.planning import Shelf
from comove.data.history import History
from comove.data.reader import Facts
from comove.data.sources.binance import source
from comove.data.sources.gate import source as gate
from comove.data.store.sqlite import SqliteStore
from comove.desk import Desk

FIRST, LAST = date(2022, 10, 3), date(2026, 2, 6)
NOW = np.datetime64("2026-02-07T12:00:00")
ENTRY = "binance:BTCUSDT/1h"
HOUR = 3_600_000


def hourly():
    """Hourly closes that pass through the bundled close of every day."""
    btc = Facts().observations("btc")
    inside = (btc.labels >= np.datetime64(FIRST, "D") - 1) & (
        btc.labels <= np.datetime64(LAST, "D")
    )
    levels = np.log(btc.values[inside])
    steps = np.random.default_rng(9).normal(0.0, 0.004, (len(levels) - 1, 24))
    steps += (np.diff(levels) - steps.sum(axis=1))[:, None] / 24.0
    closes = np.exp(levels[:-1, None] + np.cumsum(steps, axis=1)).ravel()
    start = int(btc.labels[inside][1].astype("M8[ms]").astype(np.int64))
    return {start + HOUR * place: close for place, close in enumerate(closes.tolist())}


class Venue:
    """Answers the calls of the source as the venue documents it."""

    def __init__(self, closes):
        self.closes, self.calls = closes, 0

    def fetch(self, request, limit, *, anyway=False):
        self.calls += 1
        asked = dict(request.params)
        assert asked["interval"] == "1h"
        opens = range(int(asked["startTime"]), int(asked["endTime"]) + 1, HOUR)
        rows = [
            [at, "1", "1", "1", f"{self.closes[at]:.8f}", "1", at + HOUR - 1, "1", 1, "1", "1", "0"]
            for at in opens
            if at in self.closes
        ]
        return Payload(
            request=request.public(),
            status=200,
            content_type="application/json",
            body=json.dumps(rows[: int(asked["limit"])]).encode(),
            received=NOW,
        )


@pytest.fixture(scope="module")
def fetched(tmp_path_factory):
    """What is held after one fetch, and the prices it was made from."""
    closes = hourly()
    catalogue = Catalogue.load()
    sources = {"binance": source}
    shelf = Shelf(
        catalogue=catalogue, ends={}, ends_by_source={}, sources=sources, keys={}, today=LAST
    )
    store = SqliteStore(tmp_path_factory.mktemp("store"))
    hands = Hands(
        client=Venue(closes), store=store, held=lambda _: None, now=lambda: NOW, sources=sources
    )
    span = Span(first=FIRST, last=LAST)
    errand = Errand(series="btc_ny", sources=(ENTRY,), span=span, held=None)
    (outcome,) = run([errand], shelf, hands)
    return History(store=store, catalogue=catalogue), outcome, closes


def test_one_row_a_session_is_stored_with_the_instant_of_its_close(fetched):
    history, outcome, closes = fetched
    sessions = calendars.sessions()
    inside = (sessions.labels >= np.datetime64(FIRST)) & (sessions.labels <= np.datetime64(LAST))
    assert outcome.outcome == "written"
    assert (outcome.written, outcome.quarantined) == (int(inside.sum()), 0)
    track = history.observations("btc_ny")
    np.testing.assert_array_equal(track.labels, sessions.labels[inside])
    np.testing.assert_array_equal(track.struck, sessions.instants[inside])
    opened = track.struck.astype("M8[ms]").astype(np.int64) - HOUR
    assert track.values.tolist() == pytest.approx([closes[at] for at in opened.tolist()], abs=1e-8)


def test_it_takes_the_place_of_bitcoin_where_series_are_joined(fetched):
    history, _, _ = fetched
    snapshot = history.read(["btc", "gdx"], day=LAST)
    panel = snapshot.panel(["btc", "gdx"])
    twin = history.observations("btc_ny")
    wanted = twin.values[np.searchsorted(twin.labels, panel.labels[-700:])]
    np.testing.assert_array_equal(panel["btc"][-700:], wanted)
    midnight = Facts().observations("btc")
    assert snapshot["btc"].values[-1] == midnight.on(np.datetime64(LAST, "D"))


def test_the_answer_says_so(fetched):
    history, _, _ = fetched
    desk = Desk.open(facts=history)
    diagnosis = desk.explain(Question(assets=("btc", "gdx"), asof=LAST))
    said = [limit for limit in diagnosis.limits if limit.key == "explain.limit.sampled"]
    assert [limit["source"] for limit in said] == [ENTRY]
    assert diagnosis.unusual.pairs[0].clock_overlap == pytest.approx(1.0)


def test_the_bundled_facts_alone_still_say_that_the_clocks_differ():
    diagnosis = Desk.open(facts=Facts()).explain(Question(assets=("btc", "gdx"), asof=LAST))
    assert diagnosis.unusual.pairs[0].clock_overlap < 0.9


ORDERS = "gate:BTC_USDT/liq_long_orders/0.0001"


class Orders:
    """One order an hour, of 1,000 contracts at 66,000 dollars; the service fails at one call."""

    def __init__(self, failing=None):
        self.failing, self.calls = failing, 0

    def fetch(self, request, limit, *, anyway=False):
        self.calls += 1
        if self.calls == self.failing:
            raise UnavailableError("source.timeout", "gate did not answer.")
        start = int(dict(request.params)["from"])
        row = {"time": start + 60, "contract": "BTC_USDT", "size": 1000, "fill_price": "66000"}
        body = json.dumps([row | {"order_size": -1000, "left": 0}]).encode()
        return Payload(
            request=request.public(),
            status=200,
            content_type="application/json",
            body=body,
            received=NOW,
        )


@pytest.mark.parametrize(("failing", "days"), [(None, 2), (40, 1), (10, 0)])
def test_hours_of_liquidations_are_kept_as_whole_days(tmp_path, failing, days):
    catalogue = Catalogue.load()
    sources = {"gate": gate}
    shelf = Shelf(
        catalogue=catalogue, ends={}, ends_by_source={}, sources=sources, keys={}, today=LAST
    )
    store = SqliteStore(tmp_path)
    hands = Hands(
        client=Orders(failing),
        store=store,
        held=lambda _: None,
        now=lambda: NOW,
        sources=sources,
    )
    span = Span(first=date(2026, 2, 4), last=date(2026, 2, 5))
    errand = Errand(series="liq_long_btc", sources=(ORDERS,), span=span, held=None)
    (outcome,) = run([errand], shelf, hands)
    assert outcome.outcome == ("failed" if failing else "written")
    held = store.read(["liq_long_btc"]).get("liq_long_btc", ())
    values = [value for track in held for value in track.values.tolist()]
    assert values == pytest.approx([24 * 6600.0] * days)
