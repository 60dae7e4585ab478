"""A diagnosis laid out for reading: which sentence, table and picture stands where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from comove.core.diagnosis import Diagnosis
from comove.core.document import Block, Document
from comove.core.exhibit import Exhibit
from comove.core.message import Name, say
from comove.report.composing import laid_out
from comove.report.explain.change import outlook
from comove.report.explain.readings import explanations
from comove.report.explain.refuge import classes
from comove.report.explain.together import moves
from comove.report.explain.unusual import comparison
from comove.report.explain.why import splits

_PLACES = {"paths": "together", "rolling": "unusual", "lines": "unusual"}
"""Section of an exhibit by its kind; the others stand with the splits."""


def compose(
    diagnosis: Diagnosis, titles: Mapping[str, Mapping[str, str]], folders: Iterable[str]
) -> Document:
    """Lay a diagnosis out.

    Parameters
    ----------
    diagnosis
        An answer.
    titles
        Series id to display name per language.
    folders
        Folders whose ``words.toml`` hold the sentences of answers, channels and data.

    Returns
    -------
    Document
        Still without a language; every figure is the diagnosis' own.
    """
    placed: dict[str, list[Exhibit]] = {}
    for exhibit in diagnosis.exhibits:
        placed.setdefault(_PLACES.get(exhibit.kind, "why"), []).append(exhibit)
    blocks: dict[str, tuple[Block, ...]] = {
        "together": (*moves(diagnosis), *placed.get("together", ())),
        "unusual": (*comparison(diagnosis), *placed.get("unusual", ())),
        "why": (*splits(diagnosis), *placed.get("why", ()), *explanations(diagnosis)),
        "refuge": classes(diagnosis),
        "change": outlook(diagnosis),
    }
    title = say("report.title", assets=tuple(map(Name, diagnosis.question.assets)))
    return laid_out(diagnosis, title, blocks, titles, folders, diagnosis.question.replications)
