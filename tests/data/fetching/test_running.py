"""Errands against a store on disk: pages are kept one by one, sources stand in for each other."""

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from comove.core.errors import PayloadError, StoreError, UnavailableError
from comove.core.fetch import Errand
from comove.core.source import Payload, Request, Rows, Span
from comove.data.catalogue import Catalogue
from comove.data.fetching import run
from comove.data.fetching.hands import Hands
from comove.data.fetching.planning import Shelf
from comove.data.store.sqlite import SqliteStore

NOW = np.datetime64("2026-11-28T12:00:00")
DAYS = np.arange("2026-11-02", "2026-11-21", dtype="M8[D]")
DAYS = DAYS[np.is_busday(DAYS)]
SPAN = Span(first=date(2026, 11, 2), last=date(2026, 11, 20))


class Paged:
    """Two days a page, as JSON."""

    keys, calls, page, sample = (), (100, 1.0), "https://example.org", "X"

    def __init__(self, name, values):
        self.name, self.values = name, values

    def ask(self, spec, code, span, keys):
        inside = [str(day) for day in self.values if span.first <= day.item() <= span.last]
        pages = [inside[i : i + 2] for i in range(0, len(inside), 2)]
        return tuple(
            Request(source=self.name, url="https://example.org", params=(("days", " ".join(page)),))
            for page in pages
        )

    def read(self, payload, spec, code):
        try:
            found = json.loads(payload.body)
        except ValueError:
            raise PayloadError(
                "source.not_json", "{source} sent no JSON.", source=self.name
            ) from None
        return Rows(
            labels=np.array(list(found), dtype="M8[D]"),
            values=np.array(list(found.values()), float),
        )


class Wire:
    """Serves what the sources say; breaks at chosen calls."""

    def __init__(self, sources, breaks=None):
        self.sources, self.breaks, self.asked = sources, breaks or {}, []

    def fetch(self, request, limit, *, anyway=False):
        self.asked.append(request)
        failure = self.breaks.get(
            (request.source, sum(r.source == request.source for r in self.asked))
        )
        if isinstance(failure, Exception):
            raise failure
        days = dict(request.params)["days"].split()
        values = self.sources[request.source].values
        body = failure or json.dumps({day: values[np.datetime64(day)] for day in days}).encode()
        return Payload(
            request=request.public(),
            status=200,
            content_type="application/json",
            body=body,
            received=NOW,
        )


def prices(start=100.0):
    steps = np.random.default_rng(3).normal(0.0, 0.01, len(DAYS))
    return dict(zip(DAYS, np.round(start * np.exp(np.cumsum(steps)), 2), strict=True))


@pytest.fixture
def setting(tmp_path):
    """A store, two sources of GDX, and a way to run one errand."""
    sources = {"one": Paged("one", prices()), "two": Paged("two", prices())}
    catalogue = Catalogue.load()
    specs = dict(catalogue.specs) | {
        "gdx": replace(catalogue["gdx"], sources=("one:A", "two:B"), related="")
    }
    shelf = Shelf(
        catalogue=replace(catalogue, specs=specs),
        ends={},
        ends_by_source={},
        sources=sources,
        keys={},
        today=date(2026, 11, 20),
    )
    store = SqliteStore(tmp_path)

    def go(breaks=None, entries=("one:A", "two:B")):
        wire = Wire(sources, breaks)
        hands = Hands(
            client=wire, store=store, held=lambda _: None, now=lambda: NOW, sources=sources
        )
        errand = Errand(series="gdx", sources=entries, span=SPAN, held=None)
        (found,) = run([errand], shelf, hands)
        return found, wire

    return go, store, sources


def stored(store, source="one:A"):
    return {track.source: track for track in store.read(["gdx"]).get("gdx", ())}[source]


def test_rows_are_written_confirmed_and_traceable_to_their_bytes(setting):
    go, store, sources = setting
    found, _ = go()
    assert (found.outcome, found.source, found.confirmed) == ("written", "one:A", "two:B")
    assert found.received == found.written == len(DAYS)
    assert found.last == DAYS[-1].item()
    track = stored(store)
    assert (track.labels == DAYS).all()
    assert track.values.tolist() == list(sources["one"].values.values())
    payloads = {receipt.batch: receipt.payload for receipt in store.batches()}
    day = str(track.labels[0])
    bytes_of_the_first = store.payload(payloads[int(track.batches[0])]).body
    assert json.loads(bytes_of_the_first)[day] == track.values[0]


def test_the_same_again_changes_nothing(setting):
    go, store, _ = setting
    go()
    before = store.fingerprint()
    found, _ = go()
    assert (found.outcome, found.written) == ("unchanged", 0)
    assert found.unchanged == len(DAYS)
    assert store.fingerprint() == before


def test_a_source_that_fails_is_named_and_the_next_one_fills_the_series(setting):
    go, store, _ = setting
    down = UnavailableError("source.timeout", "{source} did not answer.", source="one")
    found, _ = go({("one", 1): down})
    assert (found.outcome, found.source) == ("written", "two:B")
    assert found.says[0].key == "fetch.failed"
    assert found.says[0]["source"] == "one:A"
    assert len(stored(store, "two:B")) == len(DAYS)


def test_what_came_before_a_failure_is_kept(setting):
    go, store, _ = setting
    down = UnavailableError("source.timeout", "{source} did not answer.", source="one")
    found, _ = go({("one", 4): down}, entries=("one:A",))
    assert found.outcome == "failed"
    assert len(stored(store)) == 6
    found, _ = go(entries=("one:A",))
    assert found.written == len(DAYS) - 6


def test_what_is_no_data_is_refused_and_nothing_of_it_is_kept(setting):
    go, store, _ = setting
    found, _ = go({("one", 1): b"<html>busy</html>"}, entries=("one:A",))
    assert found.outcome == "failed"
    assert store.series() == ()


def test_a_source_that_cannot_confirm_is_named_and_the_series_stands(setting):
    go, _, _ = setting
    down = UnavailableError("source.timeout", "{source} did not answer.", source="two")
    found, _ = go({("two", 1): down})
    assert (found.outcome, found.confirmed) == ("written", "")
    assert found.says[-1].key == "fetch.not_confirmed"


def test_two_sources_that_disagree_are_both_kept_and_said(setting):
    go, store, sources = setting
    sources["two"].values[DAYS[5]] *= 1.147
    found, _ = go()
    assert found.outcome == "disputed"
    (dispute,) = [message for message in found.says if message.key.startswith("fetch.dispute")]
    assert dispute["day"] == DAYS[5].item()
    assert stored(store).values[5] != stored(store, "two:B").values[5]


def test_rows_that_fail_a_gate_are_held_back_counted_and_kept_aside(setting):
    go, store, sources = setting
    sources["one"].values[DAYS[3]] = 0.0
    found, _ = go(entries=("one:A",))
    assert found.quarantined == 1
    assert found.written + found.unchanged + found.quarantined == found.received
    (row,) = store.quarantined(["gdx"])
    assert (row.rule, row.label, row.value) == ("sign", DAYS[3].item(), 0.0)
    assert DAYS[3] not in stored(store).labels


def test_an_errand_without_a_source_or_without_a_span_asks_nobody(setting):
    go, _, _ = setting
    found, wire = go(entries=())
    assert (found.outcome, wire.asked) == ("skipped", [])


def test_a_store_that_cannot_be_written_stops_the_run(setting, monkeypatch):
    go, _store, _ = setting

    def full(self, batch):
        raise StoreError("store.full", "{path} is full.", path="x")

    monkeypatch.setattr(SqliteStore, "append", full)
    with pytest.raises(StoreError):
        go()
