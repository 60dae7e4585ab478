"""Who moves whom? Four markets, one table, and the two traps in it.

Connectedness tables are popular: so much of the variance of gold miners comes from gold, so
much of Bitcoin's from the Nasdaq. Two things are easily forgotten. The index is never zero, not
even for series that have nothing to do with each other. And a market whose price is struck
later in the day seems to receive from all others, because it has seen more.
"""

from datetime import date

import numpy as np

from comove import Desk
from comove.stats.connectedness import NullOptions, null_band, static
from comove.stats.leadlag import cross_correlation

ASSETS = ("btc", "qqq", "gld", "gdx")


def main() -> None:
    """Print the table, the noise beneath it, and what a wrong clock does."""
    read = Desk.open().facts.read(ASSETS, (), date(2026, 2, 6))
    changes = read.panel(ASSETS).changes()
    values = changes.values[-500:]

    # Rows receive, columns send, in percent of the variance of ten-day forecasts.
    found = static(values, lags=1, horizon=10)
    print("receives from   " + "".join(f"{name:>8}" for name in ASSETS))
    for name, row in zip(ASSETS, found.table, strict=True):
        print(f"  {name:14}" + "".join(f"{100 * share:7.1f}%" for share in row))
    net = ", ".join(
        f"{name} {100 * value:+.1f}" for name, value in zip(ASSETS, found.net, strict=True)
    )
    print(f"net: {net}")

    # How high would the index be if the four were strangers?  The same sample with the ties
    # cut.
    options = NullOptions(replications=200)
    noise = null_band(values, 1, 10, np.random.default_rng(0), options=options)
    print(f"total {100 * found.total:.1f}%, strangers up to {100 * noise.high:.1f}%")

    # The second trap.  A daily price of Bitcoin is struck at midnight UTC, three hours after
    # New York has closed.  Filed under the date on its stamp it belongs to the next day, and
    # every return of Bitcoin answers yesterday's Nasdaq: a lead of a day, made of nothing but a
    # label.
    nasdaq, bitcoin = values[1:, 1], values[:-1, 0]
    wrong = cross_correlation(nasdaq, bitcoin, 2)
    right = cross_correlation(values[:, 1], values[:, 0], 2, offset=3.5 / 24)
    for title, told in (("stamped a day late", wrong), ("at the close of New York", right)):
        line = ", ".join(
            f"{int(lag):+d}: {value:+.2f}"
            for lag, value in zip(told.lags, told.correlation, strict=True)
        )
        print(f"QQQ with Bitcoin some days later, {title}: {line}")
        print(f"  leads: {', '.join(f'{lag:+d}' for lag in told.leads) or 'none'}")


if __name__ == "__main__":
    main()
