"""Every series and table the project knows, and the names people use for them."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

from comove.core.errors import DamagedFileError, QuestionError, UnknownSeriesError
from comove.core.series import Clock, SeriesSpec
from comove.data.manifest import damaged

FILE = Path(__file__).with_name("catalogue.toml")
_IGNORED = str.maketrans("", "", " \t-_/.,=^:;・'’()+&")
_LISTS = ("made_from", "tags", "sources", "aliases")


@dataclass(frozen=True, kw_only=True)
class TableSpec:
    """A small table of dated figures.

    Attributes
    ----------
    id
        Its file is ``<id>.csv``.
    columns
        Column name to ``int``, ``float``, ``date`` or ``text``.
    titles
        Display name per language.
    """

    id: str
    columns: Mapping[str, str]
    titles: Mapping[str, str]


@dataclass(frozen=True, eq=False)
class Catalogue:
    """The rows, by id.

    Attributes
    ----------
    specs
        Id to series, in the order of the file.
    tables
        Id to table.
    """

    specs: Mapping[str, SeriesSpec]
    tables: Mapping[str, TableSpec]

    @classmethod
    def load(cls, file: Path = FILE) -> Catalogue:
        """Read a catalogue file.

        Parameters
        ----------
        file
            TOML; the bundled one by default.

        Returns
        -------
        Catalogue
            Read-only.

        Raises
        ------
        QuestionError
            When a row names a kind or publication rule that does not exist, or a series that is
            not in the catalogue.
        DamagedFileError
            When the file is missing, is no TOML or lacks a field.

        Examples
        --------
        >>> Catalogue.load().resolve("ＢＴＣ／ＵＳＤＴ")
        'btc'
        """
        try:
            return cls._parsed(tomllib.loads(file.read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError) as cause:
            raise damaged(file.name) from cause

    def extended(self, file: Path) -> Catalogue:
        """Return the catalogue with further rows.

        Parameters
        ----------
        file
            TOML in the same form, with ``[series.<id>]`` rows; the other sections may be absent.

        Returns
        -------
        Catalogue
            A row of ``file`` takes the place of one with the same id.

        Raises
        ------
        QuestionError
            As :meth:`load`.
        DamagedFileError
            When the file is no TOML or lacks a field.
        """
        try:
            found = tomllib.loads(file.read_text(encoding="utf-8"))
            added = {key: _series(key, row) for key, row in found.get("series", {}).items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as cause:
            raise _unreadable(file) from cause
        specs = {**self.specs, **added}
        _refuse_strangers(specs)
        return Catalogue(MappingProxyType(specs), self.tables)

    @classmethod
    def _parsed(cls, found: dict[str, Any]) -> Catalogue:
        specs = {key: _series(key, row) for key, row in found["series"].items()}
        _refuse_strangers(specs)
        tables = {
            key: TableSpec(
                id=key,
                columns=MappingProxyType(dict(row["columns"])),
                titles=MappingProxyType(dict(row["titles"])),
            )
            for key, row in found["tables"].items()
        }
        return cls(MappingProxyType(specs), MappingProxyType(tables))

    def __getitem__(self, series: str) -> SeriesSpec:
        """Return one row by its id."""
        if series not in self.specs:
            raise self._unknown(series)
        return self.specs[series]

    def with_series(self, specs: Mapping[str, SeriesSpec]) -> Catalogue:
        """Return a catalogue that holds further series, e.g. those a user has declared.

        Parameters
        ----------
        specs
            Id to series.

        Returns
        -------
        Catalogue
            Ids and names that were there keep their meaning.
        """
        return Catalogue(
            MappingProxyType(
                {**self.specs, **{k: v for k, v in specs.items() if k not in self.specs}}
            ),
            self.tables,
        )

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Map each normalised name to the series; ids first, so an alias never hides one."""
        names = {normalised(series): series for series in self.specs}
        for series, spec in self.specs.items():
            for name in (*spec.titles.values(), *spec.aliases):
                names.setdefault(normalised(name), series)
        return names

    def resolve(self, name: str) -> str:
        """Return the id behind a name.

        Parameters
        ----------
        name
            An id, ticker, title or alias in any language; case, width, spaces and punctuation do
            not matter.

        Returns
        -------
        str
            Catalogue id.

        Raises
        ------
        UnknownSeriesError
            Naming the three nearest names.
        """
        found = self.names.get(normalised(name))
        if found is None:
            raise self._unknown(name)
        return found

    def nearest(self, name: str, count: int = 3) -> tuple[str, ...]:
        """Return the series whose names look most like ``name``.

        Parameters
        ----------
        name
            Anything.
        count
            How many.

        Returns
        -------
        tuple of str
            Ids, nearest first.
        """
        from difflib import SequenceMatcher

        wanted = normalised(name)
        best: dict[str, float] = {}
        for known, series in self.names.items():
            score = SequenceMatcher(None, wanted, known).ratio()
            best[series] = max(best.get(series, 0.0), score)
        return tuple(sorted(best, key=lambda series: -best[series])[:count])

    def _unknown(self, name: str) -> UnknownSeriesError:
        return UnknownSeriesError(
            "data.unknown_series",
            "{name} is not in the catalogue.",
            "The nearest names are {nearest}; comove data list shows all.",
            name=repr(name),
            nearest=", ".join(self.nearest(name)),
        )


def _unreadable(file: Path) -> DamagedFileError:
    return DamagedFileError(
        "data.catalogue_form",
        "{path} is not a catalogue.",
        "Write its rows as in the bundled catalogue.toml: kind, unit, clock, titles.",
        path=str(file),
    )


def normalised(name: str) -> str:
    """Return a name without case, width, spaces and punctuation.

    Parameters
    ----------
    name
        As typed.

    Returns
    -------
    str
        Two names are the same when their normal forms are.

    Examples
    --------
    >>> normalised("Ｎａｓｄａｑ－１００"), normalised("BTC/USDT")
    ('nasdaq100', 'btcusdt')
    """
    return unicodedata.normalize("NFKC", name).casefold().translate(_IGNORED)


def _series(key: str, row: dict[str, Any]) -> SeriesSpec:
    lists = {name: tuple(row.get(name, ())) for name in _LISTS}
    return SeriesSpec(**(row | lists | {"id": key, "clock": Clock(**row["clock"])}))


def _refuse_strangers(specs: Mapping[str, SeriesSpec]) -> None:
    for spec in specs.values():
        for other in {*spec.made_from, spec.stands_for, spec.related} - {""}:
            if other not in specs:
                raise QuestionError(
                    "data.catalogue_reference",
                    "{id} refers to {other}, which is not in the catalogue.",
                    id=spec.id,
                    other=other,
                )
