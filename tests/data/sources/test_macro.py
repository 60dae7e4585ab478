"""Publishers of rates, the dollar, positions and sentiment: pages, messages, what is missing."""

import io
import json
import zipfile
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from comove.core.errors import PayloadError, QuestionError
from comove.core.source import Payload, Span
from comove.data.catalogue import Catalogue
from sources.cases import cases, sources

SPECS = Catalogue.load().specs
HISTORY = Path(__file__).resolve().parents[4] / "shared" / "history" / "VIX.csv"
KEY = {"fred_api_key": "k-123"}


def asked(name, code, first, last, series="dfii10"):
    span = Span(first=date.fromisoformat(first), last=date.fromisoformat(last))
    return sources()[name].ask(SPECS[series], code, span, KEY)


def answered(name, code, body, series="dfii10", received="2026-02-07T12:00:00", params=()):
    case = next(case for case in cases() if case.source.name == name)
    request = case.request.public()
    payload = Payload(
        request=type(request)(source=name, url=request.url, params=params or request.params),
        status=200,
        content_type=request.accepts[0],
        body=body if isinstance(body, bytes) else json.dumps(body).encode(),
        received=np.datetime64(received),
    )
    return sources()[name].read(payload, SPECS[series], code)


def observations(*rows, **more):
    found = [dict(zip(("date", "value"), row, strict=True)) for row in rows]
    return {"units": "lin", "count": len(found), "observations": found} | more


# FRED and ALFRED


def test_fred_says_no_in_words():
    said = {"error_code": 400, "error_message": "Bad Request. The series does not exist."}
    with pytest.raises(PayloadError, match="The series does not exist"):
        answered("fred", "DFII10", said)


@pytest.mark.parametrize(
    "body",
    [
        observations(("2026-02-06", "1.88"), count=2),
        observations(("2026-02-06", "1.88"), units="pch"),
        observations(("2026-02-06", "1,88")),
        observations(("2026-02-06", "")),
        observations(("2026-02-06", None)),
        observations(("2026-02-06", True)),
        observations(("2026-02-30", "1.88")),
        observations(("06.02.2026", "1.88")),
        observations(("1026-02-06", "1.88")),
        {"observations": []},
        {"observations": {}, "count": 0},
        [],
    ],
)
def test_fred_refuses_what_it_does_not_understand(body):
    with pytest.raises(PayloadError):
        answered("fred", "DFII10", body)


def test_fred_without_rows_is_an_answer():
    assert len(answered("fred", "DFII10", observations())) == 0


def test_vintages_are_asked_for_in_windows_that_join():
    calls = asked("alfred", "DGS10", "2005-03-01", "2026-02-06")
    windows = [
        (date.fromisoformat(found["realtime_start"]), found["realtime_end"])
        for found in (dict(call.params) for call in calls)
    ]
    assert windows[0][0] == date(2005, 3, 1)
    assert windows[-1][1] == "9999-12-31"
    for (start, end), (following, _) in pairwise(windows):
        last = date.fromisoformat(end)
        assert following == last + timedelta(days=1)
        assert following.weekday() == 6  # nothing is published on a Sunday
        assert np.busday_count(start, following) < 2000
    assert windows[-1][0] > date(2026, 2, 6) - timedelta(days=5.1 * 365)


def test_a_value_known_before_a_window_is_not_listed_as_news():
    rows = [
        {"date": "2024-01-02", "value": "3.9", "realtime_start": start, "realtime_end": end}
        for start, end in (("2025-06-01", "2025-06-02"), ("2025-06-03", "9999-12-31"))
    ]
    body = observations() | {"count": 2, "observations": rows}
    later = (("realtime_start", "2025-06-01"), ("observation_start", "2020-06-01"))
    assert len(answered("alfred", "DGS10", body, params=later)) == 1
    first = (("realtime_start", "2025-06-01"), ("observation_start", "2025-06-01"))
    assert len(answered("alfred", "DGS10", body, params=first)) == 2


@pytest.mark.parametrize(
    ("start", "end"), [("2024-01-01", "9999-12-31"), ("2024-02-01", "2024-01-15"), ("", "x")]
)
def test_a_vintage_before_its_value_or_after_its_end_is_refused(start, end):
    row = {"date": "2024-01-02", "value": "3.9", "realtime_start": start, "realtime_end": end}
    body = observations() | {"count": 1, "observations": [row]}
    with pytest.raises(PayloadError):
        answered("alfred", "DGS10", body)


# Treasury, H.10


def test_treasury_is_asked_year_by_year():
    calls = asked("treasury", "real/10y", "2024-12-30", "2026-01-02")
    assert [dict(call.params)["field_tdr_date_value"] for call in calls] == ["2024", "2025", "2026"]
    assert {dict(call.params)["type"] for call in calls} == {"daily_treasury_real_yield_curve"}


@pytest.mark.parametrize("code", ["10y", "par/10", "nominal/10y", "par/10y/x", "par/100y"])
def test_treasury_refuses_curves_it_does_not_have(code):
    with pytest.raises(QuestionError, match="par/10y"):
        asked("treasury", code, "2026-01-01", "2026-02-06")


def test_treasury_tells_missing_from_zero():
    body = b'Date,"10 Yr"\n02/06/2026,0.00\n02/05/2026,N/A\n02/04/2026,\n'
    np.testing.assert_array_equal(
        answered("treasury", "par/10y", body).values, [0.0, np.nan, np.nan]
    )


@pytest.mark.parametrize(
    "body",
    [
        b'Date,"10 Yr"\n02/06/2026,4.2\n02/05/2026',
        b'Date,"10 Yr"\n02/06/2026,4.22\n02/05/2026,4.2',
        b'Date,"10 Yr"\n02/06/2026,4.22',
        b'Date,"10 Yr"\n02/06/2026,4.22,1\n',
        b'Date,"10 Yr","10 Yr"\n02/06/2026,4.22,4.23\n',
        b'Date,"10 Jahre"\n02/06/2026,4.22\n',
        b'Date,"10 Yr"\n13/06/2026,4.22\n',
        b'Date,"10 Yr"\n02/06/26,4.22\n',
        b'Date,"10 Yr"\n"02/06/2026,4.22\n',
    ],
)
def test_a_table_that_is_not_whole_is_refused(body):
    with pytest.raises(PayloadError):
        answered("treasury", "par/10y", body)


@pytest.mark.parametrize(
    "body",
    [
        b'Date,"10 Yr"\r\n02/06/2026,4.22\r\n02/05/2026,4.21\r\n',
        b'\xef\xbb\xbfDate,"10 Yr"\n02/06/2026,4.22\n02/05/2026,4.21',
        b'DATE , "x","10 YR"\n02/06/2026,9,4.22\n2/5/2026,9,4.21\n\n',
    ],
)
def test_line_ends_marks_case_and_order_do_not_matter(body):
    rows = answered("treasury", "par/10y", body)
    assert rows.values.tolist() == [4.22, 4.21]
    assert [str(day) for day in rows.labels] == ["2026-02-06", "2026-02-05"]


def test_h10_has_only_what_the_release_has():
    body = next(case for case in cases() if case.source.name == "h10").payload.body
    assert answered("h10", "RXI_N.B.JA", body).values.tolist() == [156.81, 157.2]
    for code in ("JRXWTFB", "JRXWTFB_N.M", "N.B"):
        with pytest.raises(PayloadError):
            answered("h10", code, body)


def released(text):
    """An archive of the release with other text in it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("H10_data.xml", text)
    return packed.getvalue()


OPENING = '<kf:Series SERIES_NAME="JRXWTFB_N.B">'
ROW = '<frb:Obs OBS_STATUS="A" OBS_VALUE="117.9" TIME_PERIOD="2026-01-20" />'


def test_h10_is_read_from_any_such_archive():
    assert answered("h10", "JRXWTFB_N.B", released(f"{OPENING}{ROW}</kf:Series>")).values == [117.9]


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"{OPENING}{ROW}",
        f"{OPENING}{ROW}<kf:Series>",
        f"{OPENING}{ROW.replace(' />', '>')}</kf:Series>",
        f"{OPENING}{ROW}<frb:Remark>x</frb:Remark></kf:Series>",
        f"{OPENING}{ROW}117.9</kf:Series>",
        f"{OPENING}{ROW}</kf:Series>" * 2,
        f"{OPENING}{ROW.replace('117.9', '1l7.9')}</kf:Series>",
        f"{OPENING}{ROW.replace('OBS_STATUS', 'STATUS')}</kf:Series>",
    ],
)
def test_h10_refuses_a_series_that_is_not_whole(text):
    with pytest.raises(PayloadError):
        answered("h10", "JRXWTFB_N.B", released(text))


def test_h10_refuses_archives_that_are_none():
    for body in (b"PK", b"PK\x05\x06" + bytes(18), released("")[:-1], b"not an archive"):
        with pytest.raises(PayloadError):
            answered("h10", "JRXWTFB_N.B", body)


# CFTC, Cboe, Stooq, fear & greed


def position(**changed):
    row = {
        "report_date_as_yyyy_mm_dd": "2026-02-03T00:00:00.000",
        "cftc_contract_market_code": "088691",
        "open_interest_all": "400000",
    }
    return [row | changed]


@pytest.mark.parametrize(
    "body",
    [
        position(cftc_contract_market_code="084691"),
        position(open_interest_all="-1"),
        position(open_interest_all="1.5"),
        position(open_interest_all=None),
        position(report_date_as_yyyy_mm_dd="2026-02-03T16:00:00.000"),
        {"message": "Query coordinator error", "errorCode": "query.soql.no-such-column"},
        position() * 5000,
    ],
)
def test_cftc_refuses_other_contracts_messages_and_full_pages(body):
    with pytest.raises(PayloadError):
        answered("cftc", "088691/open_interest", body)


def test_positions_of_a_tuesday_are_known_on_monday():
    rows = answered("cftc", "088691/open_interest", position())
    assert rows.values.tolist() == [400_000]
    assert str(rows.known[0]) == "2026-02-09T20:30:00"


@pytest.mark.parametrize(
    "code", ["088691", "088691/net_whales", "88691/open_interest", "'or 1=1/x"]
)
def test_cftc_refuses_codes_before_they_reach_a_query(code):
    with pytest.raises(QuestionError):
        asked("cftc", code, "2026-01-01", "2026-02-06")


@pytest.mark.parametrize("close", ["23.2", "17.6", "-1", "", "n/a"])
def test_a_close_outside_its_day_is_refused(close):
    body = f"DATE,OPEN,HIGH,LOW,CLOSE\n02/06/2026,21.5,21.76,17.65,{close}\n".encode()
    with pytest.raises(PayloadError):
        answered("cboe", "VIX", body, "vix")


@pytest.mark.parametrize(
    "said", [b"No data", b"Exceeded the daily hits limit", b"Get your apikey:"]
)
def test_stooq_answers_in_words(said):
    with pytest.raises(PayloadError, match=said.decode()):
        answered("stooq", "gdx.us", said, "gdx")


@pytest.mark.parametrize("value", ["101", "-1", "50.5", "", "fear"])
def test_fear_and_greed_is_a_whole_number_up_to_a_hundred(value):
    row = {"value": value, "timestamp": "1770336000"}
    with pytest.raises(PayloadError):
        answered("alternative_me", "fng", {"data": [row], "metadata": {"error": None}}, "fng")


def test_fear_and_greed_says_no_in_words():
    body = {"data": [], "metadata": {"error": "too many requests"}}
    with pytest.raises(PayloadError, match="too many requests"):
        answered("alternative_me", "fng", body, "fng")
