"""Figures made by other software, as fixtures.

``facts`` reads what the project holds (tests/reference/facts).  ``peers`` reads figures that may
not be copied here, from the folder named by COMOVE_REFERENCE (else ../shared/reference/peers
beside the project), and skips the test where there is none.
"""

import json
import os
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[2]
FACTS = ROOT / "tests" / "reference" / "facts"
PEERS = Path(os.environ.get("COMOVE_REFERENCE", ROOT.parent / "shared" / "reference" / "peers"))


def read(path):
    """Read one figure file: a frame with its first column as index, or the JSON in it."""
    if path.suffix == ".json":
        return json.loads(path.read_text(encoding="utf-8"))
    return pd.read_csv(path, index_col=0)


@pytest.fixture(scope="session")
def facts():
    return lambda name: read(FACTS / name)


@pytest.fixture(scope="session")
def peers():
    if not PEERS.is_dir():
        pytest.skip(f"no reference figures of peers in {PEERS} (set COMOVE_REFERENCE)")
    return lambda name: read(PEERS / name)
