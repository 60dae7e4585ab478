"""What a folder of bundled files must hold: sizes, spans and hashes, checked at every read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType

from comove.core.errors import DamagedFileError, NoDataError

FILE = "metadata.json"


@dataclass(frozen=True, kw_only=True)
class Record:
    """One bundled file.

    Attributes
    ----------
    file
        Name within the folder.
    sha256
        64 hex digits.
    rows
        Rows without the header.
    first, last
        First and last label (for tables: day of publication).
    origin
        The source series, e.g. ``"Yahoo GDX, adjusted close"``.
    caveats
        ``(language, sentence)`` pairs.
    """

    file: str
    sha256: str
    rows: int
    first: date
    last: date
    origin: str
    caveats: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class Manifest:
    """The records of one folder.

    Attributes
    ----------
    folder
        Where the files are.
    records
        File name to record.
    """

    folder: Path
    records: Mapping[str, Record]

    @classmethod
    def load(cls, folder: Path) -> Manifest:
        """Read a folder's ``metadata.json``.

        Parameters
        ----------
        folder
            Holds the files and their manifest.

        Returns
        -------
        Manifest
            Nothing but the manifest has been read yet.

        Raises
        ------
        DamagedFileError
            When the manifest is missing or is not what the script writes.

        Examples
        --------
        >>> Manifest.load(Path(__file__).parent / "facts").records["gdx.csv"].first
        datetime.date(2015, 1, 2)
        """
        try:
            found = json.loads((folder / FILE).read_bytes())
            records = {name: _record(name, entry) for name, entry in found["files"].items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise damaged(FILE) from error
        return cls(folder=folder, records=MappingProxyType(records))

    def record(self, file: str) -> Record:
        """Return the record of one file.

        Parameters
        ----------
        file
            Name within the folder.

        Returns
        -------
        Record
            Its hash, span, origin and caveats.

        Raises
        ------
        NoDataError
            When the folder does not list it.
        """
        if file not in self.records:
            raise NoDataError("data.not_bundled", "{file} is not among the files.", file=file)
        return self.records[file]

    def read(self, file: str) -> bytes:
        """Read a file and compare it with its recorded hash.

        Parameters
        ----------
        file
            Name within the folder.

        Returns
        -------
        bytes
            The content, byte for byte as published.

        Raises
        ------
        DamagedFileError
            When the file is gone or differs by a single bit.
        """
        record = self.record(file)
        try:
            content = (self.folder / file).read_bytes()
        except OSError as error:
            raise damaged(file) from error
        if hashlib.sha256(content).hexdigest() != record.sha256:
            raise damaged(file)
        return content


def damaged(file: str) -> DamagedFileError:
    """Return the error that names a damaged file.

    Parameters
    ----------
    file
        Name within its folder.

    Returns
    -------
    DamagedFileError
        With the hint to install again.
    """
    return DamagedFileError(
        "data.damaged",
        "{file} is missing or differs from its recorded hash.",
        "Install comove again: the copy on this disk is not the one that was published.",
        file=file,
    )


def _record(file: str, entry: Mapping[str, object]) -> Record:
    caveats = entry.get("caveats", {})
    if not isinstance(caveats, Mapping):
        raise TypeError(file)
    return Record(
        file=file,
        sha256=str(entry["sha256"]),
        rows=int(str(entry["rows"])),
        first=date.fromisoformat(str(entry["first"])),
        last=date.fromisoformat(str(entry["last"])),
        origin=str(entry["origin"]),
        caveats=tuple((str(language), str(text)) for language, text in caveats.items()),
    )
