"""Whom to ask for which labels, decided before any call is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from comove.core.errors import ComoveError, NoDataError, QuestionError
from comove.core.fetch import Errand
from comove.core.fetch_request import FetchRequest
from comove.core.message import Message, Name, say
from comove.core.refusal import told
from comove.core.series import SeriesSpec
from comove.core.source import Request, Source, Span
from comove.data.catalogue import Catalogue
from comove.data.reader import due_label

BEGINNING = date(2015, 1, 1)
"""First label wanted of a series of which nothing is held."""

OVERLAP = {"at_once": 7, "next_business_day": 7, "weekly": 400}
"""Days before the end that are asked for again, by publication rule: they may have been revised."""


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """What planning needs to know of the world.

    Attributes
    ----------
    catalogue
        What the series are and who publishes them.
    ends
        Last label held of a series; of one that is not held there is no entry.
    ends_by_source
        Last label held of a series from one entry of its sources.
    sources
        Sources that are installed, by name.
    keys
        Values of the settings that are set, by name.
    today
        Day in New York up to which values may be due.
    """

    catalogue: Catalogue
    ends: Mapping[str, date]
    ends_by_source: Mapping[tuple[str, str], date]
    sources: Mapping[str, Source]
    keys: Mapping[str, str] = field(repr=False)
    today: date


def plan(request: FetchRequest, shelf: Shelf) -> tuple[Errand, ...]:
    """Plan one errand per series.

    Parameters
    ----------
    request
        What to bring up to date.
    shelf
        What is held, who can be asked.

    Returns
    -------
    tuple of Errand
        In the order asked, or that of the catalogue.

    Raises
    ------
    UnknownSeriesError
        For a name the catalogue does not hold.
    QuestionError
        For a source that is not installed.
    """
    if request.source and request.source not in shelf.sources:
        raise QuestionError(
            "fetch.source",
            "There is no source {name}.",
            "The sources are {known}.",
            name=request.source,
            known=", ".join(sorted(shelf.sources)),
        )
    specs = shelf.catalogue.specs
    wanted = [shelf.catalogue.resolve(name) for name in request.series]
    wanted = wanted or [series for series, spec in specs.items() if spec.sources]
    return tuple(_errand(specs[series], request, shelf) for series in dict.fromkeys(wanted))


def _errand(spec: SeriesSpec, request: FetchRequest, shelf: Shelf) -> Errand:
    entries = [entry for entry in spec.sources if request.source in ("", _name(entry))]
    usable = [entry for entry in entries if not _obstacle(spec, entry, shelf)]
    left_out = [said for entry in entries if (said := _obstacle(spec, entry, shelf))]
    if not entries:
        left_out.append(say("fetch.no_source", series=Name(spec.id)))
    span = _span(spec, usable[0], request, shelf) if usable else None
    return Errand(
        series=spec.id,
        sources=tuple(usable),
        span=span,
        held=shelf.ends.get(spec.id),
        calls=len(asked(spec, usable[0], span, shelf)) if span else 0,
        left_out=tuple(left_out),
    )


def asked(spec: SeriesSpec, entry: str, span: Span, shelf: Shelf) -> tuple[Request, ...]:
    """Return the calls that fetch a span from one source."""
    name, _, code = entry.partition(":")
    return shelf.sources[name].ask(spec, code, span, shelf.keys)


def _name(entry: str) -> str:
    return entry.partition(":")[0]


def _obstacle(spec: SeriesSpec, entry: str, shelf: Shelf) -> Message | None:
    """Say why a source cannot be asked, if it cannot."""
    name = _name(entry)
    if name not in shelf.sources:
        return say("fetch.not_installed", source=name)
    missing = [key for key in shelf.sources[name].keys if not shelf.keys.get(key)]
    if missing:
        page = shelf.sources[name].page
        setting = f"COMOVE_{missing[0].upper()}"
        return say("fetch.no_key", source=name, setting=setting, page=page)
    try:
        asked(spec, entry, Span(first=shelf.today, last=shelf.today), shelf)
    except ComoveError as refusal:
        return say("fetch.refused", source=entry, reason=told(refusal))
    return None


def _span(spec: SeriesSpec, entry: str, request: FetchRequest, shelf: Shelf) -> Span | None:
    due = _due(spec, shelf.today)
    first = request.since or _continued(spec, entry, shelf)
    return Span(first=first, last=due) if due is not None and first <= due else None


def _due(spec: SeriesSpec, today: date) -> date | None:
    try:
        return due_label(spec, today)
    except NoDataError:
        return today  # beyond the bundled calendars a source may know more than they do


def _continued(spec: SeriesSpec, entry: str, shelf: Shelf) -> date:
    """Return where to go on: some days before the end, or at the beginning.

    Adjusted prices are asked for from the beginning: a dividend changes all that lies before it,
    and two adjustments cannot be joined.
    """
    end = shelf.ends_by_source.get((spec.id, entry))
    if end is None and not spec.adjusted:
        end = shelf.ends.get(spec.id)
    if end is None or (spec.adjusted and end < (_due(spec, shelf.today) or end)):
        return BEGINNING
    return max(end - timedelta(days=OVERLAP[spec.publication]), BEGINNING)
