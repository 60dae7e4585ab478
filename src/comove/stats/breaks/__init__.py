"""Breaks: whether, where and how often a correlation, a regression or a distribution changes."""

from __future__ import annotations

from comove.stats.breaks._bai_perron import bai_perron, product_breaks
from comove.stats.breaks._dates import date_law, date_quantile
from comove.stats.breaks._fluctuation import Fluctuation, bridge_pvalue, fluctuation
from comove.stats.breaks._found import BaiPerron, BreakOptions
from comove.stats.breaks._pelt import ChangePoints, pelt
from comove.stats.breaks._sup_law import most_breaks, sup_pvalue

__all__ = [
    "BaiPerron",
    "BreakOptions",
    "ChangePoints",
    "Fluctuation",
    "bai_perron",
    "bridge_pvalue",
    "date_law",
    "date_quantile",
    "fluctuation",
    "most_breaks",
    "pelt",
    "product_breaks",
    "sup_pvalue",
]
