"""Flags made of the fields of a request, and the flags that every command shares."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Annotated, Any

import typer

from comove.apps.cli.language import LANGUAGE, LANGUAGES
from comove.apps.cli.texts import text_of
from comove.core.registry import names
from comove.desk import further_folders

_TEXT = {"date": "DATE", "Window": "auto|DATE:DATE"}
"""Types written as text, and what the help shows for them."""

Act = Callable[[Any, dict[str, Any]], None]


def commanded(request: type[Any], act: Act, shared: list[inspect.Parameter]) -> Callable[..., None]:
    """Make a command of a request.

    Parameters
    ----------
    request
        A frozen dataclass whose fields say what they are for.
    act
        Receives the request and the values of the shared flags.
    shared
        Further flags.

    Returns
    -------
    Callable
        For typer; the request refuses what is wrong.
    """
    asked = [entry for entry in fields(request) if entry.metadata.get("door", True)]
    files = [entry.name for entry in asked if entry.metadata.get("reads") == "file"]

    def command(**flags: Any) -> None:  # noqa: ANN401 - checked by the request
        named = {entry.name: flags.pop(entry.name) for entry in asked}
        for name in files:
            named["source"], named[name] = named[name], text_of(named[name])
        act(request(**{name: value for name, value in named.items() if value is not None}), flags)

    parameters = [_parameter(entry) for entry in asked] + shared
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {entry.name: entry.annotation for entry in parameters}
    return command


def _parameter(entry: Field[Any]) -> inspect.Parameter:
    """Turn a field into an argument (when it has no default, or says so) or an option."""
    text = _explained(entry)
    required = entry.default is MISSING
    placed = required or entry.metadata.get("placed", False)
    many = str(entry.type).startswith("tuple[")
    kind: Any = list[str] if many else _type_of(entry)
    marked: Any
    if placed:
        complete = _asset_names if entry.name == "assets" else None
        marked = Annotated[
            kind if required else kind | None,
            typer.Argument(
                help=text,
                metavar=entry.metadata.get("metavar"),
                show_default=False,
                autocompletion=complete,
            ),
        ]
    else:
        short = entry.name.removesuffix("s" if many else "").replace("_", "-")
        flag = entry.metadata.get("flag", f"--{short}")
        shown = typer.Option(
            flag,
            *entry.metadata.get("also", ()),
            help=text,
            metavar=entry.metadata.get("metavar", _shape_of(entry)),
            show_default=not many,
            autocompletion=_members_of(entry),
        )
        marked = Annotated[kind | None if entry.default is None or many else kind, shown]
    default = inspect.Parameter.empty if required else (None if many else entry.default)
    return inspect.Parameter(
        entry.name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=marked
    )


def _explained(entry: Field[Any]) -> str:
    """Return what a field is for; of members of a room, also which there are."""
    text: str = entry.metadata["help"]
    if "room" not in entry.metadata:
        return text
    return f"{text} Installed: {', '.join(names(entry.metadata['room'], further_folders()))}."


def _members_of(entry: Field[Any]) -> Callable[[str], list[str]] | None:
    """Complete the members of the room that a field names."""
    room = entry.metadata.get("room")
    if room is None:
        return None

    def complete(incomplete: str) -> list[str]:
        return [key for key in names(room, further_folders()) if key.startswith(incomplete)]

    return complete


def _asset_names(incomplete: str) -> list[str]:
    """Complete the ids of series that have a price."""
    from comove.data.catalogue import Catalogue

    specs = Catalogue.load().specs.values()
    held = [spec.id for spec in specs if spec.kind == "price"]
    return [name for name in held if name.startswith(incomplete.lower())]


def complete_formats(incomplete: str) -> list[str]:
    """Complete output formats."""
    from comove.report.render import formats

    return [form for form in formats() if form.startswith(incomplete)]


def complete_languages(incomplete: str) -> list[str]:
    """Complete languages."""
    return [language for language in LANGUAGES if language.startswith(incomplete)]


def _shape_of(entry: Field[Any]) -> str | None:
    return next((shape for name, shape in _TEXT.items() if name in str(entry.type)), None)


def _type_of(entry: Field[Any]) -> type:
    if _shape_of(entry) is not None:
        return str
    return {"int": int, "float": float}.get(str(entry.type).removesuffix(" | None"), str)


def option(name: str, annotation: object, default: object) -> inspect.Parameter:
    """Make a flag that belongs to no request."""
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation
    )


OUT = option(
    "out", Annotated[Path | None, typer.Option("--out", "-o", help="Write to this file.")], None
)

OUTPUT = [
    option(
        "form",
        Annotated[
            str | None,
            typer.Option(
                "--format",
                help="text, json, csv, md or html; by default text, or what --out ends in.",
                autocompletion=complete_formats,
            ),
        ],
        None,
    ),
    option(
        "language",
        Annotated[
            str,
            typer.Option("--lang", help="en or ja.", autocompletion=complete_languages),
        ],
        LANGUAGE,
    ),
    OUT,
]
"""How a document is written, and where to."""

PLAN = option(
    "plan",
    Annotated[bool, typer.Option("--plan", help="Show what would be read and run, and stop.")],
    False,
)
