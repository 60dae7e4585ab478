"""Which column holds dates, which values, and to which series they belong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from comove.core.errors import UnreadableFileError
from comove.core.observations import Floats, Instants
from comove.core.series import SeriesSpec
from comove.core.source import Rows
from comove.data.catalogue import Catalogue, normalised
from comove.data.files.days import Days
from comove.data.files.declaring import undeclared
from comove.data.files.grid import Grid
from comove.data.files.numerals import Figures, decimal_mark, values
from comove.data.files.options import FileOptions
from comove.data.files.refusing import cell, listed
from comove.data.files.typed import dates, is_text, numbers, refuse_unusable

DATES = (
    "date", "dates", "day", "time", "timestamp", "datetime", "observationdate", "datum", "fecha",
    "日付", "年月日", "日時", "データ日付", "基準日", "取引日", "indexlevel0",
)  # fmt: skip
"""Names of a column of dates, in normal form."""
NAMES = (
    "series",
    "seriesid",
    "id",
    "ticker",
    "symbol",
    "asset",
    "variable",
    "銘柄",
    "系列",
    "名称",
)
VALUES = ("value", "values", "close", "price", "last", "obsvalue", "値", "終値", "価格", "数値")
ADJUSTED = ("adjclose", "adjustedclose", "調整後終値", "修正後終値")
PERCENT: Mapping[str, float] = MappingProxyType(
    {
        "percent": 1.0,
        "percent_change": 1.0,
        "vol_points": 1.0,
        "basis_points": 100.0,
        "share": 0.01,
        "probability": 0.01,
        "simple_return": 0.01,
        "ratio": 0.01,
    }
)
"""Unit of a series to what one per cent is in it; a % sign on any other is refused."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Found:
    """One series of a table.

    Attributes
    ----------
    spec
        What it is.
    rows
        As read.
    column
        Column, or name in a long file, they come from.
    """

    spec: SeriesSpec
    rows: Rows
    column: str


def tables_of(grid: Grid, options: FileOptions, catalogue: Catalogue) -> Iterator[Found]:
    """Take a table apart into series.

    Parameters
    ----------
    grid
        The table.
    options
        What is declared about it.
    catalogue
        With the user's own series.

    Yields
    ------
    Found
        In the order of the table.

    Raises
    ------
    UnreadableFileError
        When the column of dates or values cannot be told, or a cell cannot be read.
    UndeclaredSeriesError
        When a column belongs to no series.
    """
    date = _date_column(grid, options)
    if _long(grid, options):
        yield from _long_tables(grid, date, options, catalogue)
        return
    pairs = _wide_columns(grid, date, options, catalogue)
    when = dates(grid[date], date, options)
    known = _known(grid, options)
    found = {column: numbers(grid[column], column, options.missing) for column, _ in pairs}
    for (column, spec), read in zip(pairs, _settled(found, grid, options), strict=True):
        yield Found(spec=spec, rows=_rows(spec, when, known, read, options), column=column)


@dataclass(frozen=True, eq=False, kw_only=True)
class _Read:
    """Numbers of a column with what stood beside them."""

    column: str
    values: Floats
    percent: bool = False
    currency: str = ""


def _settled(
    found: Mapping[str, Floats | Figures], grid: Grid, options: FileOptions
) -> list[_Read]:
    """Settle the decimal mark of the whole file, then read the text columns."""
    texts = [each for each in found.values() if isinstance(each, Figures)]
    mark = decimal_mark(texts, options.decimal, grid.delimiter) if texts else "."
    return [
        _Read(
            column=column,
            values=values(each, mark),
            percent=each.percent,
            currency=each.currency,
        )
        if isinstance(each, Figures)
        else _Read(column=column, values=each)
        for column, each in found.items()
    ]


def _named(grid: Grid, names: Sequence[str]) -> list[str]:
    return [column for column in grid.header if normalised(column) in names]


def _date_column(grid: Grid, options: FileOptions) -> str:
    if options.date:
        _ = grid[options.date]
        return options.date
    found = _named(grid, DATES)
    if len(found) == 1:
        return found[0]
    if not found and _looks_like_dates(grid, options):
        return grid.header[0]
    raise UnreadableFileError(
        "file.no_dates",
        "The column of dates cannot be told; the columns are {columns}.",
        "Name it: --date COLUMN.",
        columns=listed(grid.header),
    )


def _looks_like_dates(grid: Grid, options: FileOptions) -> bool:
    column = grid.columns[0]
    if isinstance(column, np.ndarray):
        return bool(column.dtype.kind == "M")
    if not isinstance(column, list):
        return False
    try:
        dates(column[:5], grid.header[0], options)
    except UnreadableFileError as error:
        return error.code in ("file.day_or_month", "file.no_zone", "file.short_year")
    return True


def _long(grid: Grid, options: FileOptions) -> bool:
    if options.layout:
        return options.layout == "long"
    if options.series:
        return True
    if options.id or options.columns:
        return False
    return len(_named(grid, NAMES)) == 1 and len(_value_columns(grid)) >= 1


def _value_columns(grid: Grid) -> list[str]:
    return _named(grid, (*VALUES, *ADJUSTED))


def _wide_columns(
    grid: Grid, date: str, options: FileOptions, catalogue: Catalogue
) -> list[tuple[str, SeriesSpec]]:
    """Pair columns with series."""
    if options.id:
        spec = _spec(options.id, catalogue)
        return [(_value_column(grid, date, options, spec), spec)]
    if options.columns:
        pairs = [(column, _spec(name, catalogue)) for column, name in options.columns]
    else:
        others = [column for column in grid.header if column not in (date, options.known)]
        pairs = [(column, _spec(column, catalogue)) for column in others]
    ids = [spec.id for _, spec in pairs]
    twice = next((series for series in ids if ids.count(series) > 1), None)
    if twice:
        raise UnreadableFileError(
            "file.series_twice",
            "Two columns belong to {series}: {columns}.",
            "Choose one: --column NAME=SERIES.",
            series=twice,
            columns=listed([column for column, spec in pairs if spec.id == twice]),
        )
    return pairs


def _spec(name: str, catalogue: Catalogue) -> SeriesSpec:
    found = catalogue.names.get(normalised(name)) if normalised(name) else None
    if found is None:
        raise undeclared(name)
    return catalogue.specs[found]


def _value_column(grid: Grid, date: str, options: FileOptions, spec: SeriesSpec) -> str:
    """Return the column of values of a table about one series."""
    if options.value:
        _ = grid[options.value]
        return options.value
    others = [column for column in grid.header if column not in (date, options.known)]
    if len(others) == 1:
        return others[0]
    adjusted, plain = _named(grid, ADJUSTED), _named(grid, VALUES)
    wanted = adjusted if spec.adjusted and adjusted else plain
    if len(wanted) == 1 and (not spec.adjusted or adjusted):
        return wanted[0]
    raise UnreadableFileError(
        "file.no_values",
        "The column of values of {series} cannot be told; the columns are {columns}.",
        "Name it: --value COLUMN.",
        series=spec.id,
        columns=listed(others),
    )


def _long_tables(
    grid: Grid, date: str, options: FileOptions, catalogue: Catalogue
) -> Iterator[Found]:
    name = options.series or next(iter(_named(grid, NAMES)), "")
    value = options.value or next(iter(_value_columns(grid)), "")
    if not name or not value or (not options.value and len(_value_columns(grid)) > 1):
        raise UnreadableFileError(
            "file.long_columns",
            "The columns of names and values cannot be told; the columns are {columns}.",
            "Name them: --names COLUMN --value COLUMN.",
            columns=listed(grid.header),
        )
    when, known = dates(grid[date], date, options), _known(grid, options)
    labels = grid[name]
    for found in (name, value):
        refuse_unusable(grid[found], found)
    if not is_text(labels):
        labels = [str(label) for label in labels]
    mapped = dict(options.columns)
    names = list(dict.fromkeys(labels))
    specs = {label: _spec(mapped.get(label, label), catalogue) for label in names}
    numbered = {label: i for i, label in enumerate(names)}
    which = np.array([numbered[label] for label in labels])
    column = grid[value]
    parts: dict[str, Floats | Figures] = {}
    places = {label: np.flatnonzero(which == i) for label, i in numbered.items()}
    for label in names:
        parts[label] = numbers(_taken(column, places[label]), value, options.missing)
    for label, read in zip(names, _settled(parts, grid, options), strict=True):
        rows = _rows(
            specs[label], _at(when, places[label]), _part(known, places[label]), read, options
        )
        yield Found(spec=specs[label], rows=rows, column=label)


def _taken(column: Any, places: np.ndarray) -> Any:  # noqa: ANN401 - cells of any type
    return column[places] if isinstance(column, np.ndarray) else [column[i] for i in places]


def _at(when: Days, places: np.ndarray) -> Days:
    return Days(labels=when.labels[places], instants=_part(when.instants, places))


def _part(instants: Instants | None, places: np.ndarray) -> Instants | None:
    return None if instants is None else instants[places]


def _known(grid: Grid, options: FileOptions) -> Instants | None:
    """Return when values were published; a bare date counts from its end in New York."""
    if not options.known:
        return None
    from comove.data.clocks import ends_of_days

    stated = dates(grid[options.known], options.known, options)
    return ends_of_days(stated.labels) if stated.instants is None else stated.instants


def _rows(
    spec: SeriesSpec, when: Days, known: Instants | None, read: _Read, options: FileOptions
) -> Rows:
    labels = when.labels if when.instants is None else _labels(when.instants, spec)
    return Rows(
        labels=labels,
        values=_in_unit(read, spec),
        struck=when.instants,
        known=known,
        currency=_currency(read, options),
    )


def _labels(instants: Instants, spec: SeriesSpec) -> Instants:
    """Return the label of each instant: its day in the series' zone.

    Where a label is struck on the following day (bitcoin's at midnight), the day lasts until then.
    """
    from comove.data.clocks import minute_of, utc

    clock = spec.clock
    if clock.day_offset > 0:
        instants = np.asarray(instants - np.timedelta64(60 * minute_of(clock.time) + 1, "s"))
    days = instants.astype("M8[D]")
    midnight = utc(days, "00:00", clock.zone)
    following = utc(np.asarray(days + np.timedelta64(1, "D")), "00:00", clock.zone)
    before, after = instants < midnight, instants >= following
    local = days - before.astype("m8[D]") + after.astype("m8[D]")
    further = clock.day_offset - 1 if clock.day_offset > 0 else clock.day_offset
    return np.asarray(local - np.timedelta64(further, "D"))


def _in_unit(read: _Read, spec: SeriesSpec) -> Floats:
    if not read.percent:
        return read.values
    if spec.unit not in PERCENT:
        raise UnreadableFileError(
            "file.percent",
            "The values of column {column} carry a percent sign, and {series} is in {unit}.",
            "Declare the unit of the series as it is in the file.",
            column=cell(read.column),
            series=spec.id,
            unit=spec.unit,
        )
    return read.values * PERCENT[spec.unit]


def _currency(read: _Read, options: FileOptions) -> str:
    declared = options.currency.strip().casefold()
    if read.currency and declared and read.currency != declared:
        raise UnreadableFileError(
            "file.currency",
            "The values of column {column} are in {found}, and {declared} is declared.",
            column=cell(read.column),
            found=read.currency,
            declared=declared,
        )
    return read.currency or declared
