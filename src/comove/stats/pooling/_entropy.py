"""Entropy pooling: the probabilities closest to the prior under which the views hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from comove.core.errors import NotEstimable
from comove.stats.frames import data_frame, table
from comove.stats.pooling._dual import solve
from comove.stats.pooling._views import View, constraints, prior_probabilities, view_columns
from comove.stats.result import Result
from comove.stats.sample import Floats, matrix

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class EntropyPooling(Result):
    """Probabilities of scenarios under which the views hold; exact, no interval.

    Parameters
    ----------
    divergence
        Relative entropy of the probabilities from the prior, in nats: 0 when the views held
        already.
    effective
        Exponential of the entropy of the probabilities: how many equally likely scenarios they
        amount to.
    confidence
        Weight of the views against the prior.
    probabilities
        Shape (S,), adding up to one.
    targets, senses
        Shape (m,) and m: the views.
    achieved, before
        Shape (m,): expectation of each view under the probabilities and under the prior.
    multipliers
        Shape (m,): divergence saved per unit by which a target is eased; zero for an inequality
        that does not bind.
    binding
        Shape (m,): whether a view moves the probabilities.
    steps
        Newton steps.
    """

    divergence: float
    effective: float
    confidence: float
    probabilities: Floats
    targets: Floats
    senses: tuple[str, ...]
    achieved: Floats
    before: Floats
    multipliers: Floats
    binding: NDArray[np.bool_]
    steps: int

    def mean(self, x: object) -> Floats:
        """Return the expectation of every column of ``x``, shape (S, k) or (S,), as (k,).

        Parameters
        ----------
        x
            Scenarios: an array or a data frame.
        """
        values = self._scenarios(x)
        expected: Floats = self.probabilities @ values
        return expected

    def covariance(self, x: object) -> Floats:
        """Return the covariance (k, k) of the columns of ``x``, shape (S, k) or (S,).

        Parameters
        ----------
        x
            Scenarios: an array or a data frame.
        """
        values = self._scenarios(x)
        centred = values - self.probabilities @ values
        spread: Floats = (centred * self.probabilities[:, None]).T @ centred
        return spread

    def to_frame(self) -> DataFrame:
        """Return one line per view."""
        columns = ("targets", "achieved", "before", "multipliers", "binding")
        made = data_frame({name: getattr(self, name) for name in columns})
        made.insert(0, "senses", list(self.senses))
        return made

    def _scenarios(self, x: object) -> Floats:
        values = matrix(table(x).values, varies=False)
        if values.shape[0] != self.probabilities.size:
            raise NotEstimable("shape", got=values.shape, scenarios=self.probabilities.size)
        return values


def entropy_pooling(
    views: Sequence[View], prior: object = None, confidence: float = 1.0
) -> EntropyPooling:
    r"""Change the probabilities of scenarios as little as the views ask for.

    Parameters
    ----------
    views
        At least one; all over the same S scenarios, S >= 2.
    prior
        Shape (S,), not negative, in any total: an array or a series.  Equal when None.  Scenarios
        of probability zero stay impossible.
    confidence
        Weight of the views, above 0 and at most 1 (default): the probabilities are
        ``confidence p + (1 - confidence) prior``, so below 1 the views hold in part.

    Returns
    -------
    EntropyPooling
        Probabilities, how far they are from the prior, which views bind.

    Raises
    ------
    NotEstimable
        ``infeasible`` when no probabilities meet all views (targets outside what the scenarios
        reach, or views against each other); ``views`` (none, or an unknown sense), ``shape``,
        ``too_short``, ``not_finite``, ``not_positive`` (prior), ``constant`` (a view on what does
        not vary), ``option`` (confidence), ``no_convergence``.

    Notes
    -----
    .. math:: \min_p \sum_s p_s \log\frac{p_s}{q_s} \quad \text{subject to the views,} \qquad
        p_s \propto q_s \, e^{\theta' a_s}

    with one multiplier per view, found by Newton's method on the dual; inequalities keep theirs
    from changing sign.  Views need not be means: the values may be anything known per scenario.

    * probability of an event at least 20 %: values = 0/1 mask, target 0.2, ``">="``;
    * standard deviation d around a mean m: two views, values x with target m and values
      ``(x - m)**2`` with target ``d**2``;
    * correlation r: as before for both columns, and values ``(x - m_x)(y - m_y)`` with target
      ``r d_x d_y``.

    No scenario is invented: a view near the edge of what the scenarios hold is met by a handful of
    them.  ``effective`` says how many are left, and should be read before anything else.  A normal
    variable pushed to a mean of -1/2 standard deviations keeps its deviation and diverges by 1/8;
    on a grid that ends at three deviations the same view gives 0.1289 and a deviation of 0.9755.

    References
    ----------
    Meucci, A. (2008). Fully flexible views: theory and practice. Risk 21(10), 97-102.

    Csiszar, I. (1975). I-divergence geometry of probability distributions and minimization
    problems. Annals of Probability 3(1), 146-158.

    Examples
    --------
    >>> x = np.linspace(-3.0, 3.0, 601)
    >>> found = entropy_pooling([View(values=x, target=-0.5)], prior=np.exp(-(x**2) / 2.0))
    >>> round(found.divergence, 4), round(float(found.covariance(x)[0, 0]) ** 0.5, 4)
    (0.1289, 0.9755)
    """
    if not 0.0 < confidence <= 1.0:
        raise NotEstimable("option", confidence=confidence)
    columns = view_columns(views)
    before = prior_probabilities(prior, columns.shape[0])
    possible = before > 0.0
    made = constraints(views, columns[possible], before[possible])
    solution = solve(before[possible], made)
    probabilities = np.zeros(before.size)
    probabilities[possible] = solution.probabilities
    probabilities = confidence * probabilities + (1.0 - confidence) * before
    some = probabilities[probabilities > 0.0]
    return EntropyPooling(
        divergence=solution.divergence,
        effective=float(np.exp(-(some @ np.log(some)))),
        confidence=confidence,
        probabilities=probabilities,
        targets=np.array([view.target for view in views], dtype=np.float64),
        senses=tuple(view.sense for view in views),
        achieved=probabilities @ columns,
        before=before @ columns,
        multipliers=np.abs(solution.multipliers / made.unit),
        binding=~made.bounded | (solution.multipliers > 0.0),
        steps=solution.steps,
    )
