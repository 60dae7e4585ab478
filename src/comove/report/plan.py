"""A plan laid out for reading: what would be read and run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from comove.core.answered import SCHEMA
from comove.core.document import Document, Section, Table
from comove.core.message import Name, say
from comove.core.plain import as_plain
from comove.core.plan import Plan


def compose_plan(
    plan: Plan, titles: Mapping[str, Mapping[str, str]], folders: Iterable[str]
) -> Document:
    """Lay a plan out.

    Parameters
    ----------
    plan
        Of one question.
    titles
        Series id to display name per language.
    folders
        Folders whose ``words.toml`` hold the titles of the channels.

    Returns
    -------
    Document
        Nothing has been read.
    """
    table = Table(
        title=say("table.plan"),
        columns=("item", "value"),
        rows=(
            (Name("plan.asof"), plan.asof),
            (Name("plan.assets"), tuple(map(Name, plan.assets))),
            (Name("plan.channels"), tuple(Name(f"channel.{key}") for key in plan.channels)),
            (Name("plan.series"), plan.series),
            (Name("plan.tables"), plan.tables),
            (Name("plan.steps"), plan.steps),
        ),
    )
    return Document(
        title=say("report.plan.title", answer=plan.answer),
        headline=(),
        sections=(Section(key="plan", blocks=(table,)),),
        titles=titles,
        words=tuple(folders),
        payload={"schema": SCHEMA, "answer": f"{plan.answer}_plan", "plan": as_plain(plan)},
        records=tuple({"series": series} for series in plan.series),
        colophon=say("report.plan.colophon"),
    )
