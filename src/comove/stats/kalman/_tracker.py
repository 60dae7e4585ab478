"""The filter as something that is kept: one row in, the coefficients as of that row out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from comove.core.errors import NotEstimable
from comove.stats.kalman._model import Discount, RandomWalk, check_discount, variances
from comove.stats.regression import critical_value
from comove.stats.sample import Floats


@dataclass(frozen=True, kw_only=True, eq=False)
class Update:
    """What one row taught.

    Attributes
    ----------
    coef, low, high
        Shape (q,), the constant first when there is one; NaN while a diffuse start does not know
        every coefficient.
    predicted, spread
        Forecast of the row from the rows before it and the standard deviation of its error, as in
        :class:`Betas`.
    nobs
        Rows seen.
    """

    coef: Floats
    low: Floats
    high: Floats
    predicted: float
    spread: float
    nobs: int


class Tracker:
    """Drifting coefficients kept up to date, one row at a time.

    Parameters
    ----------
    model
        :class:`RandomWalk` or :class:`Discount`.
    drivers
        Columns of x, p >= 0.
    level
        Coverage of the bands.

    Raises
    ------
    NotEstimable
        ``shape`` without any coefficient; ``params``, ``start``, ``delta`` or ``level``.

    Notes
    -----
    A row costs O(q^2) whatever came before.  The arithmetic is that of :func:`filtered`, row for
    row: the coefficients are the same to the last bit.  Under a random walk the covariance is
    carried, in Joseph's form where a row sharpens it; under a discount its square root, in
    Potter's; before every coefficient is known a triangle, in rotations (O(q^3) while it lasts).

    References
    ----------
    Bierman, G. J. (1977). Factorization Methods for Discrete Sequential Estimation, chapters 2
    and 5.

    Examples
    --------
    >>> kept = Tracker(Discount(delta=0.99, intercept=False), drivers=1)
    >>> for driver in (1.0, -2.0, 0.5, 1.5):
    ...     last = kept.update(2.0 * driver, [driver])
    >>> last.nobs, last.coef.round(9).tolist()
    (4, [2.0])
    """

    def __init__(self, model: RandomWalk | Discount, drivers: int, *, level: float = 0.95) -> None:
        size = drivers + int(model.intercept)
        if drivers < 0 or size == 0:
            raise NotEstimable("shape", drivers=drivers, coefficients=size)
        self.nobs = 0
        self._row = np.ones((1, size))
        self._drivers = self._row[0, int(model.intercept) :]
        self._target = np.empty(1)
        self._out = np.full((1, size), np.nan), np.full((1, size), np.nan)
        critical_value(level)
        known = isinstance(model, RandomWalk) and model.start is not None
        self._centred = bool(model.intercept and not known)
        self._origin = 0.0
        self._engine: _Walking | _Forgetting
        if isinstance(model, Discount):
            check_discount(model)
            self._engine = _Forgetting(model, size, level)
        else:
            self._engine = _Walking(model, size, level)

    def update(self, y: float, x: ArrayLike = ()) -> Update:
        """Learn from one row.

        Parameters
        ----------
        y
            The target.
        x
            Shape (p,), the drivers.

        Returns
        -------
        Update
            Arrays read-only.

        Raises
        ------
        NotEstimable
            ``shape`` or ``not_finite``; the tracker is then as it was.
        """
        drivers = np.asarray(x, dtype=np.float64)
        if drivers.shape != self._drivers.shape:
            raise NotEstimable("shape", got=drivers.shape, expected=self._drivers.shape)
        if not (math.isfinite(y) and np.isfinite(drivers).all()):
            raise NotEstimable("not_finite")
        self._drivers[:] = drivers
        if self.nobs == 0 and self._centred:
            self._origin = float(y)
        self._target[0] = y - self._origin
        self.nobs += 1
        error, spread, critical = self._engine.learn((self._row, self._target), self._out)
        coef = self._out[0][0].copy()
        coef[0] += self._origin
        reach = critical * np.sqrt(self._out[1][0])
        low, high = coef - reach, coef + reach
        for array in (coef, low, high):
            array.setflags(write=False)
        return Update(
            coef=coef, low=low, high=high, predicted=y - error, spread=spread, nobs=self.nobs
        )


class _Walking:
    """A random walk, from its start on."""

    def __init__(self, model: RandomWalk, size: int, level: float) -> None:
        checked = variances(model, size)
        self.model = checked.noise, checked.nu, checked.drift
        heavy = checked.nu < math.inf
        self.variance = checked.noise * (checked.nu / (checked.nu - 2.0) if heavy else 1.0)
        self.critical = critical_value(level)
        self.belief = checked.start
        self.root, self.largest = np.zeros((size, size + 1)), np.zeros(size)
        self.trace, self.read = np.empty((size, size + 3)), 0
        self.opened: tuple[Floats, Floats] | None = None
        self.steps = np.empty((1, 3))
        self.trail = np.empty((0, size)), np.empty((0, 2)), np.empty((0, size, size))

    def learn(
        self, data: tuple[Floats, Floats], out: tuple[Floats, Floats]
    ) -> tuple[float, float, float]:
        """Take one row; return forecast error, its standard deviation and the band's reach."""
        from comove.stats.kalman import _kernels

        if self.belief is None:
            error, size = self._open(data, out)
            return error, math.sqrt(size), self.critical
        _kernels.walk(data, self.belief, self.model, 0, (*out, self.steps), self.trail)
        error, size = self.steps[0, :2].tolist()
        return error, math.sqrt(size), self.critical

    def _open(self, data: tuple[Floats, Floats], out: tuple[Floats, Floats]) -> tuple[float, float]:
        """Take one row of a start that knows nothing, as :func:`_information.begin` does."""
        from comove.stats.kalman import _information

        rows, targets = data
        size, step = rows.shape[1], np.full(3, math.nan)
        if self.read:
            _information.blur(self.root, self.model[2], self.trace)
        self.read += 1
        if self.opened is not None:
            _information.foresee(self._told(), rows[0], targets[0], self.variance, step)
        scale = 1.0 / math.sqrt(self.variance)
        row = np.append(scale * rows[0], scale * targets[0])
        _information.absorb(self.root, row, self.largest)
        if _information.rank(self.root) == size:
            mean, cov = self.opened = self._told()
            out[0][0], out[1][0] = mean, cov.diagonal()
            if _information.enough(self.root, cov, self.read):
                self.belief = mean, cov + np.diag(self.model[2])
        return float(step[0]), float(step[1])

    def _told(self) -> tuple[Floats, Floats]:
        """Mean and covariance that the triangle holds."""
        from comove.stats.kalman import _information

        size = len(self.root)
        inverse, mean, cov = np.empty((size, size)), np.empty(size), np.empty((size, size))
        _information.invert(self.root, inverse)
        _information.locate(self.root, inverse, mean)
        _information.spread(inverse, cov)
        return mean, cov


class _Forgetting:
    """A discount, from knowing nothing on."""

    def __init__(self, model: Discount, size: int, level: float) -> None:
        self.fades = model.delta, model.variance_delta
        self.chance = 0.5 + level / 2.0
        self.belief = np.empty(size), np.empty((size, size)), np.zeros(2)
        self.root, self.largest = np.zeros((size, size + 1)), np.zeros(size)
        self.opening = True
        self.steps = np.full((1, 6), np.nan)

    def learn(
        self, data: tuple[Floats, Floats], out: tuple[Floats, Floats]
    ) -> tuple[float, float, float]:
        """Take one row; return forecast error, its scale and the band's reach."""
        from scipy.special import stdtrit

        from comove.stats.kalman import _discounting as engine

        path = *out, self.steps
        if self.opening:
            known = engine.open_row(data, self.fades, (self.root, self.largest), self.belief)
            self.opening = not known
            if known:
                engine.report(self.belief, path, 0)
        else:
            engine.forget(data, self.fades, self.belief, 0, path)
        error, size, noise, _, later, freedom = self.steps[0].tolist()
        out[1][0] *= later
        if not freedom > 0.0:
            out[1][0] = np.nan
            return error, math.nan, math.nan
        return error, math.sqrt(noise * size), float(stdtrit(freedom, self.chance))
