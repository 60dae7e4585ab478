"""Refuse functions over 60 lines (without docstring) and files over 600.

Run it from the root of the project: ``python scripts/check_size.py [folder ...]``.  What lies
between the aim (40 and 400) and the limit is listed, but passes.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("src", "scripts", "benchmarks")

FUNCTION_AIM, FUNCTION_LIMIT = 40, 60
FILE_AIM, FILE_LIMIT = 400, 600


@dataclass(frozen=True, kw_only=True)
class Size:
    """How long something is, and how long it may be.

    Attributes
    ----------
    where
        ``path`` of a file or ``path:line name`` of a function.
    lines
        Its length.
    aim, limit
        What it should and what it must not exceed.
    """

    where: str
    lines: int
    aim: int
    limit: int


def function_length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines of a function without its docstring.

    Parameters
    ----------
    function
        From ``def`` to the last line of the body; decorators do not count.

    Returns
    -------
    int
        At least 1.

    Examples
    --------
    >>> tree = ast.parse("def f(): return 1")
    >>> function_length(tree.body[0])
    1
    """
    last = function.end_lineno or function.lineno
    total = last - function.lineno + 1
    if ast.get_docstring(function, clean=False) is None:
        return total
    text = function.body[0]
    return total - ((text.end_lineno or text.lineno) - text.lineno + 1)


def sizes(path: Path, name: str) -> Iterator[Size]:
    """Measure a file and every function in it, nested ones included.

    Parameters
    ----------
    path
        A Python file.
    name
        How it is called in the report.

    Yields
    ------
    Size
        The file first.
    """
    text = path.read_text(encoding="utf-8")
    yield Size(where=name, lines=len(text.splitlines()), aim=FILE_AIM, limit=FILE_LIMIT)
    for node in ast.walk(ast.parse(text, filename=name)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield Size(
                where=f"{name}:{node.lineno} {node.name}",
                lines=function_length(node),
                aim=FUNCTION_AIM,
                limit=FUNCTION_LIMIT,
            )


def main(folders: list[str]) -> int:
    """Print what is too long.

    Parameters
    ----------
    folders
        Relative to the root; the default set when empty.

    Returns
    -------
    int
        1 when something exceeds its limit.
    """
    files = [
        path for folder in folders or FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))
    ]
    found = [size for path in files for size in sizes(path, path.relative_to(ROOT).as_posix())]
    over = [size for size in found if size.lines > size.limit]
    near = [size for size in found if size.aim < size.lines <= size.limit]
    for size in near:
        print(f"long      {size.where}: {size.lines} lines, aim {size.aim}")
    for size in over:
        print(f"TOO LONG  {size.where}: {size.lines} lines, limit {size.limit}")
    print(f"{len(files)} files: {len(over)} over the limit, {len(near)} over the aim")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
