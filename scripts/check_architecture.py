"""Compare the inventory of ARCHITECTURE.md with the tree.

Every Python file of the package is named exactly once, and every name is a file.  A package's
``__init__.py`` is named by its folder (``core/``).  ``python scripts/check_architecture.py``
checks; with ``--write`` it refreshes the inventory: descriptions written by hand stay, a new file
gets the first line of its docstring, a vanished one goes.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOUSE = ROOT / "src" / "comove"
PAGE = ROOT / "ARCHITECTURE.md"
OPENING, CLOSING = "<!-- inventory -->", "<!-- end of inventory -->"
ROW = re.compile(r"^\| `(?P<name>[^`]+)` \| (?P<says>.*) \|$", re.MULTILINE)


def files(house: Path) -> dict[str, Path]:
    """Find the files the inventory must name.

    Parameters
    ----------
    house
        Folder of the package.

    Returns
    -------
    dict
        Name in the inventory to path, in reading order.

    Examples
    --------
    >>> files(HOUSE)["core/"].name
    '__init__.py'
    """
    named = {}
    for path in house.rglob("*.py"):
        inside = path.relative_to(house)
        folder = inside.parent.as_posix()
        package = "/" if folder == "." else f"{folder}/"
        named[package if path.stem == "__init__" else inside.as_posix()] = path
    return dict(sorted(named.items(), key=lambda item: (_room(item[0]), item[0])))


def inventory(page: str) -> list[tuple[str, str]]:
    """Read the rows of the inventory.

    Parameters
    ----------
    page
        Text of ARCHITECTURE.md.

    Returns
    -------
    list of tuple
        ``(name, description)`` in order, doubles included.
    """
    between = page.partition(OPENING)[2].partition(CLOSING)[0]
    return [(row["name"], row["says"]) for row in ROW.finditer(between)]


def differences(house: Path, page: str) -> list[str]:
    """Name what the inventory and the tree do not agree on.

    Parameters
    ----------
    house
        Folder of the package.
    page
        Text of ARCHITECTURE.md.

    Returns
    -------
    list of str
        Empty when they agree.
    """
    rows = inventory(page)
    counts = Counter(name for name, _ in rows)
    there = files(house)
    return [
        *(f"not in the inventory: {name}" for name in there if name not in counts),
        *(f"named but not there: {name}" for name in counts if name not in there),
        *(f"named {count} times: {name}" for name, count in counts.items() if count > 1),
        *(f"without description: {name}" for name, says in rows if not says.strip()),
    ]


def refreshed(house: Path, page: str) -> str:
    """Return the page with an inventory that fits the tree.

    Parameters
    ----------
    house
        Folder of the package.
    page
        Text of ARCHITECTURE.md with both marks.

    Returns
    -------
    str
        The same text outside the marks.
    """
    known = dict(inventory(page))
    lines = []
    for room, names in groupby(files(house).items(), key=lambda item: _room(item[0])):
        lines += ["", f"### {room or 'the front door'}", "", "| file | what it is |", "|---|---|"]
        lines += [f"| `{name}` | {known.get(name) or _summary(path)} |" for name, path in names]
    before, _, rest = page.partition(OPENING)
    return "\n".join([f"{before}{OPENING}", *lines, "", f"{CLOSING}{rest.partition(CLOSING)[2]}"])


def _room(name: str) -> str:
    return name.partition("/")[0] if "/" in name.strip("/") or name.endswith("/") else ""


def _summary(path: Path) -> str:
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return text.partition("\n")[0].rstrip(".").replace("|", "\\|")


def main(arguments: list[str]) -> int:
    """Check, or refresh with ``--write``.

    Parameters
    ----------
    arguments
        Of the command line.

    Returns
    -------
    int
        1 when inventory and tree differ.
    """
    page = PAGE.read_text(encoding="utf-8")
    if "--write" in arguments:
        page = refreshed(HOUSE, page)
        PAGE.write_text(page, encoding="utf-8")
    found = differences(HOUSE, page)
    for difference in found:
        print(difference)
    print(f"{len(files(HOUSE))} files, {len(found)} differences")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
