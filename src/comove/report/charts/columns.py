"""Reading an exhibit: what a chart needs must be there, or the exhibit is refused by name."""

from __future__ import annotations

from collections.abc import Mapping

from comove.core.errors import OutputError
from comove.core.exhibit import Exhibit
from comove.report.charts.axes import coordinate
from comove.report.charts.scene import Number


def column(exhibit: Exhibit, name: str) -> tuple[object, ...]:
    """Return a column.

    Parameters
    ----------
    exhibit
        That should hold it.
    name
        Of the column.

    Returns
    -------
    tuple of object
        Its values.

    Raises
    ------
    OutputError
        When it is missing, or not as long as the first column.
    """
    found = exhibit.columns.get(name)
    if found is None or len(found) != len(next(iter(exhibit.columns.values()))):
        raise OutputError(
            "chart.column",
            "The exhibit {key} ({kind}) has no full column {name}.",
            "See comove.core.exhibit for what each kind of chart needs.",
            key=exhibit.key,
            kind=exhibit.kind,
            name=name,
        )
    return found


def numbers(exhibit: Exhibit, name: str) -> tuple[Number, ...]:
    """Return a column of numbers; None where a value is missing or not finite."""
    return tuple(coordinate(value) for value in column(exhibit, name))


def strings(exhibit: Exhibit, mark: str) -> tuple[str, ...]:
    """Return a mark that lists names; empty when it is absent."""
    found = exhibit.marks.get(mark)
    return tuple(map(str, found)) if isinstance(found, list | tuple) else ()


def number(exhibit: Exhibit, mark: str) -> Number:
    """Return a mark that is a number; None when it is absent or not finite."""
    return coordinate(exhibit.marks.get(mark))


def table(exhibit: Exhibit, mark: str) -> Mapping[str, object]:
    """Return a mark that maps names to values; empty when it is absent."""
    found = exhibit.marks.get(mark)
    return found if isinstance(found, Mapping) else {}
