"""``comove data``: what is held, how fresh it is, whether it is sane."""

from __future__ import annotations

import inspect
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from comove.apps.cli.answers import OFFLINE
from comove.apps.cli.language import LANGUAGE
from comove.apps.cli.parameters import OUT, OUTPUT, commanded, option
from comove.core.export import FORMS, ExportRequest
from comove.core.fetch_request import FetchRequest
from comove.data.files.options import FileOptions

data = typer.Typer(
    name="data",
    help="What is held, how fresh it is, whether it is sane; bring in more.",
    no_args_is_help=True,
)

NOTHING_CAME = 3
"""Exit code when a series that was asked for could not be had."""

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


DRY_RUN = option(
    "dry_run",
    Annotated[bool, typer.Option("--dry-run", help="Show what would come in, and keep nothing.")],
    False,
)
FILE = option(
    "path",
    Annotated[Path, typer.Argument(help="CSV, Parquet or Excel.", show_default=False)],
    inspect.Parameter.empty,
)
WAIVE = option(
    "waive",
    Annotated[
        list[str] | None,
        typer.Option("--waive", metavar="RULE", help="Let rows pass that this rule would stop."),
    ],
    None,
)


def _fetch(request: FetchRequest, flags: dict[str, Any]) -> None:
    """Plan, ask, keep; each series is shown as it comes in."""
    from comove.apps.cli.deliver import Delivery, write
    from comove.apps.cli.progress import counted
    from comove.desk import Desk

    dry_run = flags.pop("dry_run")
    delivery = Delivery(**flags)
    settled = delivery.settled()
    desk = Desk.open()
    errands = desk.intake.plan(request)
    if dry_run:
        write(desk.errands_document(errands), settled, delivery)
        return
    coming = desk.intake.fetch(errands)
    results = tuple(counted(coming, len(errands), lambda result: result.series))
    write(desk.fetched_document(results), settled, delivery)
    if any(result.outcome in ("failed", "skipped") for result in results):
        raise typer.Exit(NOTHING_CAME)


data.command("fetch", help="Bring series up to date; what came in stays when interrupted.")(
    commanded(FetchRequest, _fetch, [*OUTPUT, DRY_RUN])
)


def _export(request: ExportRequest, flags: dict[str, Any]) -> None:
    """Write series as one table."""
    from comove.desk import Desk
    from comove.report.render import deliver

    out: Path | None = flags["out"]
    suffix = "" if out is None else out.suffix.removeprefix(".").lower()
    form = request.form or (suffix if suffix in FORMS else "csv")
    deliver(Desk.open(offline=flags["offline"]).exported(request, form), out, sys.stdout.buffer)


data.command("export", help="Hand series out as CSV or Parquet, with the instants of each value.")(
    commanded(ExportRequest, _export, [OUT, OFFLINE])
)


@data.command()
def backup(
    target: Annotated[Path, typer.Argument(help="A folder that does not exist yet.")],
) -> None:
    """Copy all that was fetched and imported, even while more comes in."""
    from comove.desk import Desk

    sys.stdout.write(f"{Desk.open().intake.backup(target)}\n")


@data.command()
def doctor(form: Form = None, language: Language = LANGUAGE, out: Out = None) -> None:
    """Try every source for real: one small call each; exit 3 when one that could be asked fails."""
    from comove.apps.cli.deliver import Delivery, write
    from comove.apps.cli.progress import counted
    from comove.desk import Desk

    delivery = Delivery(form=form, language=language, out=out)
    settled = delivery.settled()
    desk = Desk.open()
    trials = counted(desk.intake.doctor(), len(desk.intake.sources), lambda found: found.source)
    checkups = tuple(trials)
    write(desk.doctor_document(checkups), settled, delivery)
    if any(found.outcome == "failed" for found in checkups):
        raise typer.Exit(NOTHING_CAME)


def _import(options: FileOptions, flags: dict[str, Any]) -> None:
    """Read, judge, keep."""
    from comove.apps.cli.deliver import Delivery, write
    from comove.desk import Desk

    path, waived, trial = flags.pop("path"), flags.pop("waive"), flags.pop("dry_run")
    delivery = Delivery(**flags)
    settled = delivery.settled()
    desk = Desk.open()
    results = tuple(desk.intake.take(path, options, tuple(waived or ()), trial=trial))
    write(Desk.open().taken_document(results, trial=trial), settled, delivery)


data.command("import", help="Take in a file of one's own; rows that fail a rule are held back.")(
    commanded(FileOptions, _import, [FILE, WAIVE, DRY_RUN, *OUTPUT])
)
