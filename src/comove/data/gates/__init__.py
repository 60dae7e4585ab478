"""Quality gates: what comes in is accepted or quarantined with a reason, never dropped."""

from __future__ import annotations

from comove.data.gates.batch import Beside
from comove.data.gates.judging import every_rule, judge

__all__ = ["Beside", "every_rule", "judge"]
