"""Connectedness: static, rolling, drifting, at a quantile."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from benchmarks.works.inputs import PEERS, Floats, generator, spillovers, table
from benchmarks.works.nouns import Known, Peer, Recorded, Work

Call = Callable[[], float]
WINDOW = 200


def works() -> Iterator[Work]:
    """Every line, in order."""
    x, published = spillovers()
    yield Work(
        key="static",
        name=f"static connectedness, VAR(4), H=10, {x.shape[0]:,} x 4",
        value="total, %",
        ours=lambda: _static(x),
        target=0.005,
        known=Known(value=12.5921130697020, within=1e-10, source="R, published 12.59")
        if published
        else None,
        peers=(Peer("diebold-yilmaz + statsmodels", lambda: _peer(x)),),
        recorded=(Recorded("R ConnectednessApproach", 0.057),),
    )
    totals = table(PEERS, "w1_rolling_true200rows_TCI.csv", (1,))
    yield Work(
        key="rolling",
        name=f"rolling connectedness, {x.shape[0] - WINDOW + 1:,} windows of 200, k=4",
        value="mean total, %",
        ours=lambda: _rolling(x),
        target=0.06,
        known=Known(value=float(totals.mean()), within=1e-10, source="R")
        if published and totals is not None
        else None,
        peers=(Peer("diebold-yilmaz + statsmodels, in a loop", lambda: _peer_loop(x)),),
        recorded=(
            Recorded("R ConnectednessApproach", 25.6),
            Recorded("R frequencyConnectedness", 32.5),
        ),
    )
    path = table(PEERS, "w2_dy2012_p1_k99_99_unif_H10_TCI.csv", (1,))
    yield Work(
        key="tvp",
        name=f"TVP-VAR(1) with connectedness, {x.shape[0]:,} x 4",
        value="mean total, %",
        ours=lambda: _drifting(x),
        target=0.1,
        known=Known(value=float(path.mean()), within=1e-10, source="R")
        if published and path is not None
        else None,
        recorded=(Recorded("R ConnectednessApproach", 4.3),),
        note="compatibility mode, whose value is known; causal=True costs the same",
    )
    y = generator("quantile").standard_t(5, (3900, 4))
    yield Work(
        key="quantile",
        name="quantile connectedness, tau=.05, 3,701 windows of 200, k=4",
        value="mean total, %",
        ours=lambda: _quantile(y),
        target=3.0,
        peers=(Peer("statsmodels QuantReg, every hundredth window", lambda: _peer_quantile(y)),),
        recorded=(Recorded("scipy HiGHS per window", 65.0),),
        note="statsmodels: the equations alone, a hundredth of the work",
    )


def _static(x: Floats) -> Call:
    from comove.stats.connectedness import static

    return lambda: 100.0 * static(x, 4, 10).total


def _rolling(x: Floats) -> Call:
    from comove.stats.connectedness import rolling

    return lambda: float(100.0 * np.nanmean(rolling(x, 4, 10, WINDOW).total))


def _drifting(x: Floats) -> Call:
    from comove.stats.connectedness import tvp_var

    return lambda: float(
        100.0
        * np.nanmean(
            tvp_var(x, 1, 10, kappa=(0.99, 0.99), prior="uninformative", causal=False).total
        )
    )


def _quantile(x: Floats) -> Call:
    from comove.stats.connectedness import quantile

    return lambda: float(100.0 * np.nanmean(quantile(x, 0.05, 1, 10, WINDOW).total))


def _total(x: Floats) -> float:
    from diebold_yilmaz import connectedness, fit_var

    psi, sigma, _ = fit_var(x, p=4, horizon=10)
    return float(connectedness(psi, sigma, 10).total_index)


def _peer(x: Floats) -> Call:
    import diebold_yilmaz  # noqa: F401

    return lambda: _total(x)


def _peer_loop(x: Floats) -> Call:
    import diebold_yilmaz  # noqa: F401

    starts = range(x.shape[0] - WINDOW + 1)
    return lambda: float(np.mean([_total(x[start : start + WINDOW]) for start in starts]))


def _peer_quantile(x: Floats) -> Call:
    from statsmodels.regression.quantile_regression import QuantReg

    def call() -> float:
        for start in range(0, x.shape[0] - WINDOW + 1, 100):
            window = x[start : start + WINDOW]
            design = np.column_stack([np.ones(WINDOW - 1), window[:-1]])
            for column in window[1:].T:
                QuantReg(column, design).fit(0.05)
        return np.nan

    return call
