"""Bootstraps."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from benchmarks.works.inputs import SEED, Floats, generator
from benchmarks.works.nouns import Known, Peer, Recorded, Work

Call = Callable[[], float]

ROWS, BLOCK, REPLICATIONS = 750, 10, 10_000


def works() -> Iterator[Work]:
    """Every line, in order."""
    rng = generator("resampling")
    common = rng.standard_normal((ROWS, 1))
    x = 0.6 * common + rng.standard_normal((ROWS, 2))
    rho = _correlation(x)
    yield Work(
        key="bootstrap",
        name="10,000 stationary bootstraps of a correlation, T=750",
        value="standard error",
        ours=lambda: _ours(x),
        target=0.1,
        known=Known(
            value=(1.0 - rho**2) / ROWS**0.5, within=0.004, source="theory, independent rows"
        ),
        peers=(
            Peer("arch", lambda: _arch(x)),
            Peer("tsbootstrap", lambda: _tsbootstrap(x)),
        ),
        recorded=(Recorded("arch", 0.46), Recorded("tsbootstrap", 1.8)),
    )


def _ours(x: Floats) -> Call:
    from comove.stats.bootstrap import ResampleOptions, resample

    chosen = ResampleOptions(block=BLOCK, replications=REPLICATIONS)

    def call() -> float:
        found = resample(x, "correlation", np.random.default_rng(SEED), chosen)
        return float(np.std(found.draws))

    return call


def _arch(x: Floats) -> Call:
    from arch.bootstrap import StationaryBootstrap

    def call() -> float:
        sampler = StationaryBootstrap(BLOCK, x, seed=SEED)
        return float(np.std(sampler.apply(_correlation, REPLICATIONS)))

    return call


def _tsbootstrap(x: Floats) -> Call:
    from tsbootstrap import StationaryBlock, bootstrap_reduce

    method = StationaryBlock(avg_block_length=BLOCK)

    def call() -> float:
        found = bootstrap_reduce(
            x, method=method, statistic=_of_values, n_bootstraps=REPLICATIONS, random_state=SEED
        )
        return float(np.std(found.statistics))

    return call


def _correlation(x: Floats) -> float:
    return float(np.asarray(np.corrcoef(x.T))[0, 1])


def _of_values(x: Floats, _indices: object) -> float:
    return _correlation(x)
