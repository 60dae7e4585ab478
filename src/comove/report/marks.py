"""A mark per verdict, so that it is told without colour."""

from __future__ import annotations

from types import MappingProxyType

VERDICTS = MappingProxyType({"supports": "✓", "against": "✗", "cannot_tell": "?", "silent": "–"})
"""Verdict to one character."""

RULINGS = MappingProxyType(
    {"holds": "✓", "does_not_hold": "✗", "misleading": "!", "cannot_tell": "?", "not_testable": "–"}
)
"""Verdict on a claim to one character."""

MARKS = MappingProxyType({**VERDICTS, **RULINGS})
"""Either."""
