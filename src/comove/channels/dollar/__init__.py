"""A stronger dollar and the unwinding of carry trades press dollar-priced and -funded assets."""

from __future__ import annotations

from dataclasses import dataclass

from comove.channels._moves import Told
from comove.channels._story import tell
from comove.core.case import Case
from comove.core.driver import Driver
from comove.core.reading import Reading

DOLLAR = Driver("dollar", (("dxy", 1.0),))
YEN = Driver("yen", (("usdjpy", 1.0),))

STORY = (
    Told(driver=DOLLAR, toward=1.0),
    Told(driver=YEN, toward=-1.0),
)


@dataclass(frozen=True)
class Dollar:
    """The dollar rose, or the yen did as carry trades were closed, and that pressed the assets.

    Attributes
    ----------
    key
        Name of the channel.
    drivers
        Dollar index, yen per dollar.
    reads
        Nothing beyond the drivers.

    Examples
    --------
    >>> [driver.key for driver in channel.drivers]
    ['dollar', 'yen']
    """

    key: str = "dollar"
    drivers: tuple[Driver, ...] = (DOLLAR, YEN)
    reads: tuple[str, ...] = ()

    def examine(self, case: Case) -> Reading:
        """Judge the proposition.

        Parameters
        ----------
        case
            The question.

        Returns
        -------
        Reading
            Share per asset, covariance share, and the moves of the dollar and the yen.  A falling
            dollar-yen rate is a stronger yen: the sign of a carry unwind when assets fall.
        """
        return tell(case, self.key, STORY)


channel = Dollar()
