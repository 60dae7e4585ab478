"""The source that the manual builds works through the same door and layer as the built-in ones."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from comove.core.errors import PayloadError, QuestionError
from comove.core.registry import members
from comove.core.series import Clock, SeriesSpec
from comove.core.source import Payload, Span

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "sources"
SOURCE = members("comove.data.sources", [str(FOLDER)])["boe"].source
SPEC = SeriesSpec(id="eurgbp", kind="price", unit="usd", clock=Clock(time="16:00", zone="UTC"))
WEEK = Span(first=date(2026, 2, 2), last=date(2026, 2, 6))
BODY = b"DATE,XUDLERS\r\n05 Feb 2026,1.1523\r\n06 Feb 2026,1.1507\r\n"


def read(body):
    (request,) = SOURCE.ask(SPEC, "XUDLERS", WEEK, {})
    received = np.datetime64("2026-02-07T12:00:00")
    payload = Payload(
        request=request, status=200, content_type="text/csv", body=body, received=received
    )
    return SOURCE.read(payload, SPEC, "XUDLERS")


def test_it_asks():
    (request,) = SOURCE.ask(SPEC, "XUDLERS", WEEK, {})
    assert ("Datefrom", "02/Feb/2026") in request.params
    with pytest.raises(QuestionError):
        SOURCE.ask(SPEC, "X Y", WEEK, {})


def test_it_reads():
    rows = read(BODY)
    assert rows.values.tolist() == [1.1523, 1.1507]
    assert [str(day) for day in rows.labels] == ["2026-02-05", "2026-02-06"]


def test_it_refuses_what_is_cut_off_at_any_byte():
    whole = read(BODY)
    for length in range(len(BODY)):
        try:
            rows = read(BODY[:length])
        except PayloadError:
            continue
        count = len(rows)
        np.testing.assert_array_equal(rows.values, whole.values[:count])
        np.testing.assert_array_equal(rows.labels, whole.labels[:count])


@pytest.mark.parametrize("body", [b"", b"<html>", b"DATE,X\r\n", BODY.replace(b"1.1507", b"nan")])
def test_it_refuses_what_is_not_the_table(body):
    with pytest.raises(PayloadError):
        read(body)
