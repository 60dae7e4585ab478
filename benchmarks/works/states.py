"""Hidden states and change points."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from benchmarks.works.inputs import Floats, index_returns
from benchmarks.works.nouns import Known, Peer, Recorded, Work

Call = Callable[[], float]


def works() -> Iterator[Work]:
    """Every line, in order."""
    y, published = index_returns()
    yield Work(
        key="markov-2",
        name="Markov switching, mean and variance, 2 states, T=2,500",
        value="log-likelihood",
        ours=lambda: _switching(y, 2),
        target=0.05,
        known=Known(value=-3852.62399, within=1e-4, source="statsmodels, 20 starts", one_sided=True)
        if published
        else None,
        peers=(
            Peer("statsmodels", lambda: _statsmodels(y, 2)),
            Peer("hmmlearn, free first state", lambda: _hmmlearn(y, 2)),
        ),
        recorded=(Recorded("R MSwM", 9.394),),
    )
    yield Work(
        key="markov-3",
        name="Markov switching, mean and variance, 3 states, T=2,500",
        value="log-likelihood",
        ours=lambda: _switching(y, 3),
        known=Known(value=-3714.1724953804, within=1e-4, source="best known", one_sided=True)
        if published
        else None,
        peers=(
            Peer("statsmodels", lambda: _statsmodels(y, 3)),
            Peer("hmmlearn, free first state", lambda: _hmmlearn(y, 3)),
        ),
    )
    yield Work(
        key="pelt",
        name="change points of mean and variance, exact, T=1,000",
        value="how many",
        ours=lambda: _pelt(y[-1000:]),
        peers=(Peer("ruptures Pelt, normal cost", lambda: _ruptures(y[-1000:])),),
        note="same cost, penalty and shortest segment",
    )


PENALTY = 3.0 * float(np.log(1000.0))
LEAST = 10


def _switching(y: Floats, states: int) -> Call:
    from comove.stats.regimes import SwitchingOptions, markov_switching

    chosen = SwitchingOptions()
    return lambda: markov_switching(y, states=states, options=chosen).loglik


def _statsmodels(y: Floats, states: int) -> Call:
    from statsmodels.tsa.regime_switching.markov_regression import MarkovRegression

    model = MarkovRegression(y, states, switching_variance=True)
    return lambda: float(model.fit(disp=False).llf)


def _hmmlearn(y: Floats, states: int) -> Call:
    from hmmlearn.hmm import GaussianHMM

    sample = y[:, None]

    def call() -> float:
        model = GaussianHMM(states, "diag", n_iter=500, tol=1e-6, random_state=0)
        return float(model.fit(sample).score(sample))

    return call


def _pelt(y: Floats) -> Call:
    from comove.stats.breaks import pelt

    return lambda: float(len(pelt(y, penalty=PENALTY, least=LEAST).breaks))


def _ruptures(y: Floats) -> Call:
    import ruptures

    search = ruptures.Pelt(model="normal", min_size=LEAST, jump=1, params={"add_small_diag": False})
    return lambda: float(len(search.fit_predict(y[:, None], PENALTY)) - 1)
