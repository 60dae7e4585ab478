"""Whom to ask for what: only what is missing, only who can be asked, and why not the others."""

from dataclasses import dataclass, field
from datetime import date

import pytest

from comove.core.errors import QuestionError, UnknownSeriesError
from comove.core.fetch_request import FetchRequest
from comove.core.source import Request
from comove.data.catalogue import Catalogue
from comove.data.fetching import plan
from comove.data.fetching.planning import Shelf

CATALOGUE = Catalogue.load()
TODAY = date(2026, 11, 27)


@dataclass
class Fake:
    """A source that asks one call a year."""

    name: str
    keys: tuple[str, ...] = ()
    calls: tuple[int, float] = (10, 1.0)
    page: str = "https://example.org/keys"
    sample: str = "X"
    refuses: tuple[str, ...] = field(default=())

    def ask(self, spec, code, span, keys):
        if code in self.refuses:
            raise QuestionError(
                "source.code", "{source} cannot serve {code}.", source=self.name, code=code
            )
        years = range(span.first.year, span.last.year + 1)
        return tuple(
            Request(source=self.name, url="https://example.org", params=(("year", str(y)),))
            for y in years
        )

    def read(self, payload, spec, code):
        raise NotImplementedError


def shelf(ends=None, by_source=None, keys=None, sources=None, today=TODAY):
    names = {entry.partition(":")[0] for spec in CATALOGUE.specs.values() for entry in spec.sources}
    return Shelf(
        catalogue=CATALOGUE,
        ends=ends or {},
        ends_by_source=by_source or {},
        sources=sources if sources is not None else {name: Fake(name) for name in names},
        keys=keys or {},
        today=today,
    )


def first_entry(series):
    return CATALOGUE[series].sources[0]


def test_everything_that_has_a_source_is_planned_in_the_order_of_the_catalogue():
    errands = plan(FetchRequest(), shelf())
    assert [errand.series for errand in errands] == [
        s for s, spec in CATALOGUE.specs.items() if spec.sources
    ]
    assert all(errand.span is not None and errand.calls > 0 for errand in errands)


def test_names_are_resolved_and_the_same_series_is_fetched_once():
    errands = plan(FetchRequest(series=("bitcoin", "BTC-USD", "金鉱株")), shelf())
    assert [errand.series for errand in errands] == ["btc", "gdx"]


def test_a_series_goes_on_some_days_before_its_end_for_revisions():
    (errand,) = plan(FetchRequest(series=("btc",)), shelf(ends={"btc": date(2026, 8, 27)}))
    assert errand.span.first == date(2026, 8, 20)
    assert errand.span.last == date(2026, 11, 27)  # struck at 19:00 in New York that day
    assert errand.held == date(2026, 8, 27)


def test_adjusted_prices_are_asked_for_from_the_beginning():
    (errand,) = plan(FetchRequest(series=("gdx",)), shelf(ends={"gdx": date(2026, 10, 6)}))
    assert errand.span.first == date(2015, 1, 1)
    current = {("gdx", first_entry("gdx")): date(2026, 11, 27)}
    (errand,) = plan(FetchRequest(series=("gdx",)), shelf(by_source=current))
    assert errand.span is None or errand.span.first >= date(2026, 11, 1)


def test_weekly_series_are_asked_for_over_a_year_as_they_are_revised_yearly():
    (errand,) = plan(
        FetchRequest(series=("dtwexbgs",)), shelf(ends={"dtwexbgs": date(2026, 7, 24)})
    )
    assert (date(2026, 7, 24) - errand.span.first).days >= 365


def test_the_day_wanted_wins():
    request = FetchRequest(series=("btc",), since="2026-11-01")
    (errand,) = plan(request, shelf(ends={"btc": date(2026, 8, 27)}))
    assert errand.span.first == date(2026, 11, 1)
    (errand,) = plan(FetchRequest(series=("btc",), since="2027-01-01"), shelf())
    assert errand.span is None


def test_a_missing_key_is_named_with_where_to_get_one_and_the_next_source_is_asked():
    sources = {name: Fake(name) for name in ("fred", "treasury")}
    sources["fred"] = Fake("fred", keys=("fred_api_key",))
    (errand,) = plan(FetchRequest(series=("dfii10",)), shelf(sources=sources))
    assert all(not entry.startswith("fred:") for entry in errand.sources)
    said = {message.key: message for message in errand.left_out}
    assert said["fetch.no_key"]["setting"] == "COMOVE_FRED_API_KEY"
    assert said["fetch.no_key"]["page"] == "https://example.org/keys"
    (errand,) = plan(
        FetchRequest(series=("dfii10",)), shelf(sources=sources, keys={"fred_api_key": "k"})
    )
    assert errand.sources[0].startswith("fred:")


def test_a_source_that_is_not_installed_or_refuses_the_code_is_left_out_with_the_reason():
    (errand,) = plan(FetchRequest(series=("gdx",)), shelf(sources={}))
    assert errand.sources == ()
    assert errand.span is None
    assert {message.key for message in errand.left_out} == {"fetch.not_installed"}
    name, _, code = first_entry("gdx").partition(":")
    (errand,) = plan(
        FetchRequest(series=("gdx",)), shelf(sources={name: Fake(name, refuses=(code,))})
    )
    assert "fetch.refused" in {message.key for message in errand.left_out}


def test_one_source_alone_can_be_asked_and_an_unknown_one_is_refused():
    name = first_entry("btc").partition(":")[0]
    (errand,) = plan(FetchRequest(series=("btc",), source=name), shelf())
    assert {entry.partition(":")[0] for entry in errand.sources} == {name}
    with pytest.raises(QuestionError) as refused:
        plan(FetchRequest(source="oracle"), shelf())
    assert refused.value.code == "fetch.source"
    assert name in refused.value.hint


def test_unknown_series_and_doubled_ones_are_refused():
    with pytest.raises(UnknownSeriesError):
        plan(FetchRequest(series=("nonsense",)), shelf())
    with pytest.raises(QuestionError):
        FetchRequest(series=("btc", "btc"))


def test_no_weekend_is_due():
    sunday = date(2026, 11, 29)
    (errand,) = plan(FetchRequest(series=("qqq",)), shelf(today=sunday))
    assert errand.span.last == date(2026, 11, 27)
