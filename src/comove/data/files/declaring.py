"""A user's series: declared in TOML with kind, unit and clock, or refused with what is missing."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_args
from zoneinfo import ZoneInfo

from comove.core.errors import (
    ComoveError,
    QuestionError,
    UndeclaredSeriesError,
    UnreadableFileError,
)
from comove.core.series import Clock, Kind, Publication, SeriesSpec, Sign
from comove.core.units import Unit
from comove.data.catalogue import Catalogue, normalised
from comove.data.files.refusing import cell, unopened

CALENDARS = ("XNYS", "XNYS-DAYS", "US-BOND", "US-FED", "FX", "24/7")
UNITS = ("usd", "jpy", "index", "percent", "basis_points", "vol_points", "ratio", "usd_bn")
"""Units that levels of series usually have; every name of ``core.units`` is accepted."""

_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_LISTS = ("made_from", "tags", "sources", "aliases")
_CHOICES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "kind": get_args(Kind),
        "unit": get_args(Unit),
        "publication": get_args(Publication),
        "sign": get_args(Sign),
    }
)


def template(series: str, given: Mapping[str, Any] | None = None, called: str = "") -> str:
    """Write the declaration that a series needs, with blanks for what is not known.

    Parameters
    ----------
    series
        Its id.
    given
        What is declared already.
    called
        Its name in the file.

    Returns
    -------
    str
        TOML, one table.

    Examples
    --------
    >>> print(template("mine", {"kind": "price", "unit": "usd"}))
    [series.mine]
    kind = "price"
    unit = "usd"
    clock = { time = "HH:MM", zone = "", calendar = "" }  # e.g. 16:00, America/New_York, XNYS
    """
    given = given or {}
    kinds = ", ".join(get_args(Kind))
    lines = [f"[series.{series}]"]
    for name, choices in (("kind", kinds), ("unit", ", ".join(UNITS) + " ...")):
        value = given.get(name)
        lines.append(f'{name} = "{value}"' if value else f'{name} = ""  # {choices}')
    clock = given.get("clock")
    filled = isinstance(clock, Mapping) and {"time", "zone", "calendar"} <= set(clock)
    if filled:
        lines.append(f"clock = {_inline(dict(clock))}")  # type: ignore[arg-type]
    else:
        lines.append(
            'clock = { time = "HH:MM", zone = "", calendar = "" }'
            "  # e.g. 16:00, America/New_York, XNYS"
        )
    if called and normalised(called) != normalised(series):
        lines.append(f"aliases = [{json.dumps(called, ensure_ascii=False)}]")
    return "\n".join(lines)


def undeclared(series: str, given: Mapping[str, Any] | None = None) -> UndeclaredSeriesError:
    """Build the error of a series without kind, unit or clock.

    Parameters
    ----------
    series
        As named by the user.
    given
        What is declared already.

    Returns
    -------
    UndeclaredSeriesError
        Its hint holds the exact TOML to add.
    """
    return UndeclaredSeriesError(
        "file.undeclared",
        "{series} is not in the catalogue, and its kind, unit and clock are not declared.",
        "Fill this in and save it beside the file, under its name with .toml added, or give it to"
        " an existing series with --as:\n{toml}",
        series=cell(series),
        toml=template(as_id(series), given, series),
    )


def as_id(name: str) -> str:
    """Return an id made of a name: lower case, letters, digits and underscores."""
    found = re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_")
    return found if _ID.fullmatch(found) else "mine"


def declared_series(
    tables: Mapping[str, Any], catalogue: Catalogue, where: str
) -> dict[str, SeriesSpec]:
    """Read the tables ``[series.<id>]`` of a user's TOML file.

    Parameters
    ----------
    tables
        Id to table.
    catalogue
        What is known already; ids and names of it cannot be taken.
    where
        Name of the TOML file, for errors.

    Returns
    -------
    dict
        Id to series, in the order of the file.

    Raises
    ------
    UndeclaredSeriesError
        When kind, unit or clock is missing.
    QuestionError
        For a field that does not exist, a value of no meaning, an id that is taken, or a reference
        to a series that is unknown.
    """
    found = {series: _series(series, table, catalogue, where) for series, table in tables.items()}
    for series, spec in found.items():
        for other in (*spec.made_from, *((spec.related,) if spec.related else ())):
            if other not in catalogue.specs and other not in found:
                raise QuestionError(
                    "data.catalogue_reference",
                    "{id} refers to {other}, which is not in the catalogue.",
                    id=series,
                    other=other,
                )
    return found


def _series(series: str, table: object, catalogue: Catalogue, where: str) -> SeriesSpec:
    if not isinstance(table, Mapping):
        raise _wrong(series, "series", repr(table), "[series.<id>]", where)
    _check_id(series, catalogue, where)
    if any(not table.get(name) for name in ("kind", "unit", "clock")):
        raise undeclared(series, table)
    row = dict(table)
    _check_fields(series, row, {field.name for field in fields(SeriesSpec)} - {"id"}, where)
    for name, choices in _CHOICES.items():
        if name in row and row[name] not in choices:
            raise _wrong(series, name, str(row[name]), ", ".join(choices), where)
    for name, kind, shape in (("adjusted", bool, "true, false"), ("related", str, '"..."')):
        if not isinstance(row.get(name, kind()), kind):
            raise _wrong(series, name, str(row[name]), shape, where)
    for name in _LISTS:
        row[name] = _words(series, name, row.get(name, []), where)
    row["titles"] = _titles(series, row.get("titles", {}), where)
    return SeriesSpec(**(row | {"id": series, "clock": _clock(series, row["clock"], where)}))


def _check_id(series: str, catalogue: Catalogue, where: str) -> None:
    if not _ID.fullmatch(series):
        raise _wrong(series, "id", series, "a-z, 0-9, _", where)
    if series in catalogue.specs or normalised(series) in catalogue.names:
        raise QuestionError(
            "file.taken",
            "{series} is a name of the catalogue already.",
            "Choose another id; --as {series} imports into the existing series.",
            series=series,
        )


def _titles(series: str, titles: object, where: str) -> dict[str, str]:
    if not isinstance(titles, Mapping) or not all(isinstance(t, str) for t in titles.values()):
        raise _wrong(series, "titles", str(titles), '{ en = "...", ja = "..." }', where)
    return {"en": series, "ja": titles.get("en", series)} | dict(titles)


def _check_fields(series: str, row: Mapping[str, Any], known: set[str], where: str) -> None:
    for name in row:
        if name not in known:
            raise _wrong(series, "field", name, ", ".join(sorted(known)), where)


def _words(series: str, name: str, value: object, where: str) -> tuple[str, ...]:
    if isinstance(value, list | tuple) and all(isinstance(word, str) for word in value):
        return tuple(value)
    raise _wrong(series, name, repr(value), '["..."]', where)


def _clock(series: str, table: object, where: str) -> Clock:
    if not isinstance(table, Mapping) or not {"time", "zone", "calendar"} <= set(table):
        raise undeclared(series, {"clock": table})
    _check_fields(series, table, {field.name for field in fields(Clock)}, where)
    if not _TIME.fullmatch(str(table["time"])):
        raise _wrong(series, "time", str(table["time"]), "HH:MM", where)
    try:
        ZoneInfo(str(table["zone"]))
    except (KeyError, ValueError, OSError) as error:
        raise _wrong(series, "zone", str(table["zone"]), "America/New_York, UTC", where) from error
    if table["calendar"] not in CALENDARS:
        raise _wrong(series, "calendar", str(table["calendar"]), ", ".join(CALENDARS), where)
    offset, hours = table.get("day_offset", 0), table.get("tolerance_hours", 2.0)
    if isinstance(offset, bool) or not isinstance(offset, int) or not -2 <= offset <= 2:
        raise _wrong(series, "day_offset", str(offset), "-2 - 2", where)
    if isinstance(hours, bool) or not isinstance(hours, int | float) or not 0 < hours <= 24:
        raise _wrong(series, "tolerance_hours", str(hours), "0 - 24", where)
    return Clock(**(dict(table) | {"tolerance_hours": float(hours)}))


def _wrong(series: str, name: str, value: str, choices: str, where: str) -> ComoveError:
    return QuestionError(
        "file.declaration",
        "In {where} the {name} of {series} cannot be {value}.",
        "Possible: {choices}.",
        where=where,
        name=name,
        series=series,
        value=cell(value),
        choices=choices,
    )


def _inline(table: Mapping[str, object]) -> str:
    pairs = (f"{name} = {_value(value)}" for name, value in table.items())
    return "{ " + ", ".join(pairs) + " }"


def _value(value: object) -> str:
    return repr(value) if isinstance(value, int | float) else f'"{value}"'


def toml_of(file: Path) -> dict[str, Any]:
    """Read a TOML file; nothing when it does not exist.

    Parameters
    ----------
    file
        Where it is.

    Returns
    -------
    dict
        As parsed.

    Raises
    ------
    UnreadableFileError
        When it cannot be read or is no TOML; names the line.
    """
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise unopened(file, error) from error
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise UnreadableFileError(
            "file.not_toml", "{file} is no TOML: {reason}.", file=file.name, reason=str(error)
        ) from error
