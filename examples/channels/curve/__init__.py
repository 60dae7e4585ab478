"""A flatter yield curve: the market fears for growth, and risky assets fall with it.

A sixth channel, made to be copied.  ``COMOVE_CHANNELS=examples/channels comove explain BTC GDX``
puts it beside the five that come with comove.
"""

from __future__ import annotations

from dataclasses import dataclass

from comove.channels._moves import Told
from comove.channels._story import tell
from comove.core.case import Case
from comove.core.driver import Driver
from comove.core.reading import Reading

SLOPE = Driver("slope", (("dgs10", 1.0), ("dgs2", -1.0)))
"""Ten-year yield less two-year yield; falls when the curve flattens."""


@dataclass(frozen=True)
class Curve:
    """The curve flattened, and that carried the assets down."""

    key: str = "curve"
    drivers: tuple[Driver, ...] = (SLOPE,)
    reads: tuple[str, ...] = ()

    def examine(self, case: Case) -> Reading:
        """Judge the proposition: in a fall the slope must have fallen, and carry a share."""
        return tell(case, self.key, (Told(driver=SLOPE, toward=-1.0),))


channel = Curve()
