"""One command per answer, its flags generated from the fields of the request."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from comove.apps.cli.parameters import OUTPUT, PLAN, commanded, option
from comove.core.registry import members

OFFLINE = option(
    "offline",
    Annotated[
        bool,
        typer.Option("--offline", help="Read the bundled history alone, whatever else is held."),
    ],
    False,
)


def add_answers(app: typer.Typer) -> None:
    """Add a command for every answer in the registry.

    Parameters
    ----------
    app
        Receives the commands.
    """
    for key, module in members("comove.answers").items():
        summary = (module.__doc__ or "").partition("\n")[0]
        made = commanded(module.request, _answered, [*OUTPUT, PLAN, OFFLINE])
        app.command(name=key, help=summary)(made)


def _answered(request: object, flags: dict[str, Any]) -> None:
    from comove.apps.cli.deliver import Delivery, deliver

    raise typer.Exit(deliver(request, Delivery(**flags)))
