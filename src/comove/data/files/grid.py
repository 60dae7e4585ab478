"""A table as it was found in a file: named columns of cells, not yet numbers or dates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from comove.core.errors import UnreadableFileError
from comove.data.files.refusing import cell, listed

MOST_ROWS = 20_000_000
MOST_COLUMNS = 5_000
MOST_BYTES = 1_000_000_000
"""Larger files are refused before they are read."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Grid:
    """Columns of equal length.

    Attributes
    ----------
    header
        Names of the columns, each once.
    columns
        Per name a list of text cells, or a NumPy array or list of typed ones.
    delimiter
        Of a text file; empty for others.
    """

    header: tuple[str, ...]
    columns: tuple[Any, ...]
    delimiter: str = ""

    def __post_init__(self) -> None:
        """Refuse a table without names, with a name twice, or without rows."""
        names = [name.strip() for name in self.header]
        object.__setattr__(self, "header", tuple(names))
        twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
        if twice:
            raise UnreadableFileError(
                "file.column_twice",
                "Two columns are called {column}.",
                "Give every column a name of its own.",
                column=cell(twice[0]),
            )
        if len(names) < 2:
            raise UnreadableFileError(
                "file.one_column",
                "There is only one column, {column}.",
                "A table has dates and values; the delimiter may be another one.",
                column=cell(names[0] if names else ""),
            )
        if not self.rows:
            raise UnreadableFileError("file.no_rows", "There are no rows below the header.")

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.columns[0])

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - cells of any type
        """Return a column by its name."""
        if name not in self.header:
            raise UnreadableFileError(
                "file.no_column",
                "There is no column {column}.",
                "The columns are {columns}.",
                column=cell(name),
                columns=listed(self.header),
            )
        return self.columns[self.header.index(name)]
