"""Every pair of series with a law of motion of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from comove.core.errors import NotEstimable
from comove.stats import garch
from comove.stats.dcc._equation import Model, Start, correlations, moments, recursion
from comove.stats.dcc._fit import check, climbed, usable
from comove.stats.dcc._likelihood import Likelihood, Pairs, pairs_of
from comove.stats.dcc._model import position
from comove.stats.frames import Labels, data_frame
from comove.stats.result import Result
from comove.stats.sample import Floats

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PairwiseDcc(Result):
    """One model for each of n pairs.

    Attributes
    ----------
    pairs
        Names of the two series of each.
    index
        Of the rows.
    model, start
        As asked.
    a, b, g, loglik
        Shape (n,): parameters as in ``Dcc``, joint Gaussian log-likelihood of the pair.
    correlation
        Shape (T, n).
    sigma
        Shape (T, k), conditional standard deviations of the series.
    names
        Of the k series.
    """

    pairs: tuple[tuple[str, str], ...]
    index: Labels
    model: Model
    start: Start
    a: Floats
    b: Floats
    g: Floats
    loglik: Floats
    correlation: Floats
    sigma: Floats
    names: tuple[str, ...]

    def to_frame(self) -> DataFrame:
        """Return the correlation paths, one column for each pair, named "first_second"."""
        labels = ["_".join(pair) for pair in self.pairs]
        return data_frame(dict(zip(labels, self.correlation.T, strict=True)), self.index)


def pairwise(
    x: ArrayLike,
    pairs: Sequence[tuple[str | int, str | int]] | None = None,
    *,
    model: Model = "dcc",
    margins: garch.Model = "garch",
    start: Start = "backcast",
    innovations: garch.Innovations = "normal",
) -> PairwiseDcc:
    """Fit the margins once and then each pair of columns on its own.

    Parameters
    ----------
    x
        Shape (T, k), array or data frame, T >= 100, k >= 2.
    pairs
        Names or positions of the two columns of each; all pairs when None.
    model, margins, start, innovations
        As in :func:`fit`.

    Returns
    -------
    PairwiseDcc
        Of n pairs.

    Raises
    ------
    NotEstimable
        As :func:`fit`, and ``names`` for an unknown column or a column with itself.

    Notes
    -----
    Each pair equals :func:`fit` of its two columns alone. The matrix of all pairs' correlations on
    a day need not be positive definite, as each comes from a model of its own: use the likelihood
    of pairs in :func:`fit` where a matrix is needed.

    Examples
    --------
    >>> noise = np.random.default_rng(1).standard_normal((500, 3))
    >>> found = pairwise(noise, [(0, 2)])
    >>> found.pairs, found.correlation.shape
    ((('0', '2'),), (500, 1))
    """
    check(model, start, margins, "all_pairs")
    first = garch.fit(x, model=margins, innovations=innovations, start=start, compiled=True)
    given = moments(usable(first, "all_pairs"), model, start)
    chosen = _chosen(first.names, pairs)
    tops, paths = [], []
    for columns in chosen:
        objective = Likelihood(given.pair(columns))
        psi, value, _ = climbed(objective)
        run = recursion(objective.given, psi, differentiate=False)
        paths.append(correlations(run, np.array([1]), np.array([0]))[:, 0])
        tops.append([*psi, *[0.0] * (3 - len(psi)), value])
    a, b, g, value_ = np.array(tops).T
    own = -0.5 * (first.residuals**2 + np.log(2.0 * np.pi * first.sigma2)).sum(axis=0)
    return PairwiseDcc(
        pairs=tuple((first.names[i], first.names[j]) for i, j in chosen),
        index=first.index,
        model=model,
        start=start,
        a=a.copy(),
        b=b.copy(),
        g=g.copy(),
        loglik=value_ + np.array([own[i] + own[j] for i, j in chosen]),
        correlation=np.column_stack(paths),
        sigma=first.sigma,
        names=first.names,
    )


def _chosen(names: tuple[str, ...], pairs: Sequence[tuple[str | int, str | int]] | None) -> Pairs:
    """Positions of the columns of each pair."""
    if pairs is None:
        return pairs_of("all_pairs", len(names)) or ()
    found = []
    for first, second in pairs:
        i, j = position(names, first), position(names, second)
        if i == j:
            raise NotEstimable("names", name=first)
        found.append((i, j))
    if not found:
        raise NotEstimable("names", name="")
    return tuple(found)
