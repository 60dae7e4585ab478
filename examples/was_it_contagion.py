"""Was it contagion? Bitcoin and the Nasdaq-100 in the spring of 2020.

In March 2020 the correlation of Bitcoin with the Nasdaq-100 jumped within days, and it was said
that Bitcoin had become a technology share. But in a crash everything swings more widely, and
wider swings raise a correlation all by themselves: the common shock drowns the noise that kept
the two apart.

This article asks the question that was skipped: did the *link* change, or only the size of the
shock?
"""

from datetime import date

import numpy as np

from comove import Desk
from comove.stats.contagion import agreement, forbes_rigobon

FIRST, LAST = np.datetime64("2020-02-20"), np.datetime64("2020-04-30")
TITLES = {
    "forbes_rigobon": "corrected for the wider swings of the Nasdaq",
    "factor_residual": "of what gold and the dollar leave",
    "dcc_break": "beyond the daily drift of a DCC model",
}


def main() -> None:
    """Print the raw jump, then the three tests and their verdict."""
    # Everything that was known by the end of April 2020, at New York closes: the price of
    # Bitcoin is taken at the same instant as that of the fund, and its weekend is part of
    # Monday.
    read = Desk.open().facts.read(("qqq", "btc", "gld", "dxy"), (), date(2020, 5, 1))
    changes = read.panel(("qqq", "btc", "gld", "dxy")).changes()
    rows = slice(-700, None)
    labels, values = changes.labels[rows], changes.values[rows]
    crisis = (labels >= FIRST) & (labels <= LAST)

    # The raw figures, which is where most notes stop.
    calm, wild = values[~crisis], values[crisis]
    raw = [np.corrcoef(part[:, 0], part[:, 1])[0, 1] for part in (calm, wild)]
    print(f"{int(crisis.sum())} sessions of crisis after {int((~crisis).sum())} of calm")
    print(f"correlation of QQQ and Bitcoin: {raw[0]:.2f} before, {raw[1]:.2f} in the crisis")

    # The Nasdaq's own variance rose so much that the old link would have shown as a far higher
    # correlation.  Taking that out leaves what is new.  The source has to be named: it is the
    # first.
    fixed = forbes_rigobon(calm[:, 0], calm[:, 1], wild[:, 0], wild[:, 1])
    print(f"with the wider swings taken out: {fixed.adjusted:.2f}")

    # One correction can be blind.  Three that fail for different reasons are harder to fool.
    found = agreement(values[:, :2], crisis, factors=values[:, 2:])
    for place, test in enumerate(found.tests):
        seen = "sees a closer link" if found.sees[place] else "sees none"
        change, low, high = found.change[place], found.low[place], found.high[place]
        print(f"  {TITLES[test]}: {change:+.2f} [{low:+.2f}, {high:+.2f}], {seen}")
    print(f"verdict: {found.verdict} ({found.votes} of {found.run})")

    # Read the verdict with its sample.  Fifty days are few, and all of them were chosen by
    # looking: a test that had to find the dates itself would be more careful still.


if __name__ == "__main__":
    main()
