import importlib.util
import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from comove.data.reader import FOLDER, Facts

ROOT = Path(__file__).parents[2]


def load_script(name):
    """Import a file of scripts/, which is no package."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def script():
    return load_script


@pytest.fixture(scope="session")
def facts():
    return Facts()


@pytest.fixture
def copied(tmp_path):
    """A copy of the bundled facts that a test may damage."""
    return Path(shutil.copytree(FOLDER, tmp_path / "facts"))


@pytest.fixture
def rewritten():
    """Write a series' file anew and record its new hash, as a publisher would."""

    def write(folder, series, labels, values):
        lines = [f"{day},{value!r}" for day, value in zip(labels, values, strict=True)]
        (folder / f"{series}.csv").write_text("\n".join(["date,value", *lines, ""]))
        made = load_script("make_facts_metadata").manifest(folder)
        (folder / "metadata.json").write_text(json.dumps(made), encoding="utf-8")
        return Facts(root=folder)

    return write


@pytest.fixture(scope="session")
def store_rows():
    """The module with rows, batches and payloads by the handful."""
    spec = importlib.util.spec_from_file_location("stores", ROOT / "tests" / "stores.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def day():
    return lambda text: np.datetime64(text, "D")
