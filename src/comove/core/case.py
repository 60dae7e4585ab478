"""What a channel is given to examine: the facts and the joint split, without words."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from comove.core.driver import Driver
from comove.core.estimate import Estimate
from comove.core.observations import Floats, Instants
from comove.core.panel import Ints
from comove.core.question import Question
from comove.core.snapshot import Snapshot


@dataclass(frozen=True, eq=False, kw_only=True)
class Grid:
    """Joint changes of assets and drivers, cut into baseline, episode and dependence window.

    Attributes
    ----------
    labels, spans
        Shape (T,): the session each change ends on and the sessions it covers.
    returns
        Shape (T, k): log returns of the assets.
    drivers
        Shape (T, p): changes of the drivers that entered.
    baseline, episode
        Row ranges: the move that is explained, and the rows just before it that the exposures of
        the return split are estimated on.
    dependence_baseline, dependence
        Row ranges: the window whose covariance is explained (it ends with the episode and usually
        begins before it), and the rows just before it that the exposures of the covariance split
        and the residuals are estimated on.
    """

    labels: Instants
    spans: Ints
    returns: Floats
    drivers: Floats
    baseline: slice
    episode: slice
    dependence_baseline: slice
    dependence: slice

    def day(self, row: int) -> date:
        """Return the label of a row as a date."""
        found: date = self.labels[row].astype("M8[D]").item()
        return found


@dataclass(frozen=True, eq=False, kw_only=True)
class ChannelShare:
    """What the joint split attributes to one channel.

    Attributes
    ----------
    returns
        Per asset: contribution to the episode's log return.
    covariance
        Per pair: contribution to the covariance over the dependence window, as a share of it.
    return_history
        Shape (n, k): the same contribution over every earlier window of the same length.
    covariance_history
        Shape (m, pairs): covariance contributions over earlier windows, on the same share scale.
    drivers
        Keys of the channel's drivers that entered; empty for none.
    """

    returns: tuple[Estimate, ...]
    covariance: tuple[Estimate, ...]
    return_history: Floats
    covariance_history: Floats
    drivers: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """A driver that did not enter, and why.

    Attributes
    ----------
    driver
        Its key.
    channel
        The channel that names it.
    reason
        Key of the word catalogues: ``"circular"``, ``"ended"``, ``"short"``, ``"missing"``.
    series
        The leg that caused it.
    last
        Last day held of that leg.
    """

    driver: str
    channel: str
    reason: str
    series: str
    last: date | None


@dataclass(frozen=True, eq=False, kw_only=True)
class Case:
    """One question with its data and the joint split.

    Attributes
    ----------
    question
        Resolved: ids, as-of day, channels.
    snapshot
        Every track and table read, as known.
    falling
        True when a fall is explained, False for a rise.
    found
        True when the window is a joint episode, False when it is the default window.
    grid
        Joint changes on the sampling instants; None when the split could not be made.
    drivers
        The drivers of ``grid.drivers``, in column order.
    left_out
        The drivers that did not enter.
    residuals
        Shape (T, k) of the grid: r - a - b'f with exposures frozen on the dependence baseline.
    betas
        Shape (k, p): exposures frozen on the baseline before the episode.
    shares
        Channel key to its share.
    totals
        Per asset: log return of the episode on the grid, exact.
    pairs
        Index pairs of the assets, in order.
    pair_totals
        Per pair: correlation over the dependence window, with its interval.
    """

    question: Question
    snapshot: Snapshot
    falling: bool
    found: bool
    grid: Grid | None
    drivers: tuple[Driver, ...]
    left_out: tuple[LeftOut, ...]
    residuals: Floats
    betas: Floats
    shares: Mapping[str, ChannelShare]
    totals: tuple[Estimate, ...]
    pairs: tuple[tuple[int, int], ...]
    pair_totals: tuple[Estimate, ...]

    @property
    def assets(self) -> tuple[str, ...]:
        """Ids of the assets asked about."""
        return self.question.assets

    def share(self, channel: str) -> ChannelShare | None:
        """Return a channel's share; None when there is no split or no driver of it entered."""
        found = self.shares.get(channel)
        return found if found is not None and found.drivers else None

    def column(self, driver: str) -> Floats | None:
        """Return a driver's changes, shape (T,); None when it did not enter."""
        keys = [entry.key for entry in self.drivers]
        return (
            None
            if self.grid is None or driver not in keys
            else self.grid.drivers[:, keys.index(driver)]
        )

    def generator(self, label: str) -> np.random.Generator:
        """Return the random generator of one step, the same whatever else has run.

        Parameters
        ----------
        label
            Names the step, e.g. ``"deleveraging.break"``.

        Returns
        -------
        numpy.random.Generator
            Seeded by the question's seed and the label.
        """
        return generator(self.question.seed, label)


def generator(seed: int, label: str) -> np.random.Generator:
    """Return the random generator of one labelled step.

    Parameters
    ----------
    seed
        Of the question.
    label
        Names the step.

    Returns
    -------
    numpy.random.Generator
        Independent of the order in which steps run.
    """
    return np.random.default_rng(np.random.SeedSequence([seed, zlib.crc32(label.encode())]))
