"""The figures of the answer: totals with their null bands, table, flows, links and speeds."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np

from comove.answers.spillover.resampling import in_units, lead, simulated
from comove.answers.spillover.sampling import Sample
from comove.core.errors import NotEstimable
from comove.core.estimate import Estimate
from comove.core.evidence import Verdict
from comove.core.spillover import Flow, Index, Link, Share, Speed
from comove.stats.connectedness import NullOptions, frequency, null_band
from comove.stats.connectedness._measures import received, sent, total_index
from comove.stats.connectedness._static import stable_fit
from comove.stats.frames import table
from comove.stats.sample import Floats

MATTERS = 0.02
"""Share of forecast variance below which a spillover is too small to matter."""
SPEEDS = (("short", 0.0, 5.0), ("medium", 5.0, 20.0), ("long", 20.0, np.inf))
_LONG = 100
_SPEED_DRAWS = 199


def index(found: Sample, rng: np.random.Generator) -> Index:
    """State the total, what noise would show, and what arrives later than the same day.

    Parameters
    ----------
    found
        A table with its resamples.
    rng
        Source of chance.

    Returns
    -------
    Index
        With p-values.
    """
    design, width = found.design, len(found.ids)
    options = NullOptions(replications=design.replications, level=design.level)
    units = in_units(found.values)
    noise = null_band(units, design.lags, design.horizon, rng, options=options)
    later, chance = lead(found.values, design, rng)
    above = float((1 + (chance >= later).sum()) / (1 + len(chance)))
    totals = total_index(found.draws)
    total = found.estimate(noise.observed, totals, noise.pvalue)
    stretched = width / (width - 1)
    return Index(
        window=found.stretch,
        total=total,
        corrected=found.estimate(noise.observed * stretched, totals * stretched, noise.pvalue),
        null_mean=noise.mean,
        null_high=noise.high,
        lead=found.estimate(later, found.leads, above, least=-np.inf),
        lead_mean=float(chance.mean()),
        lead_high=float(np.quantile(chance, design.level)),
    )


def shares(found: Sample) -> tuple[Share, ...]:
    """State the table, receiver by receiver."""
    return tuple(
        Share(
            receiver=receiver,
            sender=sender,
            share=found.estimate(float(found.table[row, column]), found.draws[:, row, column]),
        )
        for row, receiver in enumerate(found.ids)
        for column, sender in enumerate(found.ids)
    )


def flows(found: Sample, five: Sample | None) -> tuple[Flow, ...]:
    """State what every asset sends and receives, and its net also from five-session returns."""
    nets = _nets(found)
    slow = _nets(five) if five is not None else (None,) * len(found.ids)
    out, into = sent(found.table), received(found.table)
    outs, intos = sent(found.draws), received(found.draws)
    return tuple(
        Flow(
            asset=asset,
            sent=found.estimate(float(out[place]), outs[:, place]),
            received=found.estimate(float(into[place]), intos[:, place]),
            net=nets[place],
            five_session_net=slow[place],
        )
        for place, asset in enumerate(found.ids)
    )


def _nets(found: Sample) -> tuple[Estimate, ...]:
    net = sent(found.table) - received(found.table)
    draws = sent(found.draws) - received(found.draws)
    return tuple(
        found.estimate(float(net[place]), draws[:, place], least=-np.inf)
        for place in range(len(found.ids))
    )


def links(found: Sample, rng: np.random.Generator) -> tuple[Link, ...]:
    """State the net flow of every pair against what a pair without a link would show.

    Parameters
    ----------
    found
        A table with its resamples.
    rng
        Source of chance.

    Returns
    -------
    tuple of Link
        Those beyond noise first, then by size.
    """
    design, units = found.design, in_units(found.values)
    pairs = tuple(combinations(range(len(found.ids)), 2))
    bands = []
    for pair in pairs:
        options = NullOptions(replications=design.replications, level=design.level, link=pair)
        bands.append(null_band(units, design.lags, design.horizon, rng, options=options))
    adjusted = false_share(np.array([band.pvalue for band in bands]))
    made = []
    for (i, j), band, corrected in zip(pairs, bands, adjusted, strict=True):
        # observed is positive when i receives: then j is the sender
        receiver, sender = (i, j) if band.observed >= 0.0 else (j, i)
        sign = 1.0 if band.observed >= 0.0 else -1.0
        draws = found.draws[:, receiver, sender] - found.draws[:, sender, receiver]
        net = found.estimate(abs(band.observed), draws, band.pvalue, least=-np.inf)
        edges = sorted((sign * band.low, sign * band.high))
        made.append(
            Link(
                sender=found.ids[sender],
                receiver=found.ids[receiver],
                net=net,
                null_low=edges[0],
                null_high=edges[1],
                adjusted=float(corrected),
                verdict=_one_way(float(corrected), net, edges[1]),
            )
        )
    return tuple(sorted(made, key=lambda link: (link.verdict != "supports", -link.net.value)))


def _one_way(adjusted: float, net: Estimate, noise: float) -> Verdict:
    """Judge a link: beyond noise in its own direction, and surely not zero.

    Where both assets hang on a third, a pair without a link of its own may show a large net flow,
    and the data a smaller one: far from the null, but no sender.
    """
    sends = net.value > noise and net.low is not None and net.low > 0.0
    return judged(adjusted if sends else 1.0, net, 0.0)


def judged(pvalue: float, estimate: Estimate, noise: float) -> Verdict:
    """Say whether a share of variance is beyond noise.

    Parameters
    ----------
    pvalue
        Against noise.
    estimate
        The share with its interval.
    noise
        Its mean under noise.

    Returns
    -------
    Verdict
        ``supports`` where noise seldom shows as much; ``against`` where, on top of noise, the whole
        interval stays below two points either way; else ``cannot_tell``.
    """
    if pvalue <= 1.0 - estimate.level + 1e-12:
        return "supports"
    low, high = estimate.low, estimate.high
    small = low is not None and high is not None and max(-low, high - noise) < MATTERS
    return "against" if small else "cannot_tell"


def false_share(pvalues: Floats) -> Floats:
    """Correct p-values for their number.

    Parameters
    ----------
    pvalues
        Shape (m,).

    Returns
    -------
    Floats
        Shape (m,): expected share of false findings among those with a p-value at most this one.

    References
    ----------
    Benjamini, Y. and Hochberg, Y. (1995). Controlling the false discovery rate. Journal of the
    Royal Statistical Society B 57, 289-300.

    Examples
    --------
    >>> false_share(np.array([0.01, 0.04, 0.03])).tolist()
    [0.03, 0.04, 0.04]
    """
    order = np.argsort(-pvalues, kind="stable")
    ranks = np.arange(len(pvalues), 0, -1)
    found = np.empty(len(pvalues))
    found[order] = np.minimum.accumulate(pvalues[order] * (len(pvalues) / ranks))
    return np.minimum(found, 1.0)


def speeds(found: Sample, rng: np.random.Generator) -> tuple[Speed, ...]:
    """Split the total by how long moves last.

    Parameters
    ----------
    found
        A table with its resamples.
    rng
        Source of chance.

    Returns
    -------
    tuple of Speed
        Short, medium, long.
    """
    units, lags = in_units(found.values), found.design.lags
    bands = tuple((low, high) for _, low, high in SPEEDS)
    totals = frequency(units, lags, _LONG, bands).total
    model, _ = stable_fit(table(units), lags)
    few = replace(found.design, replications=min(_SPEED_DRAWS, found.design.replications))
    draws = []
    for batch in simulated(model.coefficients, model.residuals, few, rng):
        for again in batch:
            try:
                draws.append(frequency(again, lags, _LONG, bands).total)
            except NotEstimable:
                continue
    return tuple(
        Speed(
            key=key,
            low=low,
            high=high if np.isfinite(high) else None,
            total=found.estimate(float(totals[place]), np.array(draws)[:, place]),
        )
        for place, (key, low, high) in enumerate(SPEEDS)
    )
