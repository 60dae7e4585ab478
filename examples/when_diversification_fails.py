"""When diversification fails: a balanced portfolio in March 2020.

A portfolio of shares, gold, gold miners and Bitcoin is held because the four do not move
together. In a crash its risk rises for two reasons that are usually mixed up. Each position
swings more: that is no failure of diversification, it is a storm. Or the positions stop taking
risk off each other: that is the failure.

This article keeps the two apart, day by day, with nothing that was not known on the day.
"""

from datetime import date

import numpy as np

from comove import Desk
from comove.stats.diversification import (
    BandOptions,
    breakdown,
    diversification_ratio,
    risk_contributions,
)
from comove.stats.regimes import AbsorptionOptions, absorption_path, turbulence

ASSETS = ("spy", "gld", "gdx", "btc")
WEIGHTS = {"spy": 0.4, "gld": 0.3, "gdx": 0.2, "btc": 0.1}
DAYS = (date(2020, 2, 14), date(2020, 3, 31), date(2020, 8, 31))


def main() -> None:
    """Print what correlations alone have taken, and who carries the risk."""
    desk = Desk.open()
    weights = [WEIGHTS[name] for name in ASSETS]
    for day in DAYS:
        # What was known on the day, no later.
        values = desk.facts.read(ASSETS, (), day).panel(ASSETS).changes().values
        now, before = values[-42:], values[-42 - 756 : -42]

        # The ratio of now, over what today's swings would give at the correlations of before.
        found = breakdown(
            weights, now, before, np.random.default_rng(0), BandOptions(replications=400)
        )
        ratio = diversification_ratio(weights, np.cov(now.T)).value
        lost = "fails" if found.high < 1.0 else "holds" if found.low > 1.0 else "cannot be told"
        print(f"{day}: ratio {ratio:.2f}; correlations alone {found.value - 1.0:+.0%}", end=" ")
        print(f"[{found.low - 1.0:+.0%}, {found.high - 1.0:+.0%}]: {lost}")

        # Whose risk is it?  Shares of the portfolio's variance; they add up to one.
        parts = risk_contributions(weights, np.cov(now.T))
        said = ", ".join(
            f"{name} {share:.0%}" for name, share in zip(ASSETS, parts.shares, strict=True)
        )
        print(f"  risk: {said}")

        # Was the storm itself unusual, and does one factor carry more of it?  Each asset counts in
        # its own standard deviations, or Bitcoin alone would decide.
        storm = turbulence(values[-1000:], 504).turbulence[-21:].max()
        scaled = values[-1000:] / values[-1000:-42].std(axis=0)
        options = AbsorptionOptions(window=252, half_life=63.0)
        shift = absorption_path(scaled, options).shift[-1]
        print(
            f"  wildest day of the month: {storm:.1f} times the usual; absorption {shift:+.1f} sd"
        )


if __name__ == "__main__":
    main()
