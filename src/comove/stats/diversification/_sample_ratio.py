"""The diversification ratio of a sample of returns, with its band."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from comove.stats.diversification._band import (
    LEAST_ROWS,
    BandOptions,
    Measured,
    bands,
)
from comove.stats.diversification._portfolio import Weights, positions
from comove.stats.diversification._variance import ratio_terms, spread
from comove.stats.frames import data_frame
from comove.stats.result import Result
from comove.stats.sample import Floats

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SampleRatio(Result):
    """A diversification ratio estimated from returns.

    Parameters
    ----------
    value, low, high
        The ratio, a pure number, and its band.
    level, nobs
        Coverage of the band; rows used.
    block
        Mean block length of the bootstrap, in rows.
    """

    headline: ClassVar[tuple[str, ...]] = ("squared",)

    value: float
    low: float
    high: float
    level: float
    nobs: int
    block: float

    @property
    def squared(self) -> float:
        """The ratio squared: roughly the number of independent positions of equal risk."""
        return self.value**2

    def to_frame(self) -> DataFrame:
        """Return value and band of the ratio and of its square."""
        given = np.array([self.value, self.low, self.high])
        both = np.vstack([given, given**2]).T
        return data_frame(
            dict(zip(("value", "low", "high"), both, strict=True)), ["ratio", "squared"]
        )


def sample_ratio(
    weights: Weights,
    x: object,
    rng: np.random.Generator,
    options: BandOptions | None = None,
) -> SampleRatio:
    """Estimate the diversification ratio of a portfolio from its returns.

    Parameters
    ----------
    weights
        Shape (k,) in the order of the columns, or a weight per name; negative for a short
        position.  Their scale does not matter.
    x
        Shape (T, k), returns, T >= 30: an array or a data frame.  No NaN.  Any unit, any level:
        means are taken out.
    rng
        Source of chance; the same state gives the same band.
    options
        Level, replications, block length; the defaults of :class:`BandOptions` when None.

    Returns
    -------
    SampleRatio
        See :func:`diversification_ratio` for what it measures.

    Raises
    ------
    NotEstimable
        ``shape``, ``names``, ``too_short``, ``not_finite``, ``constant``, ``positions`` (fewer
        than two), ``collinear`` (the positions move as one), ``no_risk`` (they cancel), ``level``,
        ``block``.

    Notes
    -----
    Band: stationary bootstrap of the logarithm, studentised by the influence of the rows, so that
    it is symmetric as a factor up and a factor down.

    References
    ----------
    Choueifaty, Y. and Coignard, Y. (2008). Toward maximum diversification. Journal of Portfolio
    Management 35(1), 40-51.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> found = sample_ratio([0.5, 0.5], rng.standard_normal((500, 2)), rng)
    >>> bool(found.low < 2**0.5 < found.high)
    True
    """
    chosen = options or BandOptions()
    earned = positions(weights, x, LEAST_ROWS).values

    def measure(counts: Sequence[Floats]) -> Measured:
        logs, influence = ratio_terms(spread(earned, counts[0]))
        return Measured(
            logs=logs[:, None],
            influence=(influence[:, None],),
            others=np.empty((logs.size, 0)),
        )

    found = bands(measure, [earned.shape[0]], rng, chosen)
    value, low, high = found.at(0)
    return SampleRatio(
        value=value,
        low=low,
        high=high,
        level=chosen.level,
        nobs=earned.shape[0],
        block=found.blocks[0],
    )
