"""What was read for one question: frozen, fingerprinted, aware of what is made from what."""

from datetime import date

import numpy as np
import pytest

from comove.core.errors import NoDataError, UnknownSeriesError
from comove.core.observations import Observations
from comove.core.panel import Sessions
from comove.core.series import Clock, SeriesSpec
from comove.core.snapshot import Snapshot

LABELS = np.datetime64("2026-02-02") + np.arange(5)
CLOSES = LABELS.astype("M8[s]") + np.timedelta64(21 * 3600, "s")
CLOCK = Clock(time="16:00", zone="America/New_York")


def spec(series, *made_from):
    return SeriesSpec(id=series, kind="price", unit="usd", clock=CLOCK, made_from=made_from)


SPECS = {
    entry.id: entry
    for entry in (
        spec("stock"),
        spec("fear", "stock"),
        spec("fear_of_fear", "fear", "elsewhere"),
        spec("egg", "hen"),
        spec("hen", "egg"),
        spec("bond"),
    )
}


def snapshot(values=(1.0, 2.0, 3.0, 4.0, 5.0), tables=None, series=("stock", "bond"), **changes):
    tracks = {
        name: Observations(SPECS[name], LABELS, CLOSES, CLOSES, np.array(values)) for name in series
    }
    parts = {
        "asof": np.datetime64("2026-02-07T05:00:00"),
        "day": date(2026, 2, 6),
        "sessions": Sessions("XNYS", LABELS, CLOSES),
        "tracks": tracks,
        "specs": SPECS,
        "tables": tables or {},
    }
    return Snapshot(**(parts | changes))


def test_tracks_are_found_by_id():
    assert snapshot()["stock"].values.tolist() == [1.0, 2.0, 3.0, 4.0, 5.0]
    with pytest.raises(UnknownSeriesError, match="fear was not read"):
        snapshot()["fear"]


def test_nothing_can_be_added_or_exchanged():
    held = snapshot(tables={"events": ({"n": 1},)})
    for mapping in (held.tracks, held.specs, held.tables):
        with pytest.raises(TypeError):
            mapping["x"] = None
    with pytest.raises(AttributeError):
        held.day = date(2026, 2, 9)


def test_the_callers_mapping_stays_the_callers():
    tables = {"events": ({"n": 1},)}
    held = snapshot(tables=tables)
    tables.clear()
    assert held.tables["events"] == ({"n": 1},)


def test_a_panel_joins_what_was_read():
    panel = snapshot().panel(["bond", "stock"])
    assert panel.ids == ("bond", "stock")
    assert panel.asof == np.datetime64("2026-02-07T05:00:00")
    assert panel.sampling == "XNYS"
    with pytest.raises(UnknownSeriesError):
        snapshot().panel(["stock", "fear"])
    with pytest.raises(NoDataError):
        snapshot(sessions=Sessions("XNYS", LABELS[:1], CLOSES[:1])).panel(["stock"])


def test_ancestors_are_followed_to_the_end():
    held = snapshot()
    assert held.ancestors("fear_of_fear") == {"fear_of_fear", "fear", "elsewhere", "stock"}
    assert held.ancestors("stock") == {"stock"}
    assert held.ancestors("egg") == held.ancestors("hen") == {"egg", "hen"}
    assert held.ancestors("nobody") == {"nobody"}


@pytest.mark.parametrize(
    ("one", "other", "circular"),
    [
        ("stock", "stock", True),
        ("fear", "stock", True),
        ("fear_of_fear", "stock", True),
        ("egg", "hen", True),
        ("fear", "bond", False),
        ("stock", "bond", False),
    ],
)
def test_circularity_goes_both_ways(one, other, circular):
    assert snapshot().circular(one, other) is circular
    assert snapshot().circular(other, one) is circular


def test_siblings_are_not_circular():
    """Two series made from a third do not contain one another."""
    specs = {entry.id: entry for entry in (spec("a", "c"), spec("b", "c"), spec("c"))}
    assert not snapshot(specs=specs).circular("a", "b")


def test_the_fingerprint_sees_every_part():
    held = snapshot()
    assert held.fingerprint == snapshot(series=("bond", "stock")).fingerprint
    assert len(held.fingerprint) == 16
    others = [
        snapshot(values=(1.0, 2.0, 3.0, 4.0, 5.0 + 1e-12)),
        snapshot(series=("stock",)),
        snapshot(tables={"events": ({"n": 1},)}),
        snapshot(tables={"events": ({"n": 2},)}),
        snapshot(asof=np.datetime64("2026-02-07T05:00:01")),
        snapshot(sessions=Sessions("XNYS", LABELS[:4], CLOSES[:4])),
        snapshot(sessions=Sessions("XTKS", LABELS, CLOSES)),
    ]
    assert len({held.fingerprint, *(other.fingerprint for other in others)}) == 8


def test_the_fingerprint_does_not_depend_on_the_order_of_a_rows_fields():
    one = snapshot(tables={"events": ({"a": 1, "b": 2},)})
    assert one.fingerprint == snapshot(tables={"events": ({"b": 2, "a": 1},)}).fingerprint
