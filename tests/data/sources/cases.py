"""The payloads under ``fixtures``, with what is asked for them and what is to be read from them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from comove.core.registry import members
from comove.core.series import Clock, SeriesSpec
from comove.core.source import Payload, Request, Source, Span
from comove.data.catalogue import Catalogue

FOLDER = Path(__file__).with_name("fixtures")
CANARY = "canary-5f1e"


@dataclass(frozen=True)
class Case:
    """One payload: the source it is for, the call it answers, and its rows."""

    source: Source
    code: str
    spec: SeriesSpec
    span: Span
    payload: Payload
    request: Request
    rows: tuple[tuple, ...]
    file: str

    def __str__(self):
        return f"{self.source.name}-{self.file}"

    def read(self, body=None):
        """Read the payload, or another body in its place."""
        payload = self.payload
        if body is not None:
            payload = Payload(
                request=payload.request,
                status=payload.status,
                content_type=payload.content_type,
                body=body,
                received=payload.received,
            )
        return self.source.read(payload, self.spec, self.code)


def sources():
    """Every source of the registry, by name."""
    return {key: module.source for key, module in members("comove.data.sources").items()}


def keys(source):
    """Keys that can be told from everything else."""
    return {name: f"{CANARY}-{name}" for name in source.keys}


@cache
def cases():
    """Every payload of every source."""
    found = sources()
    return tuple(case for name in found for case in _of(found[name]))


@cache
def _catalogue():
    return Catalogue.load()


def _of(source):
    note = FOLDER / source.name / "cases.toml"
    if not note.exists():
        return []
    return [_case(source, row) for row in tomllib.loads(note.read_text("utf-8"))["case"]]


def _case(source, row):
    span = Span(first=row["first"], last=row["last"])
    spec = _spec(row)
    request = source.ask(spec, row["code"], span, keys(source))[row.get("request", 0)]
    payload = Payload(
        request=request.public(),
        status=200,
        content_type=row["type"],
        body=(FOLDER / source.name / row["file"]).read_bytes(),
        received=np.datetime64(row["received"].replace(tzinfo=None), "s"),
    )
    rows = tuple(tuple(cells) for cells in row["rows"])
    return Case(source, row["code"], spec, span, payload, request, rows, row["file"])


def _spec(row):
    if isinstance(row["series"], str):
        return _catalogue()[row["series"]]
    clock = Clock(time="00:00", zone="UTC", day_offset=1, calendar="24/7")
    return SeriesSpec(id="trial", clock=clock, **row["series"])
