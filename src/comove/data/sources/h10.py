"""Federal Reserve H.10: exchange rates and dollar indices, the whole release as one archive."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from comove.core.series import SeriesSpec
from comove.core.source import Payload, Request, Rows, Source, Span
from comove.data.sources import _payload

URL = "https://www.federalreserve.gov/datadownload/Output.aspx"
LARGEST = 300_000_000
"""Bytes the release may unpack to."""

_SERIES = re.compile(rb"<(?:\w+:)?Series\b[^>]*>", re.ASCII)
_OBSERVATION = re.compile(rb"<(?:\w+:)?Obs\b([^>]*)/>", re.ASCII)
_ATTRIBUTE = re.compile(rb'([A-Z_]+)="([^"<]*)"', re.ASCII)
_REMARKS = re.compile(
    rb"<(\w+:)?Annotations\b[^>]*>.*?</(?:\w+:)?Annotations>", re.ASCII | re.DOTALL
)
_END = re.compile(rb"</(?:\w+:)?Series>", re.ASCII)
_MISSING = "-9999"
_UNUSABLE = (zipfile.BadZipFile, zlib.error, ValueError, OSError, EOFError, RuntimeError)
"""What the archive reader raises for archives that are cut, altered, encrypted or exotic."""


@dataclass(frozen=True)
class H10:
    """Series by the release's own names: ``"JRXWTFB_N.B"`` is the broad dollar, business days.

    Notes
    -----
    The Data Download Program gives single series only behind addresses made by hand; the archive of
    the whole release has a fixed one.  Its checksums also tell a cut or altered file.
    """

    name: str = "h10"
    keys: tuple[str, ...] = ()
    calls: tuple[int, float] = (5, 30.0)
    page: str = "https://www.federalreserve.gov/datadownload/"
    sample: str = "JRXWTFB_N.B"

    def ask(
        self, spec: SeriesSpec, code: str, span: Span, keys: Mapping[str, str]
    ) -> tuple[Request, ...]:
        """Ask for the archive."""
        _payload.plain(self.name, code, "JRXWTFB_N.B")
        return (
            Request(
                source=self.name,
                url=URL,
                params=(("rel", "H10"), ("filetype", "zip")),
                accepts=(
                    "application/zip",
                    "application/x-zip-compressed",
                    "application/x-zip",
                    "application/octet-stream",
                ),
            ),
        )

    def read(self, payload: Payload, spec: SeriesSpec, code: str) -> Rows:
        """Read one series; a status other than A (normal) marks a day without a value."""
        labels, values = [], []
        for found in _OBSERVATION.finditer(_section(payload, code)):
            row = {name.decode(): text.decode() for name, text in _ATTRIBUTE.findall(found[1])}
            value = _payload.member(payload, row, "OBS_VALUE")
            normal = _payload.member(payload, row, "OBS_STATUS") == "A" and value != _MISSING
            day = _payload.member(payload, row, "TIME_PERIOD")
            labels.append(_payload.day(payload, day, "TIME_PERIOD"))
            values.append(_payload.number(payload, value, "OBS_VALUE") if normal else np.nan)
        return Rows(labels=np.array(labels, dtype="M8[D]"), values=np.array(values, dtype="f8"))


def _section(payload: Payload, code: str) -> bytes:
    """Return what stands between the tags of one series: observations, once remarks are gone."""
    text = _unpacked(payload)
    wanted = b'SERIES_NAME="' + code.encode() + b'"'
    openings = [tag for tag in _SERIES.finditer(text) if wanted in tag[0]]
    if len(openings) != 1:
        raise _payload.unusable(payload, code)
    end = _END.search(text, openings[0].end())
    if end is None:
        raise _payload.partial(payload)
    section = _REMARKS.sub(b"", text[openings[0].end() : end.start()])
    if _OBSERVATION.sub(b"", section).strip():
        raise _payload.unusable(payload, code)
    return section


def _unpacked(payload: Payload) -> bytes:
    if not payload.body:
        raise _payload.nothing(payload)
    try:
        with zipfile.ZipFile(io.BytesIO(payload.body)) as archive:
            (member,) = [name for name in archive.namelist() if name.endswith("_data.xml")]
            if archive.getinfo(member).file_size > LARGEST:
                raise _payload.unusable(payload, member)
            with archive.open(member) as file:
                return file.read(LARGEST)
    except _UNUSABLE as cause:
        raise _payload.unusable(payload, "archive") from cause


source: Source = H10()
