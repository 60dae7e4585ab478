"""Check the chances of a touch on history: how often were levels reached that had such a chance?

Every 21 closes, from the fourth year of each price on, the levels of ``comove levels`` are listed
as they were known that day, with the chances the answer would have given; then it is seen whether
a close reached them.  Prints the table of the manual.  Nothing later than the day enters its
chances.
Run it from the root of the project: ``python scripts/calibrate_levels.py``; it takes a few minutes.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from comove.answers.levels.lines import lines
from comove.answers.levels.reach import Track, price_levels
from comove.answers.levels.touches import Steps
from comove.core.observations import Observations
from comove.data.reader import Facts
from comove.stats.touch import TouchOptions

ASSETS = ("btc", "gdx", "gld", "qqq", "tlt")
FIRST = 756
EVERY = 21
EDGES = (0.0, 0.05, 0.15, 0.3, 0.5, 0.7, 0.85, 1.0)
OPTIONS = TouchOptions(draws=45, paths=100)
RESAMPLES = 999

Case = tuple[str, int, str, float, bool]
"""Asset, row, horizon, chance, and whether it was touched."""


def main(arguments: list[str] | None = None) -> int:
    """Print one table per horizon and the score of all."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("assets", nargs="*", default=ASSETS, help="ids of prices")
    found = [case for asset in parser.parse_args(arguments).assets for case in cases(asset)]
    for key, sessions in (("week", 5), ("month", 21), ("quarter", 63)):
        held = [case for case in found if case[2] == key]
        print(f"Within {sessions} sessions ({len(held)} cases, {score(held)}):\n")
        print("| chance given | cases | mean chance | reached |")
        print("|---|---|---|---|")
        for line in table(held):
            print(line)
        print()
    return 0


def cases(asset: str) -> Iterator[Case]:
    """List what was promised and what came."""
    whole = Facts().observations(asset)
    steps = Steps.of(whole)
    for row in range(FIRST, len(whole) - 1, EVERY):
        track = Track(held=until(whole, row), steps=steps, options=OPTIONS)
        rng = np.random.default_rng([row, len(asset)])
        told = {}
        for level in price_levels(track, lines(track.held, ()), rng):
            told[level.value.value] = level
        for value, level in told.items():
            for reach in level.reach:
                ahead = whole.values[row + 1 : row + 1 + reach.steps]
                if len(ahead) < reach.steps or value == track.latest:
                    continue
                touched = ahead.max() >= value if value > track.latest else ahead.min() <= value
                yield asset, row, reach.key, reach.probability.value, bool(touched)


def until(track: Observations, row: int) -> Observations:
    """Keep what was known at the close of a row."""
    keep = slice(0, row + 1)
    return Observations(
        track.spec, track.labels[keep], track.struck[keep], track.known[keep], track.values[keep]
    )


def table(held: list[Case]) -> Iterator[str]:
    """Compare chance and outcome, bin by bin; intervals draw whole days again."""
    chance = np.array([case[3] for case in held])
    touched = np.array([case[4] for case in held], dtype=float)
    days = np.unique([f"{case[0]}{case[1]}" for case in held], return_inverse=True)[1]
    rng = np.random.default_rng(0)
    weights = rng.multinomial(
        days.max() + 1, np.full(days.max() + 1, 1.0 / (days.max() + 1)), RESAMPLES
    )
    for low, high in pairwise(EDGES):
        inside = (chance >= low) & ((chance < high) | (high == 1.0))
        if not inside.any():
            continue
        counts = weights[:, days[inside]]
        again = counts @ touched[inside] / np.maximum(counts.sum(axis=1), 1)
        ends = np.quantile(again, [0.025, 0.975])
        yield (
            f"| {low:.0%} to {high:.0%} | {inside.sum()} | {chance[inside].mean():.1%} | "
            f"{touched[inside].mean():.1%} [{ends[0]:.1%}, {ends[1]:.1%}] |"
        )


def score(held: list[Case]) -> str:
    """Brier score beside that of the same chance for every level."""
    chance = np.array([case[3] for case in held])
    touched = np.array([case[4] for case in held], dtype=float)
    flat = float(((touched.mean() - touched) ** 2).mean())
    return f"Brier score {((chance - touched) ** 2).mean():.3f}, flat {flat:.3f}"


if __name__ == "__main__":
    sys.exit(main())
