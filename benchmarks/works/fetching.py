"""Planning a fetch: whom to ask for what, for every series of the catalogue at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from benchmarks.works.nouns import Known, Work
from comove.core.fetch_request import FetchRequest
from comove.core.registry import members
from comove.data.catalogue import Catalogue
from comove.data.fetching.planning import Shelf, plan
from comove.data.reader import Facts

TODAY = date(2026, 11, 27)


def works() -> Iterator[Work]:
    """Every line, in order."""
    fetched = [spec for spec in Catalogue.load().specs.values() if spec.sources]
    yield Work(
        key="fetch_plan",
        name=f"fetch: plan for {len(fetched)} series, every source with a key",
        value="series with somebody to ask",
        ours=_planning,
        target=0.2,
        known=Known(value=float(len(fetched)), within=0.0, source="rows of the catalogue"),
    )


def _planning() -> Callable[[], float]:
    sources = {
        module.source.name: module.source for module in members("comove.data.sources").values()
    }
    facts = Facts()
    shelf = Shelf(
        catalogue=facts.catalogue,
        ends={track.spec.id: track.labels[-1].item() for track in facts.all_known()},
        ends_by_source={},
        sources=sources,
        keys={key: "x" for source in sources.values() for key in source.keys},
        today=TODAY,
    )

    def call() -> float:
        return float(sum(bool(errand.sources) for errand in plan(FetchRequest(), shelf)))

    return call
