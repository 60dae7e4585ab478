"""Keep what a user declared: rows of a catalogue of their own, over the one that ships."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, asdict, fields
from pathlib import Path
from typing import Any

from comove.core.errors import DamagedFileError
from comove.core.series import Clock, SeriesSpec
from comove.data.store.disk import write_whole
from comove.data.store.faults import named


def keep_declared(specs: Mapping[str, SeriesSpec], file: Path) -> None:
    """Add series to a user's catalogue.

    Parameters
    ----------
    specs
        Id to series; one that is there already is replaced.
    file
        TOML with one table ``[series.<id>]`` each; made when absent.

    Raises
    ------
    DamagedFileError
        When the file is there and is no such TOML.
    StoreError
        When it cannot be written; it is then as it was.
    """
    import tomli_w

    found: dict[str, Any] = {}
    if file.exists():
        try:
            found = tomllib.loads(file.read_text(encoding="utf-8"))
            held = dict(found.get("series", {}))
        except (OSError, ValueError, TypeError) as cause:
            raise DamagedFileError(
                "catalogue.unreadable",
                "{file} cannot be read as a catalogue.",
                "Mend its TOML, or move it away.",
                file=file,
            ) from cause
    else:
        held = {}
    tables = held | {series: as_table(spec) for series, spec in specs.items()}
    if tables == held:
        return
    with named(str(file)):
        write_whole(file, tomli_w.dumps(found | {"series": tables}).encode("utf-8"))


def as_table(spec: SeriesSpec) -> dict[str, Any]:
    """Return the declaration of a series, without what goes without saying.

    Parameters
    ----------
    spec
        The series.

    Returns
    -------
    dict
        Plain values, as TOML holds them.

    Examples
    --------
    >>> clock = Clock(time="16:00", zone="UTC")
    >>> as_table(SeriesSpec(id="x", kind="price", unit="usd", clock=clock))["clock"]
    {'time': '16:00', 'zone': 'UTC', 'calendar': 'XNYS'}
    """
    table: dict[str, Any] = {}
    for entry in fields(spec):
        value = getattr(spec, entry.name)
        if entry.name == "id" or value in _unsaid(entry.default):
            continue
        table[entry.name] = list(value) if isinstance(value, tuple) else value
    table["clock"] = {
        name: value for name, value in asdict(spec.clock).items() if value not in _usual(name)
    }
    table["titles"] = dict(spec.titles)
    return table


def _unsaid(default: object) -> tuple[object, ...]:
    return ((), "") if default is MISSING else (default, ())


def _usual(name: str) -> tuple[object, ...]:
    default = {entry.name: entry.default for entry in fields(Clock)}[name]
    return () if default is MISSING or name == "calendar" else (default,)
