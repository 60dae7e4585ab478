"""Hedge effectiveness: the share of the variance that a hedge takes away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from comove.core.errors import NotEstimable
from comove.stats.diversification._band import (
    LEAST_ROWS,
    BandOptions,
    Measured,
    bands,
)
from comove.stats.diversification._variance import spread
from comove.stats.frames import data_frame, table
from comove.stats.result import Result
from comove.stats.sample import Floats, vector

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class HedgeEffectiveness(Result):
    """The share of the variance a hedge takes away.

    Parameters
    ----------
    value, low, high
        Fraction of the variance: 1 for a perfect hedge, 0 for none, negative when the hedge adds
        risk; and its band.
    unhedged, hedged
        Standard deviations, unit of the returns.
    level, nobs
        Coverage of the band; rows used.
    block
        Mean block length of the bootstrap, in rows.
    """

    value: float
    low: float
    high: float
    unhedged: float
    hedged: float
    level: float
    nobs: int
    block: float

    def to_frame(self) -> DataFrame:
        """Return one line: value, band and the two deviations."""
        columns = ("value", "low", "high", "unhedged", "hedged")
        return data_frame({name: [getattr(self, name)] for name in columns}, ["effectiveness"])


def hedge_effectiveness(
    unhedged: object,
    hedged: object,
    rng: np.random.Generator,
    options: BandOptions | None = None,
) -> HedgeEffectiveness:
    r"""Measure how much of a position's variance a hedge takes away.

    Parameters
    ----------
    unhedged
        Shape (T,), returns of the position alone, T >= 30: an array or a series.  No NaN.
    hedged
        Shape (T,), returns of position and hedge together, the same rows.
    rng
        Source of chance; the same state gives the same band.
    options
        Level, replications, block length; the defaults of :class:`BandOptions` when None.

    Returns
    -------
    HedgeEffectiveness
        The share and its band.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short``, ``not_finite``, ``constant`` (also a hedge that leaves nothing:
        its effectiveness is 1 by construction), ``collinear`` (the hedged return is a multiple of
        the unhedged one), ``level``, ``block``.

    Notes
    -----
    .. math:: HE = 1 - \frac{\mathrm{var}(\mathrm{hedged})}{\mathrm{var}(\mathrm{unhedged})}

    A hedge ratio fitted on these very rows makes HE the R squared of the regression and flatters
    the hedge; take the ratio from rows before them.

    Band: that of the ratio of variances, symmetric in its logarithm.

    References
    ----------
    Ederington, L. H. (1979). The hedging performance of the new futures markets. Journal of
    Finance 34(1), 157-170.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> rest, market = rng.standard_normal((2, 1000))
    >>> found = hedge_effectiveness(rest + market, rest, rng)
    >>> bool(found.low < 0.5 < found.high)
    True
    """
    chosen = options or BandOptions()
    before, after = _moves(unhedged), _moves(hedged)
    if before.size != after.size:
        raise NotEstimable("shape", unhedged=before.size, hedged=after.size)
    deviations = np.array([before.std(), after.std()])
    both = np.column_stack([before, after]) / deviations
    # the ratio itself is put back below: both columns are of one size here
    ratio = float(deviations[1] / deviations[0]) ** 2

    def measure(counts: Sequence[Floats]) -> Measured:
        sample = spread(both, counts[0])
        first, second = (
            sample.squares(np.broadcast_to(chosen_column, sample.variance.shape))
            for chosen_column in np.eye(2)
        )
        logs = np.log(sample.variance[:, 1] / sample.variance[:, 0])
        return Measured(
            logs=logs[:, None],
            influence=((second - first)[:, None],),
            others=np.empty((logs.size, 0)),
        )

    found = bands(measure, [before.size], rng, chosen)
    value, low, high = (ratio * each for each in found.at(0))
    return HedgeEffectiveness(
        value=1.0 - value,
        low=1.0 - high,
        high=1.0 - low,
        unhedged=float(deviations[0]),
        hedged=float(deviations[1]),
        level=chosen.level,
        nobs=before.size,
        block=found.blocks[0],
    )


def _moves(x: object) -> Floats:
    """Return one column less its mean, (T,); the first row goes first, against rounding."""
    given = table(x).values
    if given.shape[1] != 1:
        raise NotEstimable("shape", got=given.shape, columns=1)
    values = vector(given[:, 0], least=LEAST_ROWS)
    moves = values - values[0]
    centred: Floats = moves - moves.mean()
    return centred
