"""A fitted model of correlations that change from day to day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from comove.core.errors import NotEstimable
from comove.stats.dcc import _errors
from comove.stats.dcc._equation import (
    Model,
    Moments,
    Positions,
    Start,
    correlations,
    moments,
    recursion,
)
from comove.stats.dcc._likelihood import Likelihood, Objective, pairs_of
from comove.stats.frames import Labels, data_frame
from comove.stats.garch import Garch
from comove.stats.result import Result
from comove.stats.sample import Floats

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Dcc(Result):
    """Volatilities and correlations of k series.

    Attributes
    ----------
    names, index
        Of the columns and rows of x; "0", "1", ... and 0, 1, ... for an array.
    model, start, likelihood
        As asked.
    a, b, g
        Weight of yesterday's shocks, of yesterday's Q, and of joint falls (0 unless "adcc").
    loglik
        Joint Gaussian log-likelihood of both steps, constants included. NaN for a likelihood of
        pairs: ``evaluate(found.margins, found.params, model=found.model)`` has it.
    criterion
        What the second step maximised: the part of the log-likelihood, or of its sum over pairs,
        that correlations answer for.
    nobs, starts
        T, and the number of hills that were climbed.
    margins
        The first step.

    Notes
    -----
    Paths, errors and moments are computed when first asked for, and kept.
    """

    names: tuple[str, ...]
    index: Labels
    model: Model
    start: Start
    likelihood: Objective
    a: float
    b: float
    g: float
    loglik: float
    criterion: float
    nobs: int
    starts: int
    margins: Garch

    headline: ClassVar[tuple[str, ...]] = ("half_life",)

    @property
    def params(self) -> Mapping[str, float]:
        """The parameters of the correlations by name: a, b and, for "adcc", g."""
        values = {"a": self.a, "b": self.b}
        return MappingProxyType(values | ({"g": self.g} if self.model == "adcc" else {}))

    @cached_property
    def target(self) -> Floats:
        """What Q reverts to, (k, k)."""
        return _sealed(recursion(self.moments, self.weights, differentiate=False).target)

    @cached_property
    def correlation(self) -> Floats:
        """Correlation matrices (T, k, k).

        Row t uses shocks up to t - 1 only, but parameters and target of the whole sample.
        """
        k = len(self.names)
        path = self._correlations(*np.tril_indices(k, -1))
        full = np.empty((self.nobs, k, k))
        full[:, np.arange(k), np.arange(k)] = 1.0
        rows, columns = np.tril_indices(k, -1)
        full[:, rows, columns] = full[:, columns, rows] = path
        return _sealed(full)

    @property
    def sigma(self) -> Floats:
        """Conditional standard deviations (T, k), units of x."""
        return self.margins.sigma

    @property
    def covariance(self) -> Floats:
        """Covariance matrices (T, k, k), squared units of x."""
        sigma = self.sigma
        return np.asarray(self.correlation * sigma[:, :, None] * sigma[:, None, :])

    def pair(self, first: str | int, second: str | int) -> Floats:
        """Return the correlation path (T,) of two series, by name or position."""
        rows = np.array([position(self.names, first)])
        columns = np.array([position(self.names, second)])
        if rows[0] == columns[0]:
            return np.ones(self.nobs)
        return self._correlations(np.maximum(rows, columns), np.minimum(rows, columns))[:, 0]

    @property
    def persistence(self) -> float:
        """Share of a correlation shock left after a day: a + b, and for "adcc" g's average part.

        The average part is g times the mean eigenvalue of the negative second moments against the
        target.
        """
        if self.g == 0.0:
            return self.a + self.b
        share = np.trace(np.linalg.solve(self.moments.target, self.moments.negative))
        return self.a + self.b + self.g * float(share) / len(self.names)

    @property
    def half_life(self) -> float:
        """Observations until half of a correlation shock is gone: log 0.5 / log persistence."""
        return float(np.log(0.5) / np.log(self.persistence)) if self.persistence > 0.0 else 0.0

    @cached_property
    def parameter_covariance(self) -> Floats:
        """Covariance (p, p) of :attr:`params`, margins having been estimated first.

        NaN for a parameter at zero, and throughout where persistence is at its bound or the
        likelihood is flat (without any news in correlations b means nothing).

        Notes
        -----
        The second step's score moves with each day's own score and, through the residuals and
        their moments, with the first step's estimates, whose influence functions are known: the
        sum of the squares of both together, between inverse Hessians. All derivatives but the
        last, differences of analytic gradients, are analytic. That the target is estimated too is
        ignored, which costs a per cent or two. In simulations with one to five thousand days
        1.96 errors reach the truth in 92 to 96 % of samples, with fat tails in 90 to 93 %.

        References
        ----------
        Engle and Sheppard (2001), "Theoretical and empirical properties of dynamic conditional
        correlation multivariate GARCH"; Newey and McFadden (1994), "Large sample estimation and
        hypothesis testing".
        """
        objective = Likelihood(self.moments, pairs_of(self.likelihood, len(self.names)))
        influence = _errors.influence(objective, self.weights, self.margins)
        return _sealed(influence @ influence.T)

    @property
    def errors(self) -> Mapping[str, float]:
        """Standard errors of :attr:`params` by name; NaN as in the covariance."""
        diagonal = np.sqrt(np.diag(self.parameter_covariance))
        return MappingProxyType(dict(zip(self.params, diagonal.tolist(), strict=True)))

    def to_frame(self) -> DataFrame:
        """Return the correlation paths, one column for each pair, named "first_second"."""
        rows, columns = np.tril_indices(len(self.names), -1)
        labels = [
            f"{self.names[j]}_{self.names[i]}"
            for i, j in zip(rows.tolist(), columns.tolist(), strict=True)
        ]
        paths = self._correlations(rows, columns)
        return data_frame(dict(zip(labels, paths.T, strict=True)), self.index)

    def summary(self) -> str:
        """Return scalars, parameters with their errors, and the margins, as fixed-width text."""
        scalars = self._scalars()
        width = max(len(name) for name, _ in scalars)
        lines = [type(self).__name__, *(f"  {name:<{width}}  {text}" for name, text in scalars)]
        lines += ["", f"  {'':<{width}}  {'value':>10}  {'error':>10}"]
        for name, value in self.params.items():
            lines.append(f"  {name:<{width}}  {value:>10.6g}  {self.errors[name]:>10.4g}")
        return "\n".join([*lines, "", self.margins.summary()])

    @cached_property
    def moments(self) -> Moments:
        """What was taken from the residuals before the second step."""
        return moments(np.ascontiguousarray(self.margins.residuals), self.model, self.start)

    @property
    def weights(self) -> Floats:
        """The parameters as an array, (2,) or (3,)."""
        return np.array(list(self.params.values()))

    def _correlations(self, rows: Positions, columns: Positions) -> Floats:
        run = recursion(self.moments, self.weights, differentiate=False)
        return correlations(run, rows, columns)


def position(names: tuple[str, ...], label: str | int) -> int:
    """Return the position of a column named or counted."""
    found = names.index(label) if label in names else label
    if not isinstance(found, int) or not -len(names) <= found < len(names):
        raise NotEstimable("names", name=label, names=", ".join(names))
    return found % len(names)


def _sealed(array: Floats) -> Floats:
    array.setflags(write=False)
    return array
