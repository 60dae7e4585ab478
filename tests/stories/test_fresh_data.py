"""From a service to an answer: fetched, judged, kept, confirmed, and used as of the day it is."""

import json
from datetime import UTC, date, datetime, timedelta

import httpx2
import numpy as np
import pytest

from comove.core.fetch_request import FetchRequest
from comove.core.question import Question
from comove.data.history import open_history
from comove.data.intake import Intake
from comove.data.reader import Facts
from comove.desk import Desk

TODAY = date(2026, 11, 27)
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC).timestamp()
ZONES = {"GDX": "America/New_York", "BTC-USD": "UTC"}


def grown(series):
    """Continue the bundled history to today by a random walk: the truth the services tell."""
    track = Facts().observations(series)
    days = np.arange(track.labels[-1] + 1, np.datetime64("2026-11-28"))
    if track.spec.clock.calendar == "XNYS":
        days = days[np.is_busday(days, holidays=["2026-11-26"])]
    steps = np.random.default_rng(len(days)).normal(0.0, 0.02, len(days))
    later = track.values[-1] * np.exp(np.cumsum(steps))
    return np.concatenate([track.labels, days]), np.concatenate([track.values, np.round(later, 2)])


def streamed(document):
    """Answer as a network does, piece by piece."""
    body = json.dumps(document).encode()
    headers = {"content-type": "application/json", "content-length": str(len(body))}
    return httpx2.Response(200, headers=headers, content=(piece for piece in [body]))


class Services:
    """Yahoo and Coin Metrics, as far as two series go, and what they were asked."""

    def __init__(self):
        self.asked = []
        self.down = set()
        self.truth = {"GDX": grown("gdx"), "BTC-USD": grown("btc")}
        self.wrong = {}

    def __call__(self, request):
        self.asked.append(request.url)
        host = request.url.host
        if host not in self.down and "yahoo" in host:
            return streamed(self.chart(request.url))
        if host not in self.down and "coinmetrics" in host:
            return streamed(self.metrics(request.url))
        return httpx2.Response(404)

    def chart(self, url):
        symbol = url.path.rpartition("/")[2]
        labels, values = self.truth[symbol]
        first, until = (
            datetime.fromtimestamp(int(url.params[p]), UTC).date() for p in ("period1", "period2")
        )
        inside = (labels >= np.datetime64(first)) & (labels < np.datetime64(until))
        hour = 14 * 3600 + 1800 if symbol == "GDX" else 0
        stamps = (labels[inside].astype("M8[s]").astype(int) + hour).tolist()
        closes = [
            float(self.wrong.get((symbol, str(day)), value))
            for day, value in zip(labels[inside], values[inside], strict=True)
        ]
        regular = {"start": int(NOW) - 40_000, "end": int(NOW) - 20_000}
        result = {
            "meta": {
                "currency": "USD",
                "symbol": symbol,
                "exchangeTimezoneName": ZONES[symbol],
                "dataGranularity": "1d",
                "currentTradingPeriod": {"regular": regular},
            },
            "timestamp": stamps,
            "indicators": {"quote": [{"close": closes}], "adjclose": [{"adjclose": closes}]},
        }
        return {"chart": {"result": [result], "error": None}}

    def metrics(self, url):
        labels, values = self.truth["BTC-USD"]
        first, last = (np.datetime64(url.params[p][:10]) for p in ("start_time", "end_time"))
        rows = [
            {"asset": "btc", "time": f"{day}T00:00:00.000000000Z", "PriceUSD": repr(float(value))}
            for day, value in zip(labels, values, strict=True)
            if first <= day <= last
        ]
        return {"data": rows}


@pytest.fixture
def services(monkeypatch, tmp_path):
    monkeypatch.setenv("COMOVE_HOME", str(tmp_path / "home"))
    return Services()


def intake(services):
    transport = httpx2.MockTransport(services)
    return Intake(facts=open_history(), now=lambda: NOW, today=TODAY, transport=transport)


def fetched(services, *series, **options):
    office = intake(services)
    results = office.fetch(office.plan(FetchRequest(series=series, **options)))
    return {result.series: result for result in results}


def test_what_was_fetched_is_answered_from_as_of_its_own_day(services):
    results = fetched(services, "btc", "gdx")
    assert {name: (found.outcome, found.last) for name, found in results.items()} == {
        "btc": ("written", TODAY),
        "gdx": ("written", TODAY),
    }
    assert results["btc"].confirmed.startswith("coinmetrics:")
    answer = Desk.open(channels=()).explain(Question(assets=("BTC", "GDX"), replications=99))
    assert answer.asof == TODAY
    paths = {path.asset: path.latest for path in answer.together.paths}
    assert paths == {"btc": services.truth["BTC-USD"][1][-1], "gdx": services.truth["GDX"][1][-1]}


def test_the_answer_says_where_fetched_series_come_from_and_how_far_they_reach(services):
    fetched(services, "btc", "gdx")
    answer = Desk.open(channels=()).explain(Question(assets=("BTC", "GDX"), replications=99))
    told = [limit for limit in answer.limits if limit.key == "explain.limit.origin"]
    assert [(limit["asset"].id, limit["day"]) for limit in told] == [
        ("btc", TODAY),
        ("gdx", TODAY),
    ]
    assert [str(limit["origin"]).partition("#")[0] for limit in told] == [
        "yahoo:BTC-USD",
        "yahoo:GDX",
    ]
    bundled = Desk.open(channels=(), offline=True)
    before = bundled.explain(Question(assets=("BTC", "GDX"), replications=99))
    assert not any(limit.key.startswith("explain.limit.origin") for limit in before.limits)


def test_the_past_does_not_change_by_what_came_later(services):
    question = Question(assets=("BTC", "GDX"), asof="2026-02-06", replications=99)
    before = Desk.open(channels=()).explain(question)
    fetched(services, "btc", "gdx")
    after = Desk.open(channels=()).explain(question)
    assert after.together == before.together
    assert after.why == before.why


def test_only_what_is_missing_is_asked_for(services):
    fetched(services, "btc")
    services.asked.clear()
    fetched(services, "btc")
    starts = [
        datetime.fromtimestamp(int(url.params["period1"]), UTC).date()
        for url in services.asked
        if "yahoo" in url.host
    ]
    assert starts
    assert min(starts) >= TODAY - timedelta(days=9)


def test_another_source_steps_in_and_the_failure_is_named(services):
    services.down.add("query1.finance.yahoo.com")
    found = fetched(services, "btc")["btc"]
    assert (found.outcome, found.last) == ("written", TODAY)
    assert found.source.startswith("coinmetrics:")
    assert "yahoo" in str(found.says[0]["source"])
    assert (intake(services).store.folder / "standings.json").is_file()


def test_sources_that_disagree_are_told_apart(services):
    day = "2026-11-20"
    place = int(np.flatnonzero(services.truth["BTC-USD"][0] == np.datetime64(day))[0])
    services.wrong["BTC-USD", day] = services.truth["BTC-USD"][1][place] * 1.05
    found = fetched(services, "btc")["btc"]
    assert found.outcome == "disputed"
    told = [message for message in found.says if message.key.startswith("fetch.dispute")]
    assert [message["day"] for message in told] == [date.fromisoformat(day)]


def test_a_figure_ten_times_too_large_never_enters_an_answer(services):
    day = "2026-11-27"
    services.wrong["GDX", day] = services.truth["GDX"][1][-1] * 10
    found = fetched(services, "gdx")["gdx"]
    assert (found.quarantined, found.last) == (1, date(2026, 11, 25))
    assert open_history().observations("gdx").labels[-1] == np.datetime64("2026-11-25")


CANARY = "canary0123456789"


def test_a_key_that_a_service_repeats_is_found_nowhere(services, monkeypatch, tmp_path):
    monkeypatch.setenv("COMOVE_FRED_API_KEY", CANARY)
    seen = []

    def fred(request):
        if "stlouisfed" not in request.url.host:
            return httpx2.Response(404)
        seen.append(request.url.params["api_key"])
        days = np.arange("2026-11-16", "2026-11-21", dtype="M8[D]")
        rows = [{"date": str(day), "value": "4.1" + str(n)} for n, day in enumerate(days)]
        return streamed({"units": "lin", "count": 5, "observations": rows, "note": CANARY})

    office = Intake(
        facts=open_history(), now=lambda: NOW, today=TODAY, transport=httpx2.MockTransport(fred)
    )
    errands = office.plan(FetchRequest(series=("dgs2",)))
    results = tuple(office.fetch(errands))
    assert seen == [CANARY]
    assert results[0].source == "fred:DGS2"
    assert results[0].written == 5
    assert CANARY not in repr((errands, results, office.keys))
    (archived,) = [office.store.payload(key) for key in office.store.payload_keys()]
    assert b"observations" in archived.body
    assert CANARY.encode() not in archived.body
    assert CANARY not in repr(archived.request)
    files = [file for file in (tmp_path / "home").rglob("*") if file.is_file()]
    assert len(files) >= 3
    assert not any(CANARY.encode() in file.read_bytes() for file in files)
