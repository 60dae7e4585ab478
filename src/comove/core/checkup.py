"""How a source answered a trial call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from comove.core.errors import ComoveError


@dataclass(frozen=True, kw_only=True)
class Checkup:
    """One source, tried for real.

    Attributes
    ----------
    source
        Its name.
    code
        What was asked for.
    outcome
        ``ok``; ``no_key`` when it was not called for want of a key; ``failed``.
    calls
        How many calls were made.
    rows
        How many rows were read.
    last
        Label of the latest row; None when there is none.
    refusal
        Why not, when the outcome is another than ``ok``.
    page
        Address of the service's documentation.
    """

    source: str
    code: str
    outcome: Literal["ok", "no_key", "failed"]
    page: str
    calls: int = 0
    rows: int = 0
    last: date | None = None
    refusal: ComoveError | None = None
