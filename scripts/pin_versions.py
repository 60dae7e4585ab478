"""Pin every tested version: write ``[tool.uv] constraint-dependencies`` from this environment.

Run it from the root of the project after the tests have passed with newer versions:
``uv sync --upgrade``, ``uv run pytest``, then ``uv run python scripts/pin_versions.py``.
"""

from __future__ import annotations

import re
import sys
from importlib.metadata import distributions
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"
HEAD = "[tool.uv]\n"
NOTE = "# the versions the tests passed with; scripts/pin_versions.py writes them\n"


def pins() -> list[str]:
    """Name every installed distribution but this one, as ``name==version``, sorted."""
    found = {re.sub(r"[-_.]+", "-", found.name).lower(): found.version for found in distributions()}
    for own in ("comove", "pip", "setuptools", "uv"):
        found.pop(own, None)
    return [f"{name}=={version}" for name, version in sorted(found.items())]


def pinned(text: str, wanted: list[str]) -> str:
    """Return the project file with these pins in place of those it has."""
    lines = "".join(f'    "{pin}",\n' for pin in wanted)
    section = f"{HEAD}{NOTE}constraint-dependencies = [\n{lines}]\n"
    before, found, after = text.partition(HEAD)
    if not found:
        return f"{text.rstrip()}\n\n{section}"
    end = after.index("]\n") + len("]\n")
    return before + section + after[end:]


def main() -> int:
    """Write the file; say how many versions it holds."""
    wanted = pins()
    PROJECT.write_text(pinned(PROJECT.read_text(encoding="utf-8"), wanted), encoding="utf-8")
    print(f"{len(wanted)} versions pinned")
    return 0


if __name__ == "__main__":
    sys.exit(main())
