"""Which words the code speaks of: keys found by reading the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import comove
from comove.core import errors

SRC = Path(comove.__file__).parent
ERRORS = {
    name
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.ComoveError)
}


@cache
def trees() -> tuple[tuple[Path, ast.Module], ...]:
    return tuple(
        (path.relative_to(SRC), ast.parse(path.read_text(encoding="utf-8")))
        for path in sorted(SRC.rglob("*.py"))
    )


def calls(names: set[str]) -> Iterator[tuple[Path, ast.Call, str]]:
    """Every call of one of some names, with its first argument when that is a plain string."""
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _called(node.func) in names:
                first = node.args[0] if node.args else None
                plain = isinstance(first, ast.Constant) and isinstance(first.value, str)
                yield path, node, first.value if plain else ""


def keywords(name: str) -> Iterator[tuple[Path, str]]:
    """Every plain string given as the keyword argument ``name``."""
    for path, tree in trees():
        for node in ast.walk(tree):
            plain = isinstance(node, ast.keyword) and isinstance(node.value, ast.Constant)
            if plain and node.arg == name and isinstance(node.value.value, str):
                yield path, node.value.value


def _called(function: ast.expr) -> str:
    if isinstance(function, ast.Name):
        return function.id
    return function.attr if isinstance(function, ast.Attribute) else ""


@dataclass(frozen=True)
class Raised:
    """One ``raise`` in the source; a text that is not written out is None."""

    where: str
    text: str | None
    hint: str | None
    values: frozenset[str]


def raised() -> dict[str, list[Raised]]:
    """Code to every place that raises it."""
    found: dict[str, list[Raised]] = {}
    for path, call, first in calls(ERRORS):
        if first:
            refusal = _called(call.func) == "NotEstimable"
            code = f"not_estimable.{first}" if refusal else first
            texts = [_constant(argument) for argument in call.args[1:3]]
            text, hint = ([*texts, "", ""] if texts else ["", ""])[:2]
            values = frozenset(word.arg for word in call.keywords if word.arg)
            place = f"{path}:{call.lineno}"
            found.setdefault(code, []).append(Raised(place, text, hint, values))
    return found


def _constant(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def keys(names: set[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Word keys given to some functions: written out, and the beginnings of computed ones."""
    whole: dict[str, str] = {}
    begun: dict[str, str] = {}
    for path, call, first in calls(names):
        place = f"{path}:{call.lineno}"
        if first:
            whole.setdefault(first, place)
        elif call.args and isinstance(call.args[0], ast.JoinedStr):
            head = call.args[0].values[0]
            if isinstance(head, ast.Constant):
                begun.setdefault(str(head.value), place)
    return whole, begun


def strings() -> frozenset[str]:
    """Every string constant of the source."""
    return frozenset(
        node.value
        for _, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def beginnings() -> frozenset[str]:
    """What every computed string begins with."""
    heads = (
        node.values[0]
        for _, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr) and node.values
    )
    return frozenset(str(head.value) for head in heads if isinstance(head, ast.Constant))


def methods() -> dict[str, str]:
    """Every method named where an estimate or evidence is made."""
    found = {
        method: str(path)
        for path, method in keywords("method")
        if not {"stats", "sources"} & set(path.parts)
    }  # an estimator calls other people's options by that name, and a source its verb
    for path, call, _ in calls({"exact", "estimate"}):
        method = _constant(call.args[2]) if len(call.args) > 2 else None
        if method:
            found[method] = f"{path}:{call.lineno}"
    return found
