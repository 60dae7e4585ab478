"""Every family takes arrays, pandas and polars frames, and says the same of all three."""

from dataclasses import fields

import numpy as np
import pandas as pd
import polars as pl
import pytest

from comove.core.errors import NotEstimable
from comove.stats import (
    bootstrap,
    breaks,
    connectedness,
    contagion,
    dcc,
    dependence,
    diversification,
    garch,
    kalman,
    leadlag,
    pooling,
    regimes,
    rolling,
)

NAMES = ["btc", "gdx", "qqq"]
rng = np.random.default_rng(1)
X = (rng.standard_normal((400, 1)) + rng.standard_normal((400, 3))) * np.exp(
    0.3 * np.sin(np.arange(400) / 40.0)
)[:, None]
LATE = np.arange(400) >= 300
BAND = diversification.BandOptions(replications=20)


def chance():
    return np.random.default_rng(0)


def times(z):
    return np.arange(len(z)), np.arange(len(z))


CALLS = {
    "static": lambda z: connectedness.static(z, 1, 10),
    "rolling": lambda z: connectedness.rolling(z, 1, 10, 200),
    "frequency": lambda z: connectedness.frequency(z, 1, 50),
    "tvp": lambda z: connectedness.tvp_var(z, 1, 10),
    "quantile": lambda z: connectedness.quantile(z, 0.5, 1, 10),
    "garch": garch.fit,
    "dcc": dcc.fit,
    "pairwise": dcc.pairwise,
    "constancy": dcc.constancy_test,
    "tail": lambda z: dependence.tail_dependence(z[one(z)], z[two(z)]),
    "mes": lambda z: dependence.mes(z[one(z)], z[two(z)]),
    "residual": lambda z: contagion.factor_residual(pair(z), LATE, rest(z)),
    "agreement": lambda z: contagion.agreement(pair(z), LATE, rest(z)),
    "fluctuation": lambda z: breaks.fluctuation(pair(z), "none"),
    "pelt": breaks.pelt,
    "bai_perron": lambda z: breaks.bai_perron(z[one(z)], rest(z)),
    "switching": lambda z: regimes.markov_switching(z[one(z)]),
    "turbulence": lambda z: regimes.turbulence(z, 200),
    "absorption": regimes.absorption_ratio,
    "density": regimes.edge_density,
    "discounted": lambda z: kalman.discounted(pair(z), rest(z)),
    "walk": lambda z: kalman.fit(z[one(z)], rest(z)),
    "ratio": lambda z: diversification.sample_ratio([1, 1, 1], z, chance(), BAND),
    "resample": lambda z: bootstrap.resample(
        z, "correlation", chance(), bootstrap.ResampleOptions(replications=20)
    ),
    "pair": lambda z: rolling.pair(z[one(z)], z[two(z)], 60),
    "ewma": lambda z: rolling.ewma(z[one(z)], z[two(z)], 0.94),
    "snapshot": rolling.snapshot,
    "all_pairs": lambda z: rolling.all_pairs(z, 60).describe(),
    "cross": lambda z: leadlag.cross_correlation(z[one(z)], z[two(z)]),
    "dimson": lambda z: leadlag.dimson(z[one(z)], z[two(z)]),
    "hayashi_yoshida": lambda z: leadlag.hayashi_yoshida(times(z), (z[one(z)], z[two(z)])),
    "pooling": lambda z: pooling.entropy_pooling([pooling.View(values=z[one(z)], target=0.1)]),
}


def one(z):
    return np.s_[:, 0] if isinstance(z, np.ndarray) else "btc"


def two(z):
    return np.s_[:, 1] if isinstance(z, np.ndarray) else "gdx"


def pair(z):
    return z[:, :2] if isinstance(z, np.ndarray) else z[["btc", "gdx"]]


def rest(z):
    return z[:, 2:] if isinstance(z, np.ndarray) else z[["qqq"]]


def frames(x):
    days = pd.bdate_range("2020-01-01", periods=len(x))
    yield pd.DataFrame(x, columns=NAMES, index=days)
    yield pl.DataFrame({name: x[:, place] for place, name in enumerate(NAMES)})


@pytest.mark.parametrize("name", CALLS)
def test_frames_and_arrays_give_equal_results(name):
    call = CALLS[name]
    plain = call(X)
    assert plain.to_frame().size
    assert type(plain).__name__ in plain.summary()
    assert repr(plain)
    for frame in frames(X):
        found = call(frame)
        for field in fields(found):
            ours, theirs = (getattr(each, field.name) for each in (plain, found))
            if isinstance(ours, float) or getattr(ours, "dtype", None) == np.float64:
                np.testing.assert_allclose(theirs, ours, rtol=1e-9, atol=1e-12, err_msg=field.name)


SPOILT = {
    "empty": X[:0],
    "missing": np.where(np.arange(400)[:, None] == 7, np.nan, X),
    "infinite": np.where(np.arange(400)[:, None] == 7, np.inf, X),
    "constant": np.ones_like(X),
    "huge": X * 1e200,
    "tiny": X * 1e-200,
    "text": X.astype(str),
}
GAPS_ARE_TAKEN = {("snapshot", "missing"), ("snapshot", "constant"), ("snapshot", "tiny")} | {
    ("all_pairs", "missing"),
    ("all_pairs", "tiny"),
}


@pytest.mark.parametrize("name", CALLS)
def test_degenerate_samples_are_refused_by_every_family(name):
    for kind, sample in SPOILT.items():
        if (name, kind) not in GAPS_ARE_TAKEN:
            with pytest.raises(NotEstimable):
                CALLS[name](sample)
