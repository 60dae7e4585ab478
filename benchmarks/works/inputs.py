"""Samples to work on: reference figures where they are at hand, else simulated ones of their size.

Reference figures that do not belong to the project are read from the folder named by
COMOVE_REFERENCE (else ../shared/reference/peers beside the project).
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

ROOT = Path(__file__).resolve().parents[2]
PEERS = Path(os.environ.get("COMOVE_REFERENCE", ROOT.parent / "shared" / "reference" / "peers"))
FACTS = ROOT / "tests" / "reference" / "facts"
SEED = 20260206


def generator(key: str) -> np.random.Generator:
    """Return a generator of its own for every sample."""
    return np.random.default_rng([SEED, *key.encode()])


def table(folder: Path, name: str, columns: tuple[int, ...] | None = None) -> Floats | None:
    """Read numbers under one line of headings; None where the file is not at hand."""
    path = folder / name
    if not path.is_file():
        return None
    return np.loadtxt(path, delimiter=",", skiprows=1, usecols=columns, ndmin=2)


def spillovers() -> tuple[Floats, bool]:
    """Return 2,771 rows of four log volatilities, and whether they are the published ones."""
    found = table(PEERS, "input_dy2012.csv", (1, 2, 3, 4))
    if found is not None:
        return found, True
    rng = generator("spillovers")
    x = np.zeros((2771, 4))
    links = 0.4 * np.eye(4) + 0.05
    for row in range(1, x.shape[0]):
        x[row] = x[row - 1] @ links + rng.standard_normal(4)
    return x, False


def garch_returns(nobs: int, columns: int) -> Floats:
    """Return correlated returns with changing variances; per cent."""
    rng = generator(f"garch {nobs} {columns}")
    root = np.linalg.cholesky(0.4 + 0.6 * np.eye(columns))
    normal = rng.standard_normal((nobs + 500, columns)) @ root.T
    alpha = np.linspace(0.04, 0.10, columns)
    beta = 0.97 - alpha
    variance, returns = np.ones(columns), np.empty_like(normal)
    for row, shock in enumerate(normal):
        returns[row] = np.sqrt(variance) * shock
        variance = 0.03 + alpha * returns[row] ** 2 + beta * variance
    return returns[500:]


def one_factor(nobs: int, columns: int) -> Floats:
    """Return daily returns with one common factor, as fractions."""
    rng = generator(f"factor {nobs} {columns}")
    market = rng.standard_normal((nobs, 1))
    return 0.01 * (0.5 * market + rng.standard_normal((nobs, columns)))


def drifting() -> tuple[Floats, Floats, bool]:
    """Return y (3,000), six drivers, and whether other software's figures belong to them."""
    found = table(PEERS, "input_w5.csv")
    if found is not None:
        return found[:, 0], found[:, 1:], True
    rng = generator("drifting")
    x = 0.01 * rng.standard_normal((3000, 6))
    betas = 1.0 + np.cumsum(0.01 * rng.standard_normal((3000, 6)), axis=0)
    return (x * betas).sum(axis=1) + 0.01 * rng.standard_normal(3000), x, False


def index_returns() -> tuple[Floats, bool]:
    """Return 2,500 daily returns of an index in per cent, and whether they are the S&P 500's."""
    found = table(PEERS, "input_sp500ret_pct.csv", (1,))
    if found is not None:
        return found[-2500:, 0], True
    rng = generator("index")
    wild = (np.arange(2500) // 250) % 3 == 2
    return np.where(wild, 2.0, 0.8) * rng.standard_normal(2500), False
