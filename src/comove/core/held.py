"""What is held, as far as a request needs to know it to become exact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Protocol

from comove.core.errors import QuestionError
from comove.core.series import SeriesSpec


class Names(Protocol):
    """The catalogue, as a request sees it."""

    @property
    def specs(self) -> Mapping[str, SeriesSpec]:
        """Every series by id."""

    def resolve(self, name: str) -> str:
        """Return the id behind an id, ticker, title or alias."""


class Held(Protocol):
    """Names, freshness and files the user names; no value of a series is read through it."""

    @property
    def catalogue(self) -> Names:
        """What the series are."""

    def last_fresh_day(self, assets: Sequence[str]) -> date:
        """Return the last session at whose end every asset had the value that was due."""

    def text(self, path: str) -> str:
        """Return the text of a file that the request names."""


def asset_ids(names: Iterable[str], held: Held) -> tuple[str, ...]:
    """Return the ids behind names of assets.

    Parameters
    ----------
    names
        Ids, tickers, titles or aliases.
    held
        What is held.

    Returns
    -------
    tuple of str
        Catalogue ids in the order given.

    Raises
    ------
    UnknownSeriesError
        For a name that the catalogue does not hold.
    QuestionError
        For a series that has no price.
    """
    found = tuple(held.catalogue.resolve(name) for name in names)
    for series in found:
        spec = held.catalogue.specs[series]
        if spec.kind != "price":
            raise QuestionError(
                "question.not_an_asset",
                "{id} is a {kind}, not an asset with a price.",
                "It can be a driver of others; ask about prices: comove data list.",
                id=series,
                kind=spec.kind,
            )
    return found


def settle_assets(request: Any, held: Held) -> Any:  # noqa: ANN401 - the request of any answer
    """Make a request exact whose names are all in ``assets``.

    Parameters
    ----------
    request
        With fields ``assets`` and ``asof``.
    held
        What is held.

    Returns
    -------
    object
        The same kind of request, with catalogue ids and an as-of day.

    Raises
    ------
    UnknownSeriesError, QuestionError, DataError
        When a name is unknown, is asked about twice, or has no history.
    """
    assets = asset_ids(request.assets, held)
    settled = replace(request, assets=assets)
    return replace(settled, asof=request.asof or held.last_fresh_day(assets))
