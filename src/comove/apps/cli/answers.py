"""One command per answer, made when it is asked for: the help needs only their first lines."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from comove.apps.cli.parameters import OUTPUT, PLAN, commanded, option
from comove.core.registry import member, names, summary

ROOM = "comove.answers"

USUAL = ("explain", "spillover", "audit", "scenario", "levels", "diversify")
"""Answers in the order they are spoken of; further ones follow."""

OFFLINE = option(
    "offline",
    Annotated[
        bool,
        typer.Option("--offline", help="Read the bundled history alone, whatever else is held."),
    ],
    False,
)


class Answers(TyperGroup):
    """Commands that typer made, and one for every answer of the registry."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002 - as the parser calls it
        """Name the answers, the usual ones first, then the rest."""
        there = names(ROOM)
        return list(dict.fromkeys([*(k for k in USUAL if k in there), *there, *self.commands]))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401, ARG002
        """Return a command; of an answer that is only listed, its name and first line."""
        if cmd_name in self.commands or cmd_name not in names(ROOM):
            return self.commands.get(cmd_name)
        return self._listed(cmd_name)

    def _listed(self, key: str) -> TyperCommand:
        return TyperCommand(name=key, help=summary(ROOM, key))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401
        """Make the command that is meant before it is looked up."""
        if args and args[0] in names(ROOM):
            self.commands[args[0]] = answer_command(args[0])
        elif args and args[0] not in self.commands:  # so that the nearest name can be offered
            self.commands.update({key: self._listed(key) for key in names(ROOM)})
        return super().resolve_command(ctx, args)


def answer_command(key: str) -> Any:  # noqa: ANN401 - the parser's class moved between releases
    """Make the command of one answer.

    Parameters
    ----------
    key
        One of the registry's.

    Returns
    -------
    click.Command
        With a flag for every field of the request.
    """
    alone = typer.Typer(add_completion=False)
    made = commanded(member(ROOM, key).request, _answered, [*OUTPUT, PLAN, OFFLINE])
    alone.command(name=key, help=summary(ROOM, key))(made)
    return typer.main.get_command(alone)


def _answered(request: object, flags: dict[str, Any]) -> None:
    from comove.apps.cli.deliver import Delivery, deliver

    raise typer.Exit(deliver(request, Delivery(**flags)))
