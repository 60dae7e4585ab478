"""The protocols: what a member of each room must offer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

from comove.core.case import Case
from comove.core.document import Document
from comove.core.driver import Driver
from comove.core.reading import Reading

Task = TypeVar("Task")
Result = TypeVar("Result")


class Channel(Protocol):
    """An explanation: measured drivers and a proposition that can fail."""

    @property
    def key(self) -> str:
        """Folder name; prefix of its words."""

    @property
    def drivers(self) -> tuple[Driver, ...]:
        """Drivers that enter the joint split when data and circularity allow."""

    @property
    def reads(self) -> tuple[str, ...]:
        """Further series and tables the evidence looks at."""

    def examine(self, case: Case) -> Reading:
        """State the verdict on the proposition, with evidence and checks."""


class Writer(Protocol):
    """An output format."""

    @property
    def format(self) -> str:
        """Name on the command line, e.g. ``"html"``."""

    def write(self, document: Document, language: str) -> bytes:
        """Return the document in this format."""


class Executor(Protocol):
    """Where work runs."""

    def map(self, function: Callable[[Task], Result], tasks: Iterable[Task]) -> list[Result]:
        """Apply ``function`` to every task, results in the order of the tasks."""
