"""Rolling correlations: all pairs, a stream of dates."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from benchmarks.works.inputs import Floats, one_factor
from benchmarks.works.nouns import Known, Peer, Recorded, Work

Call = Callable[[], float]
WINDOW = 60


def works() -> Iterator[Work]:
    """Every line, in order."""
    small = one_factor(2500, 100)
    last = float(_correlations(small[-WINDOW:])[np.triu_indices(100, 1)].mean())
    yield Work(
        key="pairs-100",
        name="rolling correlation of all pairs, w=60, N=100, T=2,500",
        value="mean of the last date",
        ours=lambda: _stream(small),
        known=Known(value=last, within=1e-6, source="numpy, two passes"),
        peers=(
            Peer("numbagg, column by column", lambda: _numbagg(small)),
            Peer("bottleneck, moving sums", lambda: _bottleneck(small)),
            Peer("polars, pair by pair", lambda: _polars(small)),
        ),
    )
    yield Work(
        key="pairs-2000",
        name="rolling correlation of all pairs, w=60, N=2,000, T=2,500",
        value="mean of the last date",
        ours=lambda: _stream(one_factor(2500, 2000)),
        target=4.0,
        memory=600.0,
        note="date by date, all pairs of a date side by side",
        recorded=(
            Recorded("numbagg, column by column", 31.6),
            Recorded("numpy sgemm per date", 17.2),
        ),
    )
    yield Work(
        key="pairs-2000-figures",
        name="the same, described: mean, spread and strong pairs by date",
        value="mean of the last date",
        ours=lambda: _described(one_factor(2500, 2000)),
        target=4.0,
        memory=600.0,
        note="no pair leaves the caches",
    )
    spiked = one_factor(600, 20)
    spiked[200, 3] = 1e6
    yield Work(
        key="spike",
        name="the same after a value of 1e6, N=20, T=600",
        value="largest error",
        ours=lambda: _error(spiked),
        known=Known(value=0.0, within=1e-6, source="numpy, window by window"),
        peers=(
            Peer("numbagg, one pair", lambda: _numbagg_error(spiked)),
            Peer("polars, one pair", lambda: _polars_error(spiked)),
        ),
        note="ours does all 190 pairs",
    )
    wide = one_factor(WINDOW, 5000)
    yield Work(
        key="pairs-5000",
        name="all pairs, one window of 60 days, N=5,000",
        value="mean",
        ours=lambda: _stream(wide),
        target=0.17,
        recorded=(Recorded("prototype", 0.17),),
    )


def _stream(x: Floats) -> Call:
    from comove.stats.rolling import all_pairs

    def call() -> float:
        mean = np.nan
        for day in all_pairs(x, WINDOW):
            mean = float(day.values.mean(dtype=np.float64)) if day.label == len(x) - 1 else mean
        return mean

    return call


def _described(x: Floats) -> Call:
    from comove.stats.rolling import all_pairs

    return lambda: float(all_pairs(x, WINDOW).describe().mean[-1])


def _correlations(x: Floats) -> Floats:
    return np.asarray(np.corrcoef(x.T), dtype=np.float64)


def _slow(x: Floats) -> Floats:
    """Correlation of columns 3 and 4, window by window."""
    windows = range(WINDOW, len(x) + 1)
    return np.array([_correlations(x[end - WINDOW : end, 3:5])[0, 1] for end in windows])


def _error(x: Floats) -> Call:
    from comove.stats.rolling import all_pairs

    expected = _slow(x)
    upper = np.zeros((x.shape[1], x.shape[1]), dtype=np.int64)
    upper[np.triu_indices(x.shape[1], 1)] = np.arange(x.shape[1] * (x.shape[1] - 1) // 2)

    def call() -> float:
        found = np.array([day.values[upper[3, 4]] for day in all_pairs(x, WINDOW)])
        return float(np.abs(found - expected).max())

    return call


def _numbagg(x: Floats) -> Call:
    import numbagg

    columns = np.ascontiguousarray(x.T)

    def call() -> float:
        total = 0.0
        for place in range(len(columns) - 1):
            paths = numbagg.move_corr(columns[place], columns[place + 1 :], window=WINDOW)
            total += float(paths[:, -1].sum())
        return total / (len(columns) * (len(columns) - 1) / 2)

    return call


def _numbagg_error(x: Floats) -> Call:
    import numbagg

    expected = _slow(x)

    def call() -> float:
        found = numbagg.move_corr(x[:, 3], x[:, 4], window=WINDOW)[WINDOW - 1 :]
        return float(np.abs(found - expected).max())

    return call


def _bottleneck(x: Floats) -> Call:
    import bottleneck

    columns = np.ascontiguousarray(x.T)

    def call() -> float:
        mean = bottleneck.move_mean(columns, WINDOW, axis=1)
        deviation = bottleneck.move_std(columns, WINDOW, axis=1)
        total = 0.0
        for place in range(len(columns) - 1):
            product = bottleneck.move_mean(columns[place] * columns[place + 1 :], WINDOW, axis=1)
            above = product - mean[place] * mean[place + 1 :]
            total += float((above / (deviation[place] * deviation[place + 1 :]))[:, -1].sum())
        return total / (len(columns) * (len(columns) - 1) / 2)

    return call


def _polars(x: Floats) -> Call:
    import polars as pl

    frame = pl.DataFrame({str(place): column for place, column in enumerate(x.T)})
    asked = [
        pl.rolling_corr(str(first), str(second), window_size=WINDOW).alias(f"{first} {second}")
        for first in range(x.shape[1])
        for second in range(first + 1, x.shape[1])
    ]
    return lambda: float(np.mean(frame.select(asked).row(-1)))


def _polars_error(x: Floats) -> Call:
    import polars as pl

    frame = pl.DataFrame({"a": x[:, 3], "b": x[:, 4]})
    asked = pl.rolling_corr("a", "b", window_size=WINDOW).alias("c")
    expected = _slow(x)

    def call() -> float:
        found = frame.select(asked)["c"].to_numpy()[WINDOW - 1 :]
        return float(np.abs(found - expected).max())

    return call
