"""One series from several sources: which one counts where, and how two are joined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comove.core.observations import Floats, Observations
from comove.core.series import SeriesSpec
from comove.data.calendars import member

Places = NDArray[np.int64]


def ranked(names: Sequence[str], spec: SeriesSpec) -> tuple[str, ...]:
    """Return names of sources, the one that counts first in front.

    Parameters
    ----------
    names
        As the rows of a store name them.
    spec
        Its ``sources`` are in order of preference.

    Returns
    -------
    tuple of str
        A user's own files before services; services as the catalogue orders them; names it does
        not know last, in alphabetical order.

    Examples
    --------
    >>> from comove.core.series import Clock
    >>> clock = Clock(time="16:00", zone="UTC")
    >>> spec = SeriesSpec(id="x", kind="price", unit="usd", clock=clock, sources=("b:X", "a:X"))
    >>> ranked(["a:X", "b:X", "file:x.csv"], spec)
    ('file:x.csv', 'b:X', 'a:X')
    """

    def place(name: str) -> tuple[int, str]:
        if name.partition(":")[0] in OWN:
            return -1, name
        known = spec.sources
        return (known.index(name) if name in known else len(known)), name

    return tuple(sorted(names, key=place))


OWN = ("file", "frame")
"""Sources that a user has brought in by hand."""


@dataclass(frozen=True, eq=False, kw_only=True)
class _Joint:
    """Where a lower layer fills what an upper one leaves open."""

    open: NDArray[np.bool_]
    factor: Floats


def layered(layers: Sequence[Observations]) -> Observations:
    """Lay series over one another.

    Parameters
    ----------
    layers
        At least one, the one that counts first in front; all of the same series.

    Returns
    -------
    Observations
        Every label that any layer has, with the value of the first layer that has it; the origins
        that contributed, joined by ``" over "``.

    Notes
    -----
    Adjusted prices of two sources have the same returns and different levels.  A lower layer is
    therefore scaled by the ratio of the two at their common label next to each gap it fills.
    Without a common label the two are joined as they are if the upper layer begins after the lower
    one ends: the last adjusted prices are quotes, so that at most a dividend between the two is
    missed.  If it ends before the lower one begins, the older piece is left out, because its
    adjustment is unknown; if they interlace, the lower one is.
    """
    result = layers[0]
    for lower in layers[1:]:
        if _older(result, lower):
            result = lower
            continue
        joint = _joint(result, lower)
        if joint.open.any():
            result = _merged(result, lower, joint)
    return result


def _older(upper: Observations, lower: Observations) -> bool:
    """Tell whether the upper layer is an older piece of unknown adjustment."""
    held = len(upper) and len(lower)
    return bool(held and upper.spec.adjusted and upper.labels[-1] < lower.labels[0])


def yielding(upper: Observations, lower: Observations) -> Observations:
    """Leave out values that give way to those of a second source.

    Parameters
    ----------
    upper, lower
        The same series from two sources, the one that counts first in front.

    Returns
    -------
    Observations
        ``upper`` without the labels on which it is out of reach of its own level before while
        ``lower`` is within reach; :func:`layered` fills them.

    Notes
    -----
    The rule, its reach and its tolerance are those of the quality gate that reports disagreements.
    Adjusted prices are not compared: their levels differ between honest sources.
    """
    from comove.data.gates.rules.sources import ENOUGH, OTHERWISE, REACH, TOLERANCE

    places = np.flatnonzero(member(upper.labels, lower.labels))
    places = places[places > 0]
    if upper.spec.adjusted or len(upper) <= ENOUGH or not len(places):
        return upper
    theirs = lower.values[np.searchsorted(lower.labels, upper.labels[places])]
    mine = upper.values[places]
    absolute, relative = TOLERANCE.get(upper.spec.unit, OTHERWISE)
    apart = abs(mine - theirs) > np.maximum(
        absolute * (1 + 1e-9), relative * np.minimum(abs(mine), abs(theirs))
    )
    log = upper.spec.change_is_log and bool((upper.values > 0).all() and (theirs > 0).all())
    levels, others = (np.log(upper.values), np.log(theirs)) if log else (upper.values, theirs)
    reach = REACH * 1.4826 * float(np.median(np.abs(np.diff(levels))))
    before = levels[places - 1]
    gives_way = apart & (abs(levels[places] - before) > reach) & (abs(others - before) <= reach)
    keep = np.ones(len(upper), dtype=bool)
    keep[places[gives_way]] = False
    return upper if keep.all() else _kept(upper, keep)


def _kept(track: Observations, keep: NDArray[np.bool_]) -> Observations:
    return Observations(
        track.spec,
        track.labels[keep],
        track.struck[keep],
        track.known[keep],
        track.values[keep],
        track.origin,
    )


def _joint(upper: Observations, lower: Observations) -> _Joint:
    open_labels = ~member(lower.labels, upper.labels)
    factor = np.ones(len(lower))
    if not (upper.spec.adjusted and len(upper)):
        return _Joint(open=open_labels, factor=factor)
    common = np.flatnonzero(~open_labels)
    if not len(common):
        follows = bool(len(lower)) and upper.labels[0] > lower.labels[-1]
        return _Joint(open=np.full(len(lower), follows), factor=factor)
    theirs = upper.values[np.searchsorted(upper.labels, lower.labels[common])]
    ratios = theirs / lower.values[common]
    before = np.searchsorted(common, np.arange(len(lower)), side="right") - 1
    return _Joint(open=open_labels, factor=ratios[np.maximum(before, 0)])


def _merged(upper: Observations, lower: Observations, joint: _Joint) -> Observations:
    fill = joint.open
    labels = np.concatenate([upper.labels, lower.labels[fill]])
    order = np.argsort(labels, kind="stable")
    values = np.concatenate([upper.values, (lower.values * joint.factor)[fill]])
    origins = " over ".join(origin for origin in (upper.origin, lower.origin) if origin)
    return Observations(
        upper.spec,
        labels[order],
        np.concatenate([upper.struck, lower.struck[fill]])[order],
        np.concatenate([upper.known, lower.known[fill]])[order],
        values[order],
        origins,
    )
