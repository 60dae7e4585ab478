"""Read a user's file: its table, the options beside it, and the series its columns belong to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from comove.core.errors import UnreadableFileError
from comove.core.series import SeriesSpec
from comove.core.source import Rows
from comove.data.catalogue import Catalogue
from comove.data.files.columns import Found, tables_of
from comove.data.files.declaring import declared_series, toml_of
from comove.data.files.excel import excel_grid
from comove.data.files.grid import MOST_BYTES, Grid
from comove.data.files.options import FileOptions
from comove.data.files.parquet import parquet_grid
from comove.data.files.refusing import unopened
from comove.data.files.text import text_grid

EXCEL = (".xlsx", ".xlsm", ".xls", ".ods")
PARQUET = (".parquet", ".pq")
TEXT = (".csv", ".tsv", ".txt", ".dat", "")


@dataclass(frozen=True, eq=False, kw_only=True)
class FileTable:
    """One series of a file, before any quality gate.

    Attributes
    ----------
    spec
        What the series is, from the catalogue or as declared beside the file.
    rows
        As read, in the order of the file.
    column
        Column, or name in a long file, they come from.
    declared
        The series is the user's own and not in the catalogue yet.
    """

    spec: SeriesSpec
    rows: Rows
    column: str
    declared: bool


def read_file(
    path: Path | str,
    options: FileOptions | None = None,
    catalogue: Catalogue | None = None,
) -> tuple[FileTable, ...]:
    r"""Read every series of a CSV, Parquet or Excel file.

    Parameters
    ----------
    path
        The file.  ``<path>.toml`` beside it may hold options under ``[file]`` and declarations
        under ``[series.<id>]``.
    options
        Take precedence over those beside the file.
    catalogue
        What series there are; the bundled one by default.

    Returns
    -------
    tuple of FileTable
        In the order of the file.

    Raises
    ------
    UnreadableFileError
        When the file cannot be read, or can be read in two ways; says where, and which option
        decides.
    UndeclaredSeriesError
        When a column belongs to no series of the catalogue and none is declared; its hint holds
        the TOML to add.
    QuestionError
        When an option or a declaration is wrong.

    Notes
    -----
    Whether ``1,234`` is a thousand or one, and whether 02/03 is in February, is decided by other
    cells of the same file or by an option; never by a locale or by what is likely.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "mine.csv")
    ...     _ = file.write_text("Datum;GDX\n06.02.2026;104,25\n", encoding="utf-8")
    ...     [table] = read_file(file)
    >>> table.spec.id, str(table.rows.labels[0]), table.rows.values.tolist()
    ('gdx', '2026-02-06', [104.25])
    """
    file = Path(path)
    content = _content(file)
    catalogue = catalogue or Catalogue.load()
    beside = toml_of(file.with_name(f"{file.name}.toml"))
    declared = declared_series(beside.get("series", {}), catalogue, f"{file.name}.toml")
    chosen = (options or FileOptions()).over(FileOptions.of(beside.get("file", {})))
    grid = _grid(file, content, chosen)
    known = catalogue.with_series(declared)
    return tuple(_table(found, declared) for found in tables_of(grid, chosen, known))


def _table(found: Found, declared: dict[str, SeriesSpec]) -> FileTable:
    return FileTable(
        spec=found.spec,
        rows=found.rows,
        column=found.column,
        declared=found.spec.id in declared,
    )


def _content(file: Path) -> bytes:
    try:
        size = file.stat().st_size
        if size > MOST_BYTES:
            raise UnreadableFileError("file.too_large", "The file is too large.", "Split it.")
        content = file.read_bytes()
    except (OSError, ValueError) as error:
        cause = error if isinstance(error, OSError) else OSError(str(error))
        raise unopened(file, cause) from error
    if not content.strip():
        raise UnreadableFileError("file.empty", "The file is empty.")
    return content


def _grid(file: Path, content: bytes, options: FileOptions) -> Grid:
    suffix = file.suffix.casefold()
    if content.startswith(b"PAR1") or suffix in PARQUET:
        return parquet_grid(content)
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")) or suffix in EXCEL:
        return excel_grid(content, options)
    if suffix in TEXT:
        return text_grid(content, options)
    raise UnreadableFileError(
        "file.kind",
        "Files of the kind {suffix} are not read.",
        "Save it as CSV, Parquet or Excel.",
        suffix=suffix,
    )
