"""How far each observation moved the estimates."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from comove.stats.garch._climb import WALL, Flags, at_wall, held
from comove.stats.garch._derivatives import derivatives, scores
from comove.stats.garch._spec import Engine, Series
from comove.stats.sample import Floats

_FLAT = 1e-10  # curvature, against its own scale, that is none


class Influence(NamedTuple):
    """Influence (k, p, T) of observations on parameters, and slopes (k, p, T) of the variances.

    ``held`` (k, p) parameters at a bound and ``flat`` (k,) series without a unique optimum have
    no influence: they count as known.
    """

    values: Floats
    slopes: Floats
    held: Flags
    flat: Flags


def influence(series: Series, theta: Floats, engine: Engine) -> Influence:
    """Influence at an optimum ``theta`` (k, p): minus the inverse Hessian times the scores."""
    here = derivatives(series, theta, engine)
    scored, slopes = scores(series, theta)
    spec = series.spec
    # At the optimum the score of a parameter inside its bounds is zero up to rounding: those
    # at a bound are told by where they are, and by a score that is not.
    fixed = held(spec, theta, here.score)
    free = ~fixed
    both = free[:, :, None] & free[:, None, :]
    unit = np.eye(spec.size, dtype=bool)
    scale = np.sqrt(np.abs(np.einsum("kii->ki", here.hessian)))
    scale[~free | (scale == 0.0)] = 1.0
    hill = np.where(both, -here.hessian, unit & ~both) / (scale[:, :, None] * scale[:, None, :])
    normal = np.where(free, spec.weights, 0.0) / scale
    length = np.maximum(np.einsum("ki,ki->k", normal, normal), 1e-300)
    stiff = np.where(at_wall(spec, theta), WALL / length, 0.0)
    hill = hill + stiff[:, None, None] * normal[:, :, None] * normal[:, None, :]
    flat = np.linalg.eigvalsh(hill)[:, 0] < _FLAT
    hill[flat] = unit
    scaled = np.where(free[:, :, None], scored, 0.0) / scale[:, :, None]
    values = np.linalg.solve(hill, scaled) / scale[:, :, None]
    values[flat] = 0.0
    return Influence(values, slopes, fixed, flat)
