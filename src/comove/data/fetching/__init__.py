"""From what is missing to what is held: plan the calls, make them, judge and keep the rows."""

from comove.data.fetching.planning import plan
from comove.data.fetching.running import run

__all__ = ["plan", "run"]
