"""Changing volatilities and correlations: GARCH margins and DCC."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from benchmarks.works.inputs import FACTS, Floats, garch_returns, table
from benchmarks.works.nouns import Known, Peer, Recorded, Work

Call = Callable[[], float]

LENGTH = 5521
TARGETS = {3: 0.05, 5: 0.08, 10: 0.15}
RECORDED = {3: 3.1, 5: 3.5, 10: 6.0}
RMGARCH = -18785.2079432548


def works() -> Iterator[Work]:
    """Every line, in order."""
    facts = table(FACTS, "facts_returns.csv", (1, 2, 4))
    if facts is not None:
        yield Work(
            key="dcc-facts",
            name=f"DCC(1,1) of btc, gdx, qqq, T={facts.shape[0]:,}",
            value="log-likelihood",
            ours=lambda: _dcc(facts),
            known=Known(value=RMGARCH, within=0.01, source="R rmgarch", one_sided=True),
            peers=_peers(facts),
        )
    for columns, target in TARGETS.items():
        x = garch_returns(LENGTH, columns)
        yield Work(
            key=f"dcc-{columns}",
            name=f"DCC(1,1) with margins, T=5,521, N={columns}",
            value="log-likelihood",
            ours=lambda x=x: _dcc(x),  # type: ignore[misc]
            target=target,
            peers=_peers(x),
            recorded=(Recorded("R rmgarch, other returns of this size", RECORDED[columns]),),
        )
    many = garch_returns(LENGTH, 30)
    yield Work(
        key="dcc-30",
        name="DCC(1,1) with margins, T=5,521, N=30",
        value="log-likelihood",
        ours=lambda: _dcc(many),
        target=3.0,
        peers=(Peer("multigarch, other start", lambda: _multigarch(many)),),
        note="multiarch takes over ten minutes, pymgarch fails at N=5 already",
        recorded=(Recorded("R rmgarch, fails 1 in 3", 39.0),),
    )


def _peers(x: Floats) -> tuple[Peer, ...]:
    return (
        Peer("multiarch, same start", lambda: _multiarch(x)),
        Peer("multigarch, other start", lambda: _multigarch(x)),
        Peer("pymgarch, other start", lambda: _pymgarch(x)),
    )


def _dcc(x: Floats) -> Call:
    from comove.stats import dcc

    return lambda: dcc.fit(x, start="rmgarch").loglik


def _multiarch(x: Floats) -> Call:
    import multiarch

    return lambda: float(multiarch.DCC(x, convention="rmgarch").fit().loglik)


def _multigarch(x: Floats) -> Call:
    import multigarch

    return lambda: float(multigarch.DCC(mean="constant", method="full").fit(x).loglik_)


def _pymgarch(x: Floats) -> Call:
    import pymgarch

    return lambda: float(pymgarch.DCC().fit(x).loglikelihood)
