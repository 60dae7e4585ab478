"""Eighty is not news: how far a rolling correlation strays when nothing changes.

"The thirty-day correlation of Bitcoin and the Nasdaq has hit 0.80." Such a sentence sounds like
an event. Whether it is one depends on a question that is hardly ever asked: how high does the
*highest* thirty-day value of two years climb when the true correlation has not moved at all?

This article first builds a world in which nothing happens, and then puts the real figure beside
it.
"""

from datetime import date

import numpy as np

from comove import Desk
from comove.stats.peak_correlation import PeakOptions, peak_test
from comove.stats.rolling import pair, paths

WINDOW, DAYS, WORLDS = 30, 500, 400


def main() -> None:
    """Print the peaks of quiet worlds, then the test of the real peak."""
    # Two series with a correlation of 0.45, every day, for ever.  Their tails are fat, as those
    # of returns are: the same shock of size makes both of them large at once.
    rng = np.random.default_rng(0)
    z = rng.standard_normal((2, DAYS, WORLDS))
    size = np.sqrt(4.0 / rng.chisquare(4.0, (DAYS, WORLDS)))
    x = size * z[0]
    y = size * (0.45 * z[0] + np.sqrt(1.0 - 0.45**2) * z[1])
    peaks = paths(x, y, WINDOW).max(axis=0)
    print(f"{WORLDS} worlds with a constant correlation of 0.45, {DAYS} days each:")
    print(f"  the highest {WINDOW}-day value is {np.median(peaks):.2f} in the median world")
    print(f"  and reaches 0.80 in {100 * (peaks >= 0.8).mean():.0f}% of them")

    # Now the real pair, with what was known on one day.
    asof = date(2025, 6, 30)
    changes = Desk.open().facts.read(("btc", "qqq"), (), asof).panel(("btc", "qqq")).changes()
    values = changes.values[-DAYS:]
    path = pair(values[:, 0], values[:, 1], WINDOW)
    top = int(np.nanargmax(path.value))
    day = changes.labels[-DAYS:][top].astype("M8[D]")
    print(f"Bitcoin and QQQ, two years to {asof}: highest {path.value[top]:.2f} on {day}")
    low, high = path.low[top], path.high[top]
    print(f"  its own interval, as if it had not been picked: [{low:.2f}, {high:.2f}]")

    # The interval of a value that was picked for being the highest is worth nothing.  The test
    # below asks of worlds with the volatility of this sample, and one correlation throughout,
    # how often their highest value is as high.
    found = peak_test(values, WINDOW, np.random.default_rng(1), PeakOptions(replications=499))
    constant = f"a constant correlation of {found.correlation:.2f}"
    print(f"  {constant} peaks as high with p = {found.pvalue:.2f}")
    print(f"  (nineteen times in twenty it stays below {found.sup_high:.2f})")


if __name__ == "__main__":
    main()
