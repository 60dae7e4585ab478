"""Commands, errors and exit codes."""

from __future__ import annotations

import os
import sys
from typing import Annotated, Any, NoReturn

import typer

from comove.apps.cli.answers import ROOM, Answers, answer_command
from comove.apps.cli.data import data
from comove.core.errors import ComoveError, QuestionError
from comove.core.registry import names

INTERRUPTED = 130


def build() -> typer.Typer:
    """Build the application from the registry of answers.

    Returns
    -------
    typer.Typer
        ``data``, and one command per answer, made when it is asked for.
    """
    app = typer.Typer(
        name="comove",
        cls=Answers,
        help=_root.__doc__,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_root)
    app.add_typer(data, name="data")
    return app


def every_command() -> dict[str, Any]:
    """Make every command, for a manual.

    Returns
    -------
    dict
        Name to command; ``data`` holds commands of its own.
    """
    made = typer.main.get_group(build())
    return {key: answer_command(key) for key in names(ROOM)} | dict(made.commands)


def _show_version(asked: bool) -> None:
    if asked:
        import comove

        typer.echo(f"comove {comove.__version__}")
        raise typer.Exit


def _root(
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version.", is_eager=True, callback=_show_version),
    ] = False,
) -> None:
    """Decode why assets move together: is it real, is it unusual, why, what would change it."""


def run() -> NoReturn:
    """Run the command line; every error becomes one line with a hint."""
    try:
        code = build()(standalone_mode=False)
    except ComoveError as error:
        fail(error)
    except (KeyboardInterrupt, typer.Abort):
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # the reader has gone; nothing more can be said to it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        if hasattr(error, "format_message"):
            misused(error)
        if os.environ.get("COMOVE_TRACEBACK"):
            raise
        fail(_internal(error))
    sys.exit(code or 0)


def _internal(error: Exception) -> ComoveError:
    """Tell of a defect in one line: a user has no use for where it happened."""
    return QuestionError(
        "cli.internal",
        "Something went wrong inside comove ({kind}: {detail}).",
        "Please report it with the command; COMOVE_TRACEBACK=1 shows where.",
        kind=type(error).__name__,
        detail=str(error),
    )


def misused(error: Any) -> NoReturn:  # noqa: ANN401 - the parser's class moved between releases
    """Say which argument cannot be understood; a command without arguments shows its help.

    Parameters
    ----------
    error
        What the argument parser raised.
    """
    message = error.format_message()
    if "\n" in message.strip():
        error.show()
        sys.exit(error.exit_code)
    context = getattr(error, "ctx", None)
    command = "comove" if context is None else context.command_path
    fail(
        QuestionError(
            "cli.usage",
            "{message}",
            "Try {command} --help.",
            message=message if message.endswith((".", "?", "!")) else f"{message}.",
            command=command,
        )
    )


def fail(error: ComoveError) -> NoReturn:
    """Say what went wrong on standard error and leave with the documented code.

    Parameters
    ----------
    error
        Its sentence is looked up in the language of the command.
    """
    from comove.apps.cli.language import chosen_language
    from comove.report.failure import failure_text, failure_words

    sys.stderr.write(f"{failure_text(error, failure_words(chosen_language()))}\n")
    sys.exit(error.exit_code)
