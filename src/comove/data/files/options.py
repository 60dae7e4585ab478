"""How a file is to be read; what is left out is decided by the file itself or refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from comove.core.about import about
from comove.core.errors import QuestionError

CHOICES: Mapping[str, tuple[str, ...]] = {
    "layout": ("wide", "long"),
    "decimal": (".", ","),
    "dates": ("ymd", "dmy", "mdy", "unix", "unix_ms"),
}
"""Values of the options that have a fixed set."""

DELIMITERS: Mapping[str, str] = {"tab": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}


@dataclass(frozen=True, kw_only=True)
class FileOptions:
    """Options of one file; an empty one is decided by the file, or refused where it cannot be.

    Attributes
    ----------
    id
        The file is about this one series: a catalogue id or alias, or one declared beside it.
    layout
        ``wide``: one column per series.  ``long``: one row per series and date.
    date
        Column of dates.
    value
        Column of values, in a long file or one about a single series.
    series
        Column of names, in a long file.
    known
        Column of the instants at which values were published.
    columns
        ``(name in the file, series)`` pairs; only these are read.
    dates
        Order of the parts of a date, or ``unix`` or ``unix_ms``.
    zone
        IANA time zone of times that state none.
    decimal
        ``.`` or ``,``.
    currency
        Currency of every value, e.g. ``usd``.
    missing
        Further words that mean that there is no value.
    delimiter
        One character, or ``tab``, ``comma``, ``semicolon``, ``pipe``.
    encoding
        E.g. ``utf-8``, ``cp932``, ``utf-16``, ``cp1252``.
    skip
        Lines above the header.
    sheet
        Name of the sheet of a workbook.
    """

    id: str = field(default="", metadata=about("The file is about this one series.", flag="--as"))
    layout: str = field(
        default="",
        metadata=about("wide: one column per series; long: one row per series and date."),
    )
    date: str = field(default="", metadata=about("Column of dates."))
    value: str = field(
        default="",
        metadata=about("Column of values, in a long file or one about a single series."),
    )
    series: str = field(
        default="", metadata=about("Column of names, in a long file.", flag="--names")
    )
    known: str = field(
        default="", metadata=about("Column of the instants at which values were published.")
    )
    columns: tuple[tuple[str, str], ...] = field(
        default=(),
        metadata=about("NAME=SERIES; only these columns are read.", metavar="NAME=SERIES"),
    )
    dates: str = field(
        default="",
        metadata=about("Order of the parts of a date: ymd, dmy, mdy, or unix, unix_ms."),
    )
    zone: str = field(default="", metadata=about("IANA time zone of times that state none."))
    decimal: str = field(default="", metadata=about("Decimal sign: a point or a comma."))
    currency: str = field(default="", metadata=about("Currency of every value, e.g. usd."))
    missing: tuple[str, ...] = field(
        default=(),
        metadata=about("A further word that means that there is no value.", flag="--missing"),
    )
    delimiter: str = field(
        default="", metadata=about("One character, or tab, comma, semicolon, pipe.")
    )
    encoding: str = field(default="", metadata=about("E.g. utf-8, cp932, utf-16, cp1252."))
    skip: int = field(default=0, metadata=about("Lines above the header."))
    sheet: str = field(default="", metadata=about("Name of the sheet of a workbook."))

    def __post_init__(self) -> None:
        """Refuse values that do not exist; part ``NAME=SERIES``."""
        pairs = tuple(_pair(entry) for entry in self.columns)
        object.__setattr__(self, "columns", pairs)
        object.__setattr__(self, "missing", tuple(self.missing))
        for name, choices in CHOICES.items():
            value = getattr(self, name)
            if value and value not in choices:
                raise _refused(name, value, ", ".join(choices))
        object.__setattr__(self, "delimiter", DELIMITERS.get(self.delimiter, self.delimiter))
        if len(self.delimiter) > 1:
            raise _refused("delimiter", self.delimiter, ", ".join(DELIMITERS))
        if not 0 <= self.skip <= 1000:
            raise _refused("skip", str(self.skip), "0 - 1000")
        if self.encoding:
            _check_encoding(self.encoding)

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> FileOptions:
        """Read options from the table ``[file]`` of a TOML file.

        Parameters
        ----------
        table
            Option to value.

        Returns
        -------
        FileOptions
            With the defaults for what is left out.

        Raises
        ------
        QuestionError
            For an option that does not exist, or a value of the wrong type.
        """
        known = {field.name: field for field in fields(cls)}
        given: dict[str, Any] = {}
        for name, value in table.items():
            if name not in known:
                raise _refused("file", name, ", ".join(known))
            given[name] = _typed(name, value)
        return cls(**given)

    def over(self, beneath: FileOptions) -> FileOptions:
        """Return other options with those set here on top.

        Parameters
        ----------
        beneath
            E.g. the options declared beside the file.

        Returns
        -------
        FileOptions
            An option left empty here keeps the other's value.
        """
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        return replace(beneath, **{name: value for name, value in given.items() if value})


def _pair(entry: tuple[str, str] | str) -> tuple[str, str]:
    if not isinstance(entry, str):
        return entry
    column, sign, series = entry.rpartition("=")
    if not (sign and column.strip() and series.strip()):
        raise _refused("column", repr(entry), "NAME=SERIES")
    return column.strip(), series.strip()


def _typed(name: str, value: object) -> object:
    if name == "columns" and isinstance(value, dict):
        return tuple((str(column), str(series)) for column, series in value.items())
    if name == "missing" and isinstance(value, list):
        return tuple(str(word) for word in value)
    if name == "skip" and isinstance(value, int) and not isinstance(value, bool):
        return value
    if name not in ("columns", "missing", "skip") and isinstance(value, str):
        return value
    expected = {"columns": "{ column = series }", "missing": '["..."]', "skip": "0 - 1000"}
    raise _refused(name, repr(value), expected.get(name, '"..."'))


_NO_FILES = ("idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem")


def _check_encoding(name: str) -> None:
    import codecs

    try:
        found = codecs.lookup(name)
        text = found._is_text_encoding and found.name not in _NO_FILES  # noqa: SLF001
    except (LookupError, ValueError):
        text = False
    if not text:
        raise _refused("encoding", name, "utf-8, utf-16, cp932, cp1252")


def _refused(option: str, value: str, choices: str) -> QuestionError:
    return QuestionError(
        "file.option",
        "The option {option} cannot be {value}.",
        "Choose from: {choices}.",
        option=option,
        value=value,
        choices=choices,
    )
