"""Nothing published later than the as-of day is used: cut the store, and nothing changes."""

from datetime import date, timedelta

import numpy as np
import orjson
import pytest

from comove.core.question import Question
from comove.data.clocks import end_of_day
from comove.desk import Desk

PAIRS = ("BTC GDX", "QQQ BTC", "GLD GDX SLV", "TLT SPY", "BTC ETH", "DXY USDJPY")


def random_days(count=10):
    """As-of days drawn once and for all, weekends and holidays among them."""
    rng = np.random.default_rng(20260206)
    first = {"BTC ETH": date(2025, 2, 1)}
    drawn = []
    for place in range(count):
        pair = PAIRS[place % len(PAIRS)]
        start = first.get(pair, date(2018, 6, 1))
        span = (date(2026, 4, 10) - start).days
        drawn.append((pair, start + timedelta(days=int(rng.integers(span)))))
    return drawn


def written(diagnosis):
    return orjson.dumps(diagnosis.to_dict(), option=orjson.OPT_SORT_KEYS)


def truncated(desk, day):
    return Desk.open(channels=(), facts=desk.facts.truncated(end_of_day(day)))


@pytest.mark.parametrize(
    ("assets", "day"), [*random_days(), ("BTC GDX", date(2026, 2, 6))], ids=str
)
def test_the_answer_is_the_same_when_the_future_does_not_exist(desk, ask, assets, day):
    full = ask(assets, asof=day)
    cut = truncated(desk, day).explain(
        Question(assets=tuple(assets.split()), asof=day, replications=99)
    )
    assert written(cut) == written(full)
    assert cut.fingerprint == full.fingerprint


@pytest.mark.parametrize(
    ("assets", "day"), [*random_days(), ("BTC GDX", date(2026, 2, 6))], ids=str
)
def test_no_date_in_the_answer_is_later_than_the_as_of_day(ask, days_in, assets, day):
    found = ask(assets, asof=day)
    dates = list(days_in(found))
    assert len(dates) > 50
    late = [(path, when) for path, when in dates if when > day]
    assert late == []


def test_the_walk_over_the_dates_sees_everything(standing, days_in):
    seen = {path.split(".")[1] for path, _ in days_in(standing)}
    assert {"question", "asof", "together", "unusual", "why", "readings", "limits"} <= seen
    assert {"headline", "exhibits", "refuge", "what_if"} <= seen


def test_one_day_less_is_another_answer(desk, ask):
    full = ask("BTC GDX", asof="2026-02-06")
    earlier = ask("BTC GDX", asof="2026-02-05")
    assert earlier.fingerprint != full.fingerprint
    assert written(earlier) != written(full)


def test_the_default_day_of_a_truncated_store_lies_inside_it(desk):
    day = date(2025, 12, 24)
    settled = truncated(desk, day).resolve(Question(assets=("BTC", "GDX")))
    assert settled.asof == day


def test_a_value_published_on_the_next_day_waits(desk):
    held = desk.facts.read(("btc", "gdx", "dfii10"), (), date(2026, 2, 6))
    last = {series: str(track.labels[-1]) for series, track in held.tracks.items()}
    assert last == {"btc": "2026-02-06", "gdx": "2026-02-06", "dfii10": "2026-02-05"}


def test_tables_are_read_as_they_were_published(desk, ask):
    early = desk.facts.read((), ("liquidation_events",), date(2026, 2, 6))
    late = desk.facts.read((), ("liquidation_events",), date(2026, 3, 31))
    assert all(row["published"] <= date(2026, 2, 6) for row in early.tables["liquidation_events"])
    assert len(early.tables["liquidation_events"]) <= len(late.tables["liquidation_events"])
