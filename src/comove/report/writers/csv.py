"""CSV: every estimate as one row."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from comove.core.document import Document

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""First characters that make a spreadsheet run a text."""


@dataclass(frozen=True)
class CsvWriter:
    """Writes the flat rows: the same bytes in every language.

    Attributes
    ----------
    format
        Name on the command line.
    """

    format: str = "csv"

    def write(self, document: Document, language: str) -> bytes:  # noqa: ARG002
        r"""Return the rows.

        Parameters
        ----------
        document
            Its records are flat.
        language
            Has no influence: columns are field names, values are unrounded.

        Returns
        -------
        bytes
            UTF-8 without byte-order mark, ``\n`` line ends, one heading row; numbers at full
            precision, empty where there is none; a text that a spreadsheet would run as a formula
            is preceded by an apostrophe.
        """
        columns = list(dict.fromkeys(name for record in document.records for name in record))
        text = io.StringIO(newline="")
        table = csv.writer(text, lineterminator="\n")
        table.writerow(columns)
        for record in document.records:
            table.writerow([_plain(record.get(name)) for name in columns])
        return text.getvalue().encode()


def _plain(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value


writer = CsvWriter()
