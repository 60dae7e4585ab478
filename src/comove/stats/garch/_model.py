"""A fitted model: parameters, variances, residuals, and on demand their errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

import numpy as np

from comove.stats.frames import Labels
from comove.stats.garch import _errors, _recursion
from comove.stats.garch._spec import Innovations, Model, Series, Spec, Start
from comove.stats.result import Result
from comove.stats.sample import Floats

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Garch(Result):
    """Models of k series, each fitted on its own.

    Attributes
    ----------
    names, index
        Of the columns and rows of x; "0", "1", ... and 0, 1, ... for an array.
    model, innovations, start
        As asked: "garch" or "gjr"; "normal" or "t"; the convention for the first variance, "given"
        when the caller gave it.
    mean, omega, alpha, gamma, beta, nu
        Shape (k,). ``mean`` in units of x, ``omega`` in squared ones. ``gamma`` is what a negative
        shock adds to ``alpha``, 0 for "garch"; ``nu`` degrees of freedom, infinite for "normal".
    sigma2
        Shape (T, k), conditional variances, squared units of x.
    residuals
        Shape (T, k), standardised: (x - mean) / sqrt(sigma2).
    loglik
        Shape (k,), log-likelihoods, constants included.
    presample
        Shape (k,): the variance that stands for what came before the first row. The first variance
        itself under "sample_variance" and "given".
    nobs
        T.
    """

    names: tuple[str, ...]
    index: Labels
    model: Model
    innovations: Innovations
    start: Start | Literal["given"]
    mean: Floats
    omega: Floats
    alpha: Floats
    gamma: Floats
    beta: Floats
    nu: Floats
    sigma2: Floats
    residuals: Floats
    loglik: Floats
    presample: Floats
    nobs: int

    @property
    def params(self) -> Mapping[str, Floats]:
        """Parameters by name, each (k,), in the order of :attr:`covariance`."""
        return MappingProxyType({name: getattr(self, name) for name in self._order})

    @property
    def _order(self) -> tuple[str, ...]:
        middle = ("alpha", "gamma") if self.model == "gjr" else ("alpha",)
        last = ("nu",) if self.innovations == "t" else ()
        return ("mean", "omega", *middle, "beta", *last)

    @property
    def sigma(self) -> Floats:
        """Conditional standard deviations (T, k), units of x."""
        return np.asarray(np.sqrt(self.sigma2))

    @property
    def persistence(self) -> Floats:
        """Share of a variance shock left after a day, (k,): alpha + gamma / 2 + beta."""
        return np.asarray(self.alpha + 0.5 * self.gamma + self.beta)

    @property
    def half_life(self) -> Floats:
        """Observations until half of a variance shock is gone, (k,): log 0.5 / log persistence."""
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(0.5) / np.log(self.persistence))

    @cached_property
    def covariance(self) -> Floats:
        """Robust covariance of the parameters, (k, p, p), in the order of :attr:`params`.

        NaN for a parameter that rests on its bound; the others' are then given that one. NaN
        throughout where the likelihood is flat, as when there are no ARCH effects at all.

        Notes
        -----
        A^-1 B A^-1, with A the Hessian of the negative log-likelihood and B the sum of the outer
        products of the scores, both analytic.

        References
        ----------
        Bollerslev and Wooldridge (1992), "Quasi-maximum likelihood estimation and inference in
        dynamic models with time-varying covariances".
        """
        scale = np.sqrt(self.sigma2.mean(axis=0))
        influence = self._influence(scale)
        turned = influence.values.transpose(0, 2, 1) @ self._turn(scale).transpose(0, 2, 1)
        covariance = turned.transpose(0, 2, 1) @ turned
        missing = influence.held | influence.flat[:, None]
        covariance[missing[:, :, None] | missing[:, None, :]] = np.nan
        covariance.setflags(write=False)
        return np.asarray(covariance)

    @property
    def errors(self) -> Mapping[str, Floats]:
        """Robust standard errors by name, each (k,); NaN as in :attr:`covariance`."""
        diagonal = np.sqrt(np.einsum("kii->ki", self.covariance))
        return MappingProxyType({name: diagonal[:, i] for i, name in enumerate(self._order)})

    def sensitivity(self) -> tuple[Floats, Floats]:
        """How estimates answer each observation, and residuals each estimate.

        Returns
        -------
        tuple of arrays
            Shapes (k, p, T): the influence of observation t on a parameter, whose sum of squares
            over t is its robust variance; and the derivative of residual t by a parameter. Both in
            the same internal units, so that only their product over the parameters has a meaning.
        """
        scale = np.sqrt(self.sigma2.mean(axis=0))
        influence = self._influence(scale)
        residuals = self.residuals.T[:, None]
        variance = (self.sigma2 / scale**2).T[:, None]
        slopes = -0.5 * residuals * influence.slopes / variance
        slopes[:, 0] -= 1.0 / np.sqrt(variance[:, 0])
        return influence.values, slopes

    def to_frame(self) -> DataFrame:
        """Return one line per series: parameters, their robust errors, persistence, likelihood."""
        import pandas as pd

        columns: dict[str, Floats] = dict(self.params)
        columns |= {"persistence": self.persistence, "half_life": self.half_life}
        columns |= {"loglik": self.loglik}
        columns |= {f"se_{name}": values for name, values in self.errors.items()}
        return pd.DataFrame(columns, index=pd.Index(self.names, name="series"))

    @property
    def _spec(self) -> Spec:
        return Spec(split=self.model == "gjr", tails=self.innovations == "t")

    def _influence(self, scale: Floats) -> _errors.Influence:
        return _errors.influence(self._series(scale), self._theta(scale), _recursion.ENGINE)

    def _series(self, scale: Floats) -> Series:
        shocks = self.residuals * np.sqrt(self.sigma2) / scale
        beginning = self.start if self.start in {"backcast", "rmgarch"} else "fixed"
        anchor = self.presample / scale**2
        return Series(np.ascontiguousarray(shocks.T), anchor, beginning, self._spec)

    def _theta(self, scale: Floats) -> Floats:
        """Parameters (k, p) of the deviations from the mean, in units of ``scale``."""
        columns = [np.zeros_like(scale), self.omega / scale**2, self.alpha]
        if self.model == "gjr":
            columns.append(self.alpha + self.gamma)
        columns.append(self.beta)
        if self.innovations == "t":
            columns.append(1.0 / self.nu)
        return np.column_stack(columns)

    def _turn(self, scale: Floats) -> Floats:
        """Differentiate the parameters by name with respect to the internal ones, (k, p, p)."""
        turn = np.tile(np.eye(self._spec.size), (len(scale), 1, 1))
        turn[:, 0, 0], turn[:, 1, 1] = scale, scale**2
        if self.model == "gjr":
            turn[:, 3, 2] = -1.0
        if self.innovations == "t":
            turn[:, -1, -1] = -(self.nu**2)
        return turn
