"""What tests of single sources share: catalogue rows, spans, and answers to a call."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import numpy as np

from comove.core.source import Payload, Span
from comove.data.catalogue import Catalogue

SPECS = Catalogue.load().specs


def span(first, last):
    return Span(first=date.fromisoformat(first), last=date.fromisoformat(last))


def ms(text):
    """Milliseconds since 1970 of a UTC instant."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def values(request, *names):
    """Values of some parameters of a call."""
    params = dict(request.params)
    return tuple(params[name] for name in names)


def answered(source, code, series, sent, received="2026-02-10T00:00:00", wanted=None):
    """Read what a service might send back to the first call for a span."""
    spec = SPECS[series] if isinstance(series, str) else series
    request = source.ask(spec, code, wanted or span("2026-02-02", "2026-02-06"), {})[0]
    body = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
    payload = Payload(
        request=request,
        status=200,
        content_type="application/json",
        body=body,
        received=np.datetime64(received),
    )
    return source.read(payload, spec, code)
