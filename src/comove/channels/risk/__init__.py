"""Shared exposure to real yields and risk appetite: both behave like growth assets, not havens."""

from __future__ import annotations

from dataclasses import dataclass, replace

from comove.channels._moves import Told
from comove.channels._story import tell
from comove.core.case import Case
from comove.core.driver import Driver
from comove.core.message import Message, Name, say
from comove.core.reading import Reading

REAL_YIELD = Driver("real_yield", (("dfii10", 1.0),))
BREAKEVEN = Driver("breakeven", (("dgs10", 1.0), ("dfii10", -1.0)))
VIX = Driver("vix", (("vix", 1.0),))
CREDIT = Driver("credit", (("hyg", 1.0), ("tlt", -1.0)))
EQUITY = Driver("equity", (("spy", 1.0),))

STORY = (
    Told(driver=REAL_YIELD, toward=1.0),
    Told(driver=VIX, toward=1.0),
    Told(driver=CREDIT, toward=-1.0),
    Told(driver=EQUITY, toward=-1.0),
)


SHARES, MINER = "equity", "gold_miner"


@dataclass(frozen=True)
class Risk:
    """Real yields rose or risk appetite fell, and that carried the assets.

    Attributes
    ----------
    key
        Name of the channel.
    drivers
        Real yield, breakeven, VIX, high yield over Treasuries, equities.
    reads
        Nothing beyond the drivers.

    Examples
    --------
    >>> [driver.key for driver in channel.drivers]
    ['real_yield', 'breakeven', 'vix', 'credit', 'equity']
    """

    key: str = "risk"
    drivers: tuple[Driver, ...] = (REAL_YIELD, BREAKEVEN, VIX, CREDIT, EQUITY)
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
            Share per asset, covariance share, and whether real yields, the VIX, credit and
            equities moved as told.
        """
        reading = tell(case, self.key, STORY)
        return replace(reading, caveats=(*reading.caveats, *_overlap(case)))


def _overlap(case: Case) -> tuple[Message, ...]:
    """Say that an index explains shares that it also holds.

    Tagged ``equity`` are shares and funds of shares; a fund of miners holds next to nothing of the
    index, and is no part of it.
    """
    if case.column(EQUITY.key) is None:
        return ()
    tags = {asset: case.snapshot[asset].spec.tags for asset in case.assets}
    held = tuple(
        Name(asset) for asset in case.assets if SHARES in tags[asset] and MINER not in tags[asset]
    )
    return (say("channel.risk.overlap", assets=held),) if held else ()


channel = Risk()
