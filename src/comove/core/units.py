"""The units a number can carry; the report room knows how each is written."""

from __future__ import annotations

from typing import Literal

Unit = Literal[
    "simple_return",  # -0.30 is a fall of 30 %
    "log_return",  # -0.19 is written as -19 log points
    "share",  # 0.44 is 44 % of a whole
    "correlation",
    "covariance",
    "probability",
    "percentile",  # 0..1, place in the series' own history
    "sigma",  # standard deviations
    "ratio",
    "beta",
    "usd",
    "jpy",
    "index",
    "percent",  # a yield or rate level
    "basis_points",
    "percent_change",  # difference of a level quoted in percent, in percentage points
    "vol_points",
    "usd_bn",
    "tonnes",
    "hours",
    "sessions",
    "days",
    "weeks",
    "count",
]
