"""What every answer can do, whatever it says."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

SCHEMA = 1
"""Version of the machine-readable form; rises when a field changes its meaning or goes."""


class Answered:
    """Base of the frozen dataclasses that answers return.

    Attributes
    ----------
    answer
        Key of the answer.
    painter
        Writes the page a notebook shows; the desk hands it in, since no noun knows how it is laid
        out.
    """

    answer: ClassVar[str]
    painter: ClassVar[Callable[[Answered], str] | None] = None

    @property
    def exit_code(self) -> int:
        """What the command line leaves with: 0, or 1 when the answer is a warning."""
        return 0

    def to_dict(self) -> dict[str, object]:
        """Return plain data (mappings, lists, numbers, ISO dates) with the schema number."""
        from comove.core.plain import as_plain

        return {"schema": SCHEMA, "answer": self.answer, **as_plain(self)}

    def to_records(self) -> tuple[dict[str, object], ...]:
        """Return every estimate as one flat row: where it stands, value, interval, unit, sample."""
        from comove.core.plain import as_records

        return as_records(self)

    def to_frame(self):  # type: ignore[no-untyped-def]  # noqa: ANN201 - pandas loads only here
        """Return :meth:`to_records` as a pandas frame."""
        import pandas as pd

        return pd.DataFrame(self.to_records())

    def _repr_html_(self) -> str | None:
        """Show the answer as a page of its own; None, and so one line of text, without a desk."""
        return None if Answered.painter is None else Answered.painter(self)
