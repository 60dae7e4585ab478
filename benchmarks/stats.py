"""Estimators beside other software, on the same arrays, in the same process.

The arrays are simulated from a fixed seed with the sizes a diagnosis has.  Every row shows the
value that came out; a peer's row shows its time as a ratio and how far its value lies from ours
(bootstraps draw differently, and GARCH models start from another variance).  A peer that is not
installed is left out.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.measure import seconds
from comove.stats import garch
from comove.stats.attribution import Sample
from comove.stats.bootstrap import optimal_block, row_counts, stationary_indices
from comove.stats.correlation_change import correlation_change
from comove.stats.covariance_split import covariance_splits
from comove.stats.episodes import joint_episodes
from comove.stats.haven import baur_mcdermott
from comove.stats.joint_fall import joint_fall_test
from comove.stats.kalman import FilterOptions, discounted
from comove.stats.overlap import loss_overlap
from comove.stats.peak_correlation import peak_test
from comove.stats.regression import ols_hac
from comove.stats.return_split import return_split
from comove.stats.rolling import pair
from comove.stats.rolling_beta import rolling_ols
from comove.stats.shapley import shapley

SEED = 20260206
GROUPS = ((0, 1, 2, 3), (), (4, 5), (6, 7), (8, 9))
REPLICATIONS = 1000


@dataclass(frozen=True)
class Peer:
    """The same work by other software.

    Attributes
    ----------
    name
        Of the package.
    make
        Imports it and returns the call; ImportError leaves the peer out.
    """

    name: str
    make: Callable[[], Callable[[], float]]


@dataclass(frozen=True, kw_only=True)
class Case:
    """One estimator at one size.

    Attributes
    ----------
    name
        With the size.
    ours
        The call; returns the value that is compared.
    target
        Seconds; None for none.
    peers
        Other software.
    """

    name: str
    ours: Callable[[], float]
    target: float | None = None
    peers: tuple[Peer, ...] = ()


def market(nobs: int, assets: int = 2, drivers: int = 10) -> Sample:
    """Simulate fat-tailed returns that load on drivers, volatility in waves."""
    rng = np.random.default_rng(SEED)
    wave = np.exp(0.5 * np.sin(np.arange(nobs) / 60.0))[:, None]
    moves = 0.01 * wave * rng.standard_t(5, (nobs, drivers))
    betas = rng.normal(0.0, 0.5, (drivers, assets))
    return Sample(moves @ betas + 0.015 * wave * rng.standard_t(5, (nobs, assets)), moves)


def bootstrap_cases() -> Iterator[Case]:
    """Resampling."""
    data = market(750).returns

    def ours() -> float:
        rows = stationary_indices(750, 750, 10.0, 10_000, np.random.default_rng(SEED))
        x, y = data.T
        terms = np.column_stack([x, y, x * x, y * y, x * y])
        mx, my, xx, yy, xy = (row_counts(rows, 750) @ terms / 750).T
        return float(np.std((xy - mx * my) / np.sqrt((xx - mx * mx) * (yy - my * my))))

    def arch() -> Callable[[], float]:
        from arch.bootstrap import StationaryBootstrap

        def call() -> float:
            sampler = StationaryBootstrap(10, data, seed=SEED)
            return float(np.std(sampler.apply(lambda x: np.corrcoef(x.T)[0, 1], 10_000)))

        return call

    yield Case(
        name="10,000 bootstraps of a correlation, T=750 (sd)",
        ours=ours,
        target=0.1,
        peers=(Peer("arch", arch),),
    )

    def block() -> Callable[[], float]:
        from arch.bootstrap import optimal_block_length

        return lambda: float(optimal_block_length(data[:, 0])["stationary"].iloc[0])

    yield Case(
        name="block length, T=750",
        ours=lambda: optimal_block(data[:, 0]),
        peers=(Peer("arch", block),),
    )


def correlation_cases() -> Iterator[Case]:
    """Correlations and their null."""
    data = market(2500).returns

    def pandas() -> Callable[[], float]:
        import pandas as pd

        frame = pd.DataFrame(data)
        return lambda: float(frame[0].rolling(60).corr(frame[1]).iloc[-1])

    yield Case(
        name="rolling correlation, w=60, T=2,500 (last)",
        ours=lambda: float(pair(data[:, 0], data[:, 1], 60)[-1]),
        peers=(Peer("pandas", pandas),),
    )

    def arch() -> Callable[[], float]:
        from arch import arch_model

        model = arch_model(100.0 * data[:, 0], rescale=False)
        return lambda: float(model.fit(disp="off").loglikelihood)

    yield Case(
        name="GARCH(1,1), T=2,500 (log-likelihood)",
        ours=lambda: float(garch.fit(100.0 * data[:, :1]).loglik[0]),
        peers=(Peer("arch", arch),),
    )
    yield Case(
        name="peak test, 504 x 1,000 replications (p)",
        ours=lambda: peak_test(data[:504], 30, np.random.default_rng(SEED)).pvalue,
    )


def regression_cases() -> Iterator[Case]:
    """Regressions, fixed and drifting."""
    data = market(756)
    y, x = data.returns[:, 0], data.drivers

    def hac() -> Callable[[], float]:
        import statsmodels.api as sm  # type: ignore[import-untyped]

        design = sm.add_constant(x)
        lags = {"maxlags": 6, "use_correction": False}
        return lambda: float(sm.OLS(y, design).fit(cov_type="HAC", cov_kwds=lags).bse[1])

    yield Case(
        name="HAC regression, 10 drivers, T=756 (se)",
        ours=lambda: float(ols_hac(y, x, 6).se[1]),
        peers=(Peer("statsmodels", hac),),
    )

    def rolling() -> Callable[[], float]:
        import statsmodels.api as sm
        from statsmodels.regression.rolling import (  # type: ignore[import-untyped]
            RollingOLS,
        )

        design = sm.add_constant(x)
        return lambda: float(RollingOLS(y, design, window=252).fit(params_only=True).params[-1, 1])

    yield Case(
        name="rolling betas, w=252, T=756 (last)",
        ours=lambda: float(rolling_ols(y[:, None], x, 252)[-1, 0, 1]),
        peers=(Peer("statsmodels", rolling),),
    )
    long = market(3000, drivers=6)

    def recursive() -> Callable[[], float]:
        import statsmodels.api as sm

        model = sm.RecursiveLS(long.returns[:, 0], sm.add_constant(long.drivers))
        return lambda: float(model.fit().recursive_coefficients.filtered[1, -1])

    yield Case(
        name="Kalman betas, 7 states, T=3,000 (last)",
        ours=lambda: float(
            discounted(long.returns[:, :1], long.drivers, FilterOptions(deltas=(1.0,))).coef[
                -1, 0, 1
            ]
        ),
        target=0.0003,
        peers=(Peer("statsmodels", recursive),),
    )
    yield Case(
        name="hedge or haven, OLS and GARCH, T=3,000 (slope)",
        ours=lambda: baur_mcdermott(long.returns[:, 0], long.returns[:, 1]).ols.hedge,
    )


def attribution_cases() -> Iterator[Case]:
    """Splits, as a diagnosis makes them: 756 + 63 rows, 10 drivers, 5 channels."""
    data = market(819)
    before = Sample(data.returns[:756], data.drivers[:756])
    window = Sample(data.returns[756:], data.drivers[756:])

    def draws(nobs: int) -> np.ndarray:
        rng = np.random.default_rng(SEED)
        return row_counts(stationary_indices(nobs, nobs, 10.0, REPLICATIONS, rng), nobs)

    counts, inside = draws(756), draws(63)
    yield Case(
        name="return split, 1,000 bootstraps (unexplained)",
        ours=lambda: float(return_split(before, window, GROUPS, counts).unexplained[0]),
    )
    yield Case(
        name="covariance split, 32 subsets x 1,000 (unexplained)",
        ours=lambda: covariance_splits(before, window, GROUPS, counts)[0, 1].unexplained,
        target=0.1,
    )
    yield Case(
        name="correlation change, 1,000 bootstraps (change)",
        ours=lambda: correlation_change(before, window, (counts, inside)).total,
    )
    games = np.random.default_rng(SEED).standard_normal((REPLICATIONS, 32))
    yield Case(
        name="1,000 Shapley games of 5 (first)",
        ours=lambda: float(shapley(games)[0, 0]),
    )


def episode_cases() -> Iterator[Case]:
    """Joint falls."""
    returns = market(2900).returns
    prices = 100.0 * np.exp(np.cumsum(returns, axis=0))
    yield Case(
        name="joint episodes, T=2,900 (number)",
        ours=lambda: float(len(joint_episodes(prices))),
    )
    yield Case(
        name="joint fall test, 1,000 replications (p)",
        ours=lambda: (
            joint_fall_test(
                returns[-63:], returns[-819:-63], np.random.default_rng(SEED)
            ).pvalue_joint
        ),
    )
    yield Case(
        name="loss overlap, 9,999 orders of 30 days (p)",
        ours=lambda: loss_overlap(returns[-30:], np.random.default_rng(SEED)).pvalue,
    )


def cases() -> Iterator[Case]:
    """Every case, in order."""
    for group in (
        bootstrap_cases,
        correlation_cases,
        regression_cases,
        attribution_cases,
        episode_cases,
    ):
        yield from group()


def main() -> int:
    """Time every case and its peers.

    Returns
    -------
    int
        1 when a target is missed.
    """
    warnings.simplefilter("ignore")
    print(f"{'estimator':52} {'ms':>10} {'target':>8}  value")
    missed = 0
    for case in cases():
        value, spent = case.ours(), seconds(case.ours)
        target = "" if case.target is None else f"{1000 * case.target:.3g}"
        late = case.target is not None and spent > case.target
        missed += late
        print(
            f"{case.name:52} {1000 * spent:10.3f} {target:>8}  {value:.9g}"
            f"{'  MISSED' if late else ''}",
            flush=True,
        )
        for peer in case.peers:
            try:
                call = peer.make()
            except ImportError:
                continue
            other, theirs = call(), seconds(call)
            print(
                f"{'  ' + peer.name:52} {1000 * theirs:10.3f} {theirs / spent:7.1f}x"
                f"  {other:.9g}, off by {abs(other - value):.1e}",
                flush=True,
            )
    return 1 if missed else 0
