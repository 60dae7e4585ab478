"""A technology sell-off spills over into assets that are not technology."""

from __future__ import annotations

from dataclasses import dataclass

from comove.channels._moves import Told
from comove.channels._story import tell
from comove.channels.tech._link import link_evidence
from comove.core.case import Case
from comove.core.driver import Driver
from comove.core.reading import Reading

NASDAQ_SPREAD = Driver("nasdaq_spread", (("qqq", 1.0), ("spy", -1.0)))
SEMIS_SPREAD = Driver("semis_spread", (("smh", 1.0), ("qqq", -1.0)))
NASDAQ = Driver("nasdaq", (("qqq", 1.0),))

STORY = (
    Told(driver=NASDAQ, toward=-1.0),
    Told(driver=NASDAQ_SPREAD, toward=-1.0, listed=False),
)


@dataclass(frozen=True)
class Tech:
    """Technology shares fell, beyond the market as a whole, and that carried the assets.

    Attributes
    ----------
    key
        Name of the channel.
    drivers
        Nasdaq-100 over S&P 500, semiconductors over Nasdaq-100; the market itself is a risk driver.
    reads
        The Nasdaq-100, for its move and its correlation with each asset.

    Examples
    --------
    >>> [driver.key for driver in channel.drivers]
    ['nasdaq_spread', 'semis_spread']
    """

    key: str = "tech"
    drivers: tuple[Driver, ...] = (NASDAQ_SPREAD, SEMIS_SPREAD)
    reads: tuple[str, ...] = ("qqq",)

    def examine(self, case: Case) -> Reading:
        """Judge the proposition.

        Parameters
        ----------
        case
            The question.

        Returns
        -------
        Reading
            Share per asset, covariance share, the move of the Nasdaq-100, and whether the
            correlation with it rose by more than chance.
        """
        return tell(case, self.key, STORY, link_evidence(case))


channel = Tech()
