"""Every source that the catalogue names exists, and can be asked for what it is named for."""

from datetime import date

import pytest

from comove.core.source import Span
from comove.data.catalogue import Catalogue
from comove.data.http.patience import Patience
from sources.cases import keys, sources

SPECS = Catalogue.load().specs
ENTRIES = [(series, entry) for series, spec in SPECS.items() for entry in spec.sources]


@pytest.mark.parametrize(("series", "entry"), ENTRIES, ids=str)
def test_the_source_exists_and_serves_the_code(series, entry):
    name, colon, code = entry.partition(":")
    assert colon
    source = sources()[name]
    span = Span(first=date(2015, 1, 1), last=date(2026, 2, 6))
    assert source.ask(SPECS[series], code, span, keys(source))


def test_every_series_has_a_source_and_none_twice():
    for spec in SPECS.values():
        assert spec.sources
        assert len(set(spec.sources)) == len(spec.sources)


@pytest.mark.parametrize("series", ["btc", "vix", "dfii10", "dgs10", "dgs2", "dtwexbgs", "gdx"])
def test_a_second_publisher_can_confirm_the_first(series):
    publishers = {entry.partition(":")[0] for entry in SPECS[series].sources}
    assert len(publishers) >= 2


@pytest.mark.parametrize(("series", "entry"), ENTRIES, ids=str)
def test_a_first_fetch_of_eleven_years_is_soon_done_within_the_limit(series, entry):
    name, _, code = entry.partition(":")
    source = sources()[name]
    span = Span(first=date(2015, 1, 1), last=date(2026, 2, 6))
    calls = len(source.ask(SPECS[series], code, span, keys(source)))
    most, seconds = source.calls
    assert calls <= 1100  # a venue that gives a hundred hours at a time
    assert (calls - 1) // most * seconds <= 300


@pytest.mark.parametrize("name", sorted(sources()))
def test_waiting_for_a_turn_leaves_half_of_the_time_for_the_call(name):
    source = sources()[name]
    span = Span(first=date(2015, 1, 1), last=date(2026, 2, 6))
    asked = [(SPECS[series], entry.partition(":")) for series, entry in ENTRIES]
    calls = sum(
        len(source.ask(spec, code, span, keys(source)))
        for spec, (called, _, code) in asked
        if called == name
    )
    most, seconds = source.calls
    assert seconds <= Patience().total / 2 or calls < most / 10
