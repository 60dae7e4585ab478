"""Block bootstrap: rows drawn in random blocks, and what the draws say."""

from comove.stats.bootstrap._indices import Ints, circular_indices, row_counts, stationary_indices
from comove.stats.bootstrap._intervals import (
    Band,
    percentile_interval,
    studentised_interval,
    sup_t_band,
)
from comove.stats.bootstrap._length import optimal_block
from comove.stats.bootstrap._resample import Bootstrap, ResampleOptions, resample

__all__ = [
    "Band",
    "Bootstrap",
    "Ints",
    "ResampleOptions",
    "circular_indices",
    "optimal_block",
    "percentile_interval",
    "resample",
    "row_counts",
    "stationary_indices",
    "studentised_interval",
    "sup_t_band",
]
