"""One door for built-ins and strangers: the room, folders named by the user, entry points."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterable
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType

from comove.core.errors import QuestionError


def members(room: str, folders: Iterable[str] = ()) -> dict[str, ModuleType]:
    """Find what a room holds.

    Parameters
    ----------
    room
        A package of comove, e.g. ``"comove.channels"``; entry points of that group are included.
    folders
        Extra folders whose sub-folders or files are members too.

    Returns
    -------
    dict
        Key to imported module, sorted by key.  A later find replaces nothing: a key that is found
        twice is refused.

    Raises
    ------
    QuestionError
        When two members share a key, or a folder does not exist.

    Examples
    --------
    >>> "explain" in members("comove.answers")
    True
    """
    found = {key: importlib.import_module(f"{room}.{key}") for key in _built_in(room)}
    for folder in folders:
        for key, path in _inside(Path(folder)):
            _refuse_twice(key, found, str(path))
            found[key] = _load(f"{room}.{key}", path)
    for point in entry_points(group=room):
        _refuse_twice(point.name, found, point.value)
        found[point.name] = point.load()
    return dict(sorted(found.items()))


def member(room: str, key: str, folders: Iterable[str] = ()) -> ModuleType:
    """Import one member of a room and, when it is built in, nothing else.

    Parameters
    ----------
    room, folders
        As for :func:`members`.
    key
        One of :func:`names`.

    Returns
    -------
    ModuleType
        The member.

    Raises
    ------
    QuestionError
        When the room has no such member.

    Examples
    --------
    >>> member("comove.answers", "explain").request.__name__
    'Question'
    """
    if key in _built_in(room):
        return importlib.import_module(f"{room}.{key}")
    found = members(room, folders)
    if key not in found:
        raise QuestionError(
            "registry.unknown",
            "There is no {key} in {room}.",
            "There are {known}.",
            key=key,
            room=room,
            known=", ".join(found),
        )
    return found[key]


def summary(room: str, key: str) -> str:
    """Return the first line a member says about itself, without importing it if it is built in.

    Parameters
    ----------
    room
        As for :func:`members`.
    key
        One of :func:`names`.

    Returns
    -------
    str
        First line of the docstring; empty when there is none.

    Examples
    --------
    >>> summary("comove.answers", "spillover")
    'Who sends shocks to whom, and is it more than noise?'
    """
    if key in _built_in(room):
        package = importlib.import_module(room)
        entries = dict(entry for path in package.__path__ for entry in _inside(Path(path)))
        with entries[key].open(encoding="utf-8") as source:
            first = source.readline()
        return first.strip().removeprefix('"""').removesuffix('"""')
    return (member(room, key).__doc__ or "").partition("\n")[0]


def names(room: str, folders: Iterable[str] = ()) -> tuple[str, ...]:
    """Name what a room holds without importing it.

    Parameters
    ----------
    room, folders
        As for :func:`members`.

    Returns
    -------
    tuple of str
        The keys :func:`members` would have.

    Raises
    ------
    QuestionError
        When a folder does not exist.

    Examples
    --------
    >>> "gold" in names("comove.channels")
    True
    """
    found = [key for folder in folders for key, _ in _inside(Path(folder))]
    found += [point.name for point in entry_points(group=room)]
    return tuple(sorted({*_built_in(room), *found}))


@cache
def _built_in(room: str) -> tuple[str, ...]:
    package = importlib.import_module(room)
    return tuple(key for path in package.__path__ for key, _ in _inside(Path(path)))


def _inside(folder: Path) -> list[tuple[str, Path]]:
    if not folder.is_dir():
        raise QuestionError(
            "registry.folder", "{folder} is not a folder.", "Check COMOVE_CHANNELS.", folder=folder
        )
    inits = [(entry.parent.name, entry) for entry in sorted(folder.glob("*/__init__.py"))]
    files = [
        (entry.stem, entry) for entry in sorted(folder.glob("*.py")) if entry.stem != "__init__"
    ]
    return [(key, path) for key, path in inits + files if not key.startswith("_")]


def _refuse_twice(key: str, found: dict[str, ModuleType], where: str) -> None:
    if key in found:
        raise QuestionError(
            "registry.twice",
            "{key} is defined twice: again in {where}.",
            "Rename one of them.",
            key=key,
            where=where,
        )


def _load(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise QuestionError("registry.load", "{path} cannot be imported.", path=path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
