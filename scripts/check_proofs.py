"""List estimators without the four proofs every estimator owes.

For every file ``<name>.py`` of the stats room there is a ``test_<name>.py`` (or a group
``test_<name>_*.py``) in ``tests/stats`` that holds at least one test of each kind

reference
    figures from other software, a published table, or a slow obvious loop;
recovery
    the truth of a simulation is found again; intervals cover, tests keep their level;
invariance
    what must not change does not, searched by hypothesis: any test with ``@given``;
degenerate
    a sample that cannot carry the estimate is refused with a reason.

A test says which by a word in its name (see :data:`KINDS`).  It counts only if it can fail: it
asserts something, or expects an error, itself or through a helper.  Every public function of the
file is used in its tests.  Run it from the root of the project: ``python scripts/check_proofs.py``.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOM = ROOT / "src" / "comove" / "stats"
TESTS = ROOT / "tests" / "stats"

KINDS: dict[str, tuple[str, ...]] = {
    "reference": (
        *("reference", "oracle", "matches", "published", "equal", "agree", "slow", "loop"),
        *("by_hand", "hand_values", "is_the_shapley_value", "how_often"),
    ),
    "recovery": (
        *("recover", "truth", "cover", "false_positive", "false_alarm", "power", "uniform", "bias"),
        *("found", "finds", "sees", "as_promised", "keeps_its_level"),
    ),
    "invariance": (),
    "degenerate": ("degenerate", "refuse", "not_estimable"),
}
"""Words in the name of a test that declare its kind; an invariance is declared by ``@given``."""

PLUMBING = {
    "sample": "checks samples for all estimators and estimates nothing",
    "attribution": "sorts drivers into groups and estimates nothing",
    "frames": "turns tables into arrays and estimates nothing",
    "result": "shows results and estimates nothing",
}
"""Files that owe no proofs, each with the reason."""

_ARITHMETIC = "arithmetic on given values: there is no truth behind a sample"
_SHARED = "the least squares behind the splits, whose own tests show it"
EXEMPT = {
    ("shapley", "recovery"): _ARITHMETIC,
    ("drawdown", "recovery"): _ARITHMETIC,
    ("moving_average", "recovery"): _ARITHMETIC,
    ("conditioning", "recovery"): _ARITHMETIC,
    ("window_history", "recovery"): _ARITHMETIC,
    ("factor_fit", "recovery"): _SHARED,
    ("factor_fit", "invariance"): _SHARED,
    ("factor_fit", "a test that uses sealed"): "closes an array for writing",
}
"""Single proofs that are not owed, each with the reason."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def kinds(name: str) -> frozenset[str]:
    """Tell which proofs a test's name declares.

    Parameters
    ----------
    name
        Of a test function.

    Returns
    -------
    frozenset of str
        Subset of :data:`KINDS`.

    Examples
    --------
    >>> sorted(kinds("test_interval_covers_the_truth_and_refuses_nan"))
    ['degenerate', 'recovery']
    """
    return frozenset(kind for kind, words in KINDS.items() if any(word in name for word in words))


def missing(public: Iterable[str], tests: list[ast.Module]) -> Iterator[str]:
    """Name what an estimator's tests lack.

    Parameters
    ----------
    public
        Names the estimator offers.
    tests
        Parsed test files.

    Yields
    ------
    str
        A kind of proof, or what else is missing.
    """
    helpers = {
        function.name
        for tree in tests
        for function in _functions(tree)
        if _asserts(function, frozenset())
    }
    proofs = [
        function
        for tree in tests
        for function in _functions(tree)
        if function.name.startswith("test_") and _asserts(function, frozenset(helpers))
    ]
    for kind in KINDS:
        of_kind = [proof for proof in proofs if kind in kinds(proof.name)]
        if kind == "invariance":
            of_kind = [proof for proof in proofs if _searched(proof)]
        if not of_kind:
            yield kind
    named = {
        node.id if isinstance(node, ast.Name) else node.attr
        for tree in tests
        for node in ast.walk(tree)
        if isinstance(node, ast.Name | ast.Attribute)
    }
    yield from (f"a test that uses {name}" for name in public if name not in named)


def public_functions(tree: ast.Module) -> list[str]:
    """Return the names of a module's public functions.

    Parameters
    ----------
    tree
        The parsed module.

    Returns
    -------
    list of str
        Those it defines, and those it imports and offers in ``__all__``.
    """
    offered = {
        element.value
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
        for element in ast.walk(node.value)
        if isinstance(element, ast.Constant) and isinstance(element.value, str)
    }
    found = [
        name
        for node in tree.body
        for name in (
            [node.name]
            if isinstance(node, ast.FunctionDef)
            else [alias.name for alias in node.names if alias.name in offered]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    ]
    return [name for name in found if name.islower() and not name.startswith("_")]


def _functions(tree: ast.Module) -> Iterator[Function]:
    yield from (
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def _asserts(function: Function, helpers: frozenset[str]) -> bool:
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if name in helpers or name == "raises" or name.startswith("assert_"):
                return True
    return False


def _searched(function: Function) -> bool:
    return any("given" in ast.unparse(decorator) for decorator in function.decorator_list)


def _parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=path.name)


def estimators(room: Path) -> list[Path]:
    """Find the files that owe proofs.

    Parameters
    ----------
    room
        Folder of the estimators; its folders belong to it.

    Returns
    -------
    list of Path
        Without plumbing and without files that begin with an underscore: those are proven through
        the estimators that use them.  A folder counts as one estimator, its ``__init__.py``, when
        that offers names.
    """
    files = [
        path
        for path in sorted(room.rglob("*.py"))
        if path.stem not in PLUMBING and not path.stem.startswith("_")
    ]
    folders = [
        path for path in sorted(room.glob("*/**/__init__.py")) if public_functions(_parse(path))
    ]
    return sorted(files + folders)


def name_of(path: Path) -> str:
    """Return the name of an estimator: of its file, or of its folder."""
    return path.parent.name if path.stem == "__init__" else path.stem


def gaps(room: Path, tests: Path) -> list[str]:
    """Name every gap of a room of estimators.

    Parameters
    ----------
    room
        Folder of the estimators.
    tests
        Folder of their tests.

    Returns
    -------
    list of str
        Empty when every estimator has its proofs.
    """
    found = []
    for path in estimators(room):
        name = name_of(path)
        files = [*tests.rglob(f"test_{name}.py"), *sorted(tests.rglob(f"test_{name}_*.py"))]
        parsed = [_parse(file) for file in files]
        if not parsed:
            found.append(f"{name}: no test_{name}.py")
            continue
        lacks = missing(public_functions(_parse(path)), parsed)
        found.extend(f"{name}: lacks {gap}" for gap in lacks if (name, gap) not in EXEMPT)
    return found


def main() -> int:
    """Print the gaps.

    Returns
    -------
    int
        1 when there are any.
    """
    found = gaps(ROOM, TESTS)
    for gap in found:
        print(gap)
    for name, reason in PLUMBING.items():
        print(f"exempt    {name}: {reason}")
    for (name, kind), reason in EXEMPT.items():
        print(f"exempt    {name} from {kind}: {reason}")
    print(f"{len(estimators(ROOM))} estimators, {len(found)} gaps")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
