"""Check the laws of a scenario on history: did outcomes fall where the laws said?

Every 21 sessions, from the fourth year of the joint history on, the shock is what the drivers went
on to do over the next 21, and each law is made from what was known before; then it is seen whether
the assets ended inside its interval.  The shock is the only thing that comes from the future.
Prints the table of the manual.  Run it from the root of the project:
``python scripts/calibrate_scenarios.py``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from itertools import groupby

import numpy as np

from comove.answers.scenario.draws import spreads
from comove.answers.scenario.laws import law, outlooks
from comove.answers.scenario.pooled import outlooks as pooled_outlooks
from comove.answers.scenario.pooled import pool, sums
from comove.answers.scenario.setting import Setting
from comove.core.panel import Changes
from comove.core.scenario import Outlook
from comove.core.scenario_question import ScenarioQuestion
from comove.core.snapshot import Snapshot
from comove.data.reader import Facts
from comove.stats.pooling import student_tails

ASSETS = ("btc", "gdx", "gld", "tlt")
SHOCKED = (("qqq",), ("dxy", "vix"))
HORIZON = 21
FIRST = 756
LAST = date(2026, 6, 30)
LEVELS = (0.8, 0.95)

Case = tuple[str, float, bool, float, bool]
"""Law, level, whether the outcome lay inside, the chance of a rise, and whether there was one."""


def main() -> int:
    """Print coverage and chances, law by law."""
    found = sorted(case for drivers in SHOCKED for case in cases(drivers))
    print("| law | cases | inside 80% | inside 95% | mean chance of a rise | rose |")
    print("|---|---|---|---|---|---|")
    for key, held in groupby(found, key=lambda case: case[0]):
        rows = list(held)
        inside = {level: [row[2] for row in rows if row[1] == level] for level in LEVELS}
        shares = " | ".join(f"{np.mean(inside[level]):.0%}" for level in LEVELS)
        chance, rose = np.mean([row[3] for row in rows]), np.mean([row[4] for row in rows])
        print(f"| {key} | {len(inside[0.8])} | {shares} | {chance:.0%} | {rose:.0%} |")
    return 0


def cases(drivers: tuple[str, ...]) -> Iterator[Case]:
    """List what the laws said and what came."""
    snapshot = Facts().read((*ASSETS, *drivers), (), LAST)
    changes = snapshot.panel((*ASSETS, *drivers)).changes()
    for row in range(FIRST, len(changes.values) - HORIZON + 1, HORIZON):
        ahead = changes.values[row : row + HORIZON].sum(axis=0)
        for level in LEVELS:
            setting = placed(snapshot, (changes, row), ahead[len(ASSETS) :], level)
            for entry in told(setting, row):
                outcome = float(np.expm1(ahead[ASSETS.index(entry.asset)]))
                low, high = entry.outcome.low or 0.0, entry.outcome.high or 0.0
                yield entry.key, level, low <= outcome <= high, entry.rises.value, outcome > 0.0


def placed(
    snapshot: Snapshot, cut: tuple[Changes, int], shock: np.ndarray, level: float
) -> Setting:
    """Put a shock before what was known by a row."""
    changes, row = cut
    drivers = changes.ids[len(ASSETS) :]
    question = ScenarioQuestion(
        assets=ASSETS, shocks=tuple(drivers), window=(date(2015, 1, 5), date(2015, 2, 5)),
        replications=99, level=level,
    )  # fmt: skip
    return Setting(
        question=question,
        snapshot=snapshot,
        drivers=drivers,
        not_used=(),
        panel=snapshot.panel(changes.ids),
        changes=Changes(
            changes.ids, changes.values[:row], changes.labels[:row], changes.spans[:row]
        ),
        shock=shock,
        origins=("asked",) * len(drivers),
        horizon=HORIZON,
        weights=np.full(len(ASSETS), 1.0 / len(ASSETS)),
    )


def told(setting: Setting, row: int) -> tuple[Outlook, ...]:
    """Make every law as the answer does."""
    rng = np.random.default_rng(row)
    spread = spreads(setting.rows, len(ASSETS), setting.question.replications, rng)
    stretches = sums(setting.changes.values, HORIZON)
    df = min(student_tails(stretches).df, 100.0)
    regime = {"calm": spread.calm, "stressed": spread.stressed}[spread.now]
    return (
        *outlooks(setting, law(setting, "student", spread.whole, df)),
        *outlooks(setting, law(setting, "normal", spread.whole)),
        *outlooks(setting, law(setting, "regime of the day", regime)),
        *pooled_outlooks(setting, pool(setting, stretches, rng)),
    )


if __name__ == "__main__":
    sys.exit(main())
