"""``comove data``: what is held, how fresh it is, whether it is sane."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from comove.apps.cli.language import LANGUAGE

data = typer.Typer(
    name="data", help="What is held, how fresh it is, whether it is sane.", no_args_is_help=True
)

Form = Annotated[str | None, typer.Option("--format", help="text, json, csv, md or html.")]
Language = Annotated[str, typer.Option("--lang", help="en or ja.")]
Out = Annotated[Path | None, typer.Option("--out", "-o", help="Write to this file.")]


@data.command("list")
def list_series(form: Form = None, language: Language = LANGUAGE, out: Out = None) -> None:
    """List every series with its names, clock, unit and span."""
    _show("list", form, language, out)


@data.command()
def status(form: Form = None, language: Language = LANGUAGE, out: Out = None) -> None:
    """Show how far each series is behind its own calendar today."""
    _show("status", form, language, out)


@data.command()
def check(form: Form = None, language: Language = LANGUAGE, out: Out = None) -> None:
    """Check hashes, gaps, jumps, stale values and clocks; exit 1 when something is wrong."""
    problems = _show("check", form, language, out)
    if problems:
        raise typer.Exit(1)


def _show(what: str, form: str | None, language: str, out: Path | None) -> int:
    """Write one of the three documents; return the number of problems in it."""
    from comove.apps.cli.deliver import Delivery, write
    from comove.desk import Desk

    delivery = Delivery(form=form, language=language, out=out)
    settled = delivery.settled()
    desk = Desk.open()
    if what == "check":
        findings = desk.findings()
        write(desk.check_document(findings), settled, delivery)
        return sum(finding.outcome == "problem" for finding in findings)
    write(desk.holdings_document(what), settled, delivery)
    return 0
