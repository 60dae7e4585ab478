"""The least change of a portfolio that brings its diversification ratio to a target."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from comove.core.errors import NotEstimable
from comove.stats.diversification._portfolio import Book, Weights, book
from comove.stats.frames import data_frame
from comove.stats.result import Result
from comove.stats.sample import Floats

if TYPE_CHECKING:
    from pandas import DataFrame

# how far the ratio reached may miss the target and still count as the target
_CLOSE = 1e-6


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class LeastTilt(Result):
    """New weights; exact for the covariance given, no interval.

    Parameters
    ----------
    feasible
        Whether the target is within reach.
    target, ratio
        Diversification ratio asked for, and that of the new weights.
    highest
        The highest ratio the columns can reach without a position changing sides.
    turnover
        Half the sum of the sizes of the changes.
    names, before, weights
        The k columns, what was held and what would be, shape (k,).  The old weights again where the
        target is out of reach.
    """

    feasible: bool
    target: float
    ratio: float
    highest: float
    turnover: float
    names: tuple[str, ...]
    before: Floats
    weights: Floats

    def to_frame(self) -> DataFrame:
        """Return one line per column: before, after, change."""
        changes = {"before": self.before, "after": self.weights}
        return data_frame({**changes, "change": self.weights - self.before}, self.names)


def solver_installed() -> bool:
    """Tell whether the packages that solve it are there.

    Returns
    -------
    bool
        True when both can be imported.  Nothing is loaded.
    """
    return find_spec("cvxpy") is not None and find_spec("clarabel") is not None


def least_tilt(weights: Weights, covariance: object, target: float) -> LeastTilt:
    r"""Find the least change of the weights that reaches a diversification ratio.

    Parameters
    ----------
    weights
        Shape (k,) in the order of the columns, or a weight per name; negative for a short position.
    covariance
        Shape (k, k): an array or a data frame.
    target
        Ratio to reach, above 1.

    Returns
    -------
    LeastTilt
        Weights with the same sum, none on the other side of zero than before; unchanged where the
        ratio is there already.

    Raises
    ------
    NotEstimable
        As :func:`diversification_ratio`; ``option`` for a target that is not above 1;
        ``no_convergence``; ``solver`` when cvxpy or clarabel is not installed.

    Notes
    -----
    With v the weights before and s their signs, a weight of zero counting as long,

    .. math::
        \min_w \|w - v\|^2 \quad\text{subject to}\quad
        \sum_i w_i = \sum_i v_i,\; s_i w_i \ge 0,\;
        t \sqrt{w' S w} \le \sum_i s_i w_i \sigma_i,

    a cone program, because the signs are kept; squares make the solution unique.  The highest ratio
    is that of the most diversified portfolio under the same constraints: the least variance among
    weights whose gross risk is one, scaled back.  The covariance is taken as known.  Weights
    that reach a target in the sample will miss it outside: the most diversified portfolio of a
    short window is partly fitted to noise.

    References
    ----------
    Choueifaty, Y., Froidure, T. and Reynier, J. (2013). Properties of the most diversified
    portfolio. Journal of Investment Strategies 2(2), 49-70.

    Examples
    --------
    >>> found = least_tilt([0.9, 0.1], [[1.0, 0.0], [0.0, 1.0]], 1.4)  # doctest: +SKIP
    >>> round(found.ratio, 4), round(found.highest, 4)  # doctest: +SKIP
    (1.4, 1.4142)
    """
    if not (np.isfinite(target) and target > 1.0):
        raise NotEstimable("option", target=target)
    held = book(weights, covariance)
    ratio = held.gross / held.volatility
    if ratio >= target - _CLOSE:
        return _found(held, held.weights, target, _highest(held))
    if not solver_installed():
        raise NotEstimable("solver", packages="cvxpy, clarabel")
    highest = _highest(held)
    if highest < target - _CLOSE:
        return _found(held, None, target, highest)
    return _found(held, _closest(held, target), target, highest)


def _found(held: Book, weights: Floats | None, target: float, highest: float) -> LeastTilt:
    after = held.weights if weights is None else weights
    variance = float(after @ held.covariance @ after)
    return LeastTilt(
        feasible=weights is not None,
        target=target,
        ratio=float(np.abs(after) @ held.deviations) / variance**0.5,
        highest=highest,
        turnover=0.5 * float(np.abs(after - held.weights).sum()),
        names=held.names,
        before=held.weights,
        weights=after,
    )


def _signs(held: Book) -> Floats:
    return np.where(held.weights < 0.0, -1.0, 1.0)


def _root(held: Book) -> Floats:
    """Return F with F F' the correlation matrix, so that ``|F' (sigma w)|`` is the volatility."""
    correlation = held.covariance / np.outer(held.deviations, held.deviations)
    roots, axes = np.linalg.eigh(correlation)
    factor: Floats = axes * np.sqrt(np.maximum(roots, 0.0))
    return factor


def _highest(held: Book) -> float:
    """Largest ratio within the signs and the sum of the weights."""
    if not solver_installed():
        return float("nan")
    cvxpy = _cvxpy()
    signs, total = _signs(held), float(held.weights.sum())
    # risk of every position, positive: its weight is signs * risk / deviation
    risk = cvxpy.Variable(held.weights.size, nonneg=True)
    invested = (signs / held.deviations * held.deviations.mean()) @ risk
    limits = [cvxpy.sum(risk) == 1.0]
    if abs(total) < _CLOSE:
        limits.append(invested == 0.0)
    else:
        limits.append(invested * np.sign(total) >= 0.0)
    _solve(
        cvxpy.Problem(
            cvxpy.Minimize(cvxpy.norm(_root(held).T @ cvxpy.multiply(signs, risk))), limits
        )
    )
    found = signs * np.maximum(np.asarray(risk.value), 0.0)
    return float(np.abs(found).sum() / np.linalg.norm(_root(held).T @ found))


def _closest(held: Book, target: float) -> Floats:
    cvxpy = _cvxpy()
    signs = _signs(held)
    scaled = held.deviations / held.deviations.mean()
    weights = cvxpy.Variable(held.weights.size)
    limits = [
        cvxpy.sum(weights) == held.weights.sum(),
        cvxpy.multiply(signs, weights) >= 0.0,
        target * cvxpy.norm(_root(held).T @ cvxpy.multiply(scaled, weights))
        <= (signs * scaled) @ weights,
    ]
    _solve(cvxpy.Problem(cvxpy.Minimize(cvxpy.sum_squares(weights - held.weights)), limits))
    found: Floats = signs * np.maximum(signs * np.asarray(weights.value), 0.0)
    return found


def _cvxpy() -> Any:  # noqa: ANN401 - a module without types
    return import_module("cvxpy")


def _solve(problem: Any) -> None:  # noqa: ANN401 - a problem of cvxpy
    cvxpy = _cvxpy()
    try:
        with warnings.catch_warnings():
            # what it warns of is in the status, and refused below
            warnings.simplefilter("ignore", UserWarning)
            problem.solve(solver=cvxpy.CLARABEL)
    except cvxpy.SolverError as cause:
        raise NotEstimable("no_convergence") from cause
    if problem.status != cvxpy.OPTIMAL:
        raise NotEstimable("no_convergence", status=problem.status)
