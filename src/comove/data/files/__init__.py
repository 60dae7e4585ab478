"""A user's own files: tables become rows of declared series, and nothing about them is guessed."""

from __future__ import annotations

from comove.data.files.options import FileOptions
from comove.data.files.reading import FileTable, read_file

__all__ = ["FileOptions", "FileTable", "read_file"]
