"""The joint grid: freshness by instant, no fills, no writes, nothing from the future."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.core.errors import NoDataError, NotEstimable, UnknownSeriesError
from comove.core.observations import Observations
from comove.core.panel import Panel, Sessions
from comove.core.series import Clock, SeriesSpec

HOUR = np.timedelta64(3600, "s")
LABELS = np.array(
    ["2026-02-02", "2026-02-03", "2026-02-04", "2026-02-05", "2026-02-06", "2026-02-09"],
    dtype="M8[D]",
)
SESSIONS = Sessions("XNYS", LABELS, LABELS.astype("M8[s]") + 21 * HOUR)
ASOF = np.datetime64("2026-02-10T05:00:00")


def spec(series, kind="price", tolerance=2.0):
    clock = Clock(time="16:00", zone="America/New_York", tolerance_hours=tolerance)
    return SeriesSpec(id=series, kind=kind, unit="usd", clock=clock)


def track(series, labels, values, *, kind="price", hours=21.0, tolerance=2.0, lag=0.0):
    labels = np.asarray(labels, dtype="M8[D]")
    struck = labels.astype("M8[s]") + np.timedelta64(int(hours * 3600), "s")
    known = struck + np.timedelta64(int(lag * 3600), "s")
    return Observations(spec(series, kind, tolerance), labels, struck, known, np.array(values))


def everyday(series="coin", hours=24.0, tolerance=8.0):
    labels = np.arange(LABELS[0], LABELS[-1] + 1, dtype="M8[D]")
    values = 100.0 * 1.01 ** np.arange(len(labels))
    return track(series, labels, values, hours=hours, tolerance=tolerance)


def close(series="stock", **options):
    return track(series, LABELS, [10.0, 11.0, 12.0, 13.0, 14.0, 15.0], **options)


@pytest.fixture
def panel():
    return Panel.join([everyday(), close()], SESSIONS, ASOF)


def test_columns_rows_and_offsets(panel):
    assert panel.ids == ("coin", "stock")
    assert len(panel) == 6
    assert panel.sampling == "XNYS"
    assert np.array_equal(panel.labels, LABELS)
    assert (panel.offsets[:, 0] == 3.0).all()
    assert (panel.offsets[:, 1] == 0.0).all()
    assert panel["stock"].tolist() == [10.0, 11.0, 12.0, 13.0, 14.0, 15.0]


def test_the_weekend_of_an_everyday_series_belongs_to_monday(panel):
    changes = panel.changes()
    assert changes["coin"][-1] == pytest.approx(3 * np.log(1.01), abs=1e-13)
    assert changes.labels[-1] == np.datetime64("2026-02-09")
    assert (changes.spans == 1).all()
    assert changes["coin"].sum() == pytest.approx(7 * np.log(1.01), abs=1e-13)


def test_prices_change_by_logs_and_everything_else_by_differences():
    for kind in ("yield", "rate", "level", "flow"):
        joined = Panel.join([close("p"), close("q", kind=kind)], SESSIONS, ASOF).changes()
        assert joined["p"] == pytest.approx(np.diff(np.log([10.0, 11, 12, 13, 14, 15])))
        assert joined["q"].tolist() == [1.0] * 5
        assert joined.ids == ("p", "q")


def test_a_missing_value_drops_the_instant_and_widens_the_span():
    holed = track("holed", np.delete(LABELS, 2), [1.0, 2.0, 4.0, 8.0, 16.0])
    joined = Panel.join([close(), holed], SESSIONS, ASOF)
    assert np.datetime64("2026-02-04") not in joined.labels
    assert joined.positions.tolist() == [0, 1, 3, 4, 5]
    assert joined.changes().spans.tolist() == [1, 2, 1, 1]
    assert joined.changes()["stock"][1] == pytest.approx(np.log(13 / 11))
    assert 0.0 not in joined.changes().values


@pytest.mark.parametrize(("tolerance", "rows"), [(2.9, 0), (3.0, 6)])
def test_freshness_is_each_series_own(tolerance, rows):
    tracks = [everyday(tolerance=tolerance), close()]
    if rows:
        assert len(Panel.join(tracks, SESSIONS, ASOF)) == rows
    else:
        with pytest.raises(NoDataError, match="coin, stock share no days"):
            Panel.join(tracks, SESSIONS, ASOF)


def test_the_nearest_value_is_taken_and_a_tie_goes_to_the_earlier():
    late = everyday("late", hours=24.0 + 9.0, tolerance=12.0)
    joined = Panel.join([late, close()], SESSIONS, ASOF)
    assert (joined.offsets[:-1, 0][1:] == -12.0).all()


def test_no_series_and_no_overlap_are_refused():
    for tracks in ([], [close("a"), track("b", ["2020-01-02"], [1.0])]):
        with pytest.raises(NoDataError):
            Panel.join(tracks, SESSIONS, ASOF)
    with pytest.raises(NoDataError):
        Panel.join([close(), track("empty", [], [])], SESSIONS, ASOF)


def test_one_shared_instant_is_too_few():
    with pytest.raises(NoDataError):
        Panel.join([close(), track("one", LABELS[:1], [1.0])], SESSIONS, ASOF)


def test_what_is_published_later_does_not_enter():
    slow = close("slow", lag=26.0)
    joined = Panel.join([close(), slow], SESSIONS, np.datetime64("2026-02-06T23:00:00"))
    assert joined.labels[-1] == np.datetime64("2026-02-05")
    assert (joined.known == joined.instants + 26 * HOUR).all()
    assert (joined.known <= joined.asof).all()


def test_a_session_that_has_not_ended_does_not_enter():
    joined = Panel.join([everyday(), close()], SESSIONS, np.datetime64("2026-02-05T20:59:59"))
    assert joined.labels[-1] == np.datetime64("2026-02-04")


@given(
    st.lists(st.booleans(), min_size=6, max_size=6),
    st.lists(st.floats(0.0, 60.0), min_size=2, max_size=2),
    st.integers(60, 220),
)
@settings(max_examples=50, deadline=None)
def test_cutting_a_panel_equals_joining_what_was_known(keep, lags, hours):
    """Also where nothing or too little is left."""
    keep = np.array(keep)
    tracks = [
        close("a", lag=lags[0]),
        track("b", LABELS[keep], np.arange(1.0, 7.0)[keep], lag=lags[1]),
    ]
    instant = LABELS[0].astype("M8[s]") + hours * HOUR
    try:
        early = Panel.join(tracks, SESSIONS, instant)
    except NoDataError:
        return
    late = Panel.join(tracks, SESSIONS, ASOF + 240 * HOUR)
    assert late.upto(instant).fingerprint == early.fingerprint


def test_a_row_counts_from_the_instant_it_is_known(panel):
    instant = panel.known[2]
    assert len(panel.upto(instant)) == 3
    assert len(panel.upto(instant - np.timedelta64(1, "s"))) == 2
    assert panel.upto(instant).asof == instant
    assert panel.upto(ASOF + HOUR).asof == ASOF


@given(st.permutations(["a", "b", "c"]), st.integers(1, 9))
@settings(max_examples=25, deadline=None)
def test_column_order_and_last_rows(order, count):
    tracks = {name: close(name) for name in "abc"}
    whole = Panel.join([tracks[name] for name in "abc"], SESSIONS, ASOF)
    joined = Panel.join([tracks[name] for name in order], SESSIONS, ASOF)
    assert whole.select(order).fingerprint == joined.fingerprint
    cut = whole.last(count)
    assert len(cut) == min(count, 6)
    assert cut.labels[-1] == whole.labels[-1]
    assert cut.positions.tolist() == whole.positions.tolist()[-count:]


def test_select_keeps_some_columns(panel):
    alone = panel.select(["stock"])
    assert alone.ids == ("stock",)
    assert alone.values.shape == alone.offsets.shape == (6, 1)


def test_unknown_ids_are_refused_everywhere(panel):
    for ask in (
        lambda: panel["doge"],
        lambda: panel.select(["stock", "doge"]),
        lambda: panel.overlap("stock", "doge"),
        lambda: panel.changes()["doge"],
    ):
        with pytest.raises(UnknownSeriesError, match="doge is not in this panel"):
            ask()


def test_nothing_can_be_written(panel):
    for name in ("labels", "instants", "positions", "known", "values", "offsets"):
        with pytest.raises(ValueError, match="read-only"):
            getattr(panel, name)[0] = getattr(panel, name)[1]
    with pytest.raises(ValueError, match="read-only"):
        panel["coin"][0] = 1.0
    with pytest.raises(AttributeError):
        panel.asof = ASOF
    changes = panel.changes()
    for array in (changes.values, changes.spans, changes.labels):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = array[1]


def test_nothing_can_be_written_through_the_frame(panel):
    before = panel.fingerprint
    frame = panel.frame
    assert list(frame.columns) == ["coin", "stock"]
    assert str(frame.index[0].date()) == "2026-02-02"
    assert frame["stock"].tolist() == panel["stock"].tolist()
    for write in (
        lambda: frame.iloc.__setitem__((0, 0), 1.0),
        lambda: frame.loc.__setitem__((frame.index[0], "coin"), 1.0),
        lambda: frame.to_numpy().__setitem__((0, 0), 1.0),
        lambda: frame["coin"].to_numpy().__setitem__(0, 1.0),
    ):
        with pytest.raises(ValueError, match="read-only"):
            write()
    frame *= 2
    frame["coin"] = 0.0
    assert panel.fingerprint == before


def test_the_callers_arrays_stay_the_callers(panel):
    values = np.array([[1.0], [2.0]])
    own = Panel(
        specs=(spec("a"),),
        labels=LABELS[:2],
        instants=SESSIONS.instants[:2],
        positions=np.arange(2),
        known=SESSIONS.instants[:2],
        values=values,
        offsets=np.zeros((2, 1)),
        asof=ASOF,
        sampling="XNYS",
    )
    values[0, 0] = 99.0
    assert own["a"][0] == 1.0


def test_the_fingerprint_sees_every_part(panel):
    assert panel.fingerprint == Panel.join([everyday(), close()], SESSIONS, ASOF).fingerprint
    assert len(panel.fingerprint) == 16
    others = [
        panel.last(5),
        panel.select(["stock", "coin"]),
        Panel.join([everyday(), close()], SESSIONS, ASOF + HOUR),
        Panel.join([everyday(hours=25.0), close()], SESSIONS, ASOF),
        Panel.join([everyday(), close(lag=5.0)], SESSIONS, ASOF),
        Panel.join([everyday("coin2"), close()], SESSIONS, ASOF),
    ]
    assert len({panel.fingerprint, *(other.fingerprint for other in others)}) == 7


def test_the_overlap_of_clocks_three_hours_apart(panel):
    assert panel.overlap("coin", "stock").tolist() == [0.875] * 4  # the weekend is no day
    assert panel.overlap("stock", "stock").tolist() == [1.0] * 4


def test_the_overlap_equals_a_slow_intersection():
    rng = np.random.default_rng(5)
    hours = rng.uniform(-3, 3, 6)
    moved = close()
    struck = moved.struck + (hours * 3600).astype("m8[s]")
    other = Observations(spec("other", tolerance=4.0), LABELS, struck, struck, moved.values)
    joined = Panel.join([moved, other], SESSIONS, ASOF)
    found = joined.overlap("stock", "other")
    for row in range(4):
        one = (moved.struck[row].astype(int), moved.struck[row + 1].astype(int))
        two = (struck[row].astype(int), struck[row + 1].astype(int))
        common = min(one[1], two[1]) - max(one[0], two[0])
        assert found[row] == pytest.approx(common / max(one[1] - one[0], two[1] - two[0]))


@pytest.mark.parametrize("price", [0.0, -37.63])
def test_a_price_without_a_logarithm_is_not_estimable(price):
    fallen = track("oil", LABELS, [10.0, 20.0, price, 20.0, 10.0, 5.0])
    joined = Panel.join([fallen, close()], SESSIONS, ASOF)
    with pytest.raises(NotEstimable) as refusal:
        joined.changes()
    assert refusal.value.reason == "not_positive"
    assert refusal.value.values == {"series": "oil"}
    flow = track("flow", LABELS, [10.0, 20.0, price, 20.0, 10.0, 5.0], kind="flow")
    assert Panel.join([flow, close()], SESSIONS, ASOF).changes()["flow"][0] == 10.0


def test_sessions_keep_what_had_ended():
    assert SESSIONS.upto(SESSIONS.instants[2]).labels.tolist() == LABELS[:3].tolist()
    assert len(SESSIONS.upto(SESSIONS.instants[0] - HOUR).labels) == 0
