"""Anything that is not exactly the format is refused with a typed error."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.core.errors import DamagedFileError
from comove.data.parsing import dated_values, table_rows

GOOD = b"date,value\n2026-01-05,1.5\n2026-01-06,-0.25\n2026-01-07,1e3\n"
COLUMNS = {"year": "int", "tonnes": "float", "published": "date", "source": "text"}
TABLE = 'year,tonnes,published,source\n2025,863.3,2026-01-29,"A, B 金"\n2026,,2027-01-28,C\n'


def test_a_good_file_is_read_as_it_stands():
    labels, values = dated_values(GOOD, "x.csv")
    assert labels.tolist() == np.array(["2026-01-05", "2026-01-06", "2026-01-07"], "M8[D]").tolist()
    assert values.tolist() == [1.5, -0.25, 1000.0]


BAD = {
    "empty": b"",
    "header only": b"date,value\n",
    "other header": b"day,value\n2026-01-05,1\n",
    "byte order mark": b"\xef\xbb\xbf" + GOOD,
    "windows line ends": GOOD.replace(b"\n", b"\r\n"),
    "no final newline": GOOD[:-1],
    "blank line": b"date,value\n2026-01-05,1\n\n2026-01-06,1\n",
    "third column": b"date,value\n2026-01-05,1,2\n",
    "ragged": b"date,value\n2026-01-05\n2026-01-06,1,2\n",
    "missing value": b"date,value\n2026-01-05,\n",
    "dot for missing": b"date,value\n2026-01-05,.\n",
    "nan": b"date,value\n2026-01-05,nan\n",
    "infinity": b"date,value\n2026-01-05,inf\n",
    "overflow": b"date,value\n2026-01-05,1e999\n",
    "underscore": b"date,value\n2026-01-05,1_000\n",
    "thousands": b'date,value\n2026-01-05,"1,000"\n',
    "decimal comma": b"date,value\n2026-01-05,1,5\n",
    "space": b"date,value\n2026-01-05, 1\n",
    "full width": "date,value\n2026-01-05,１２３\n".encode(),
    "shift-jis": "date,value\n2026-01-05,１\n".encode("cp932"),
    "month only": b"date,value\n2026-01,1\n",
    "year only": b"date,value\n2026,1\n2026-01-06,1\n",
    "compact date": b"date,value\n20260105,1\n",
    "slashes": b"date,value\n2026/01/05,1\n",
    "time of day": b"date,value\n2026-01-05T00:00,1\n",
    "negative year": b"date,value\n-026-01-05,1\n",
    "no such day": b"date,value\n2026-02-30,1\n",
    "not a time": b"date,value\nNaT,1\n",
    "twice": b"date,value\n2026-01-05,1\n2026-01-05,1\n",
    "backwards": b"date,value\n2026-01-06,1\n2026-01-05,1\n",
    "html": b"<!doctype html><html></html>\n",
    "zeros": b"\0" * 64,
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused(name):
    with pytest.raises(DamagedFileError, match=r"x\.csv"):
        dated_values(BAD[name], "x.csv")


def test_a_truncated_file_is_refused_or_a_whole_number_of_rows():
    whole = dated_values(GOOD, "x.csv")[1].tolist()
    for length in range(len(GOOD)):
        try:
            values = dated_values(GOOD[:length], "x.csv")[1].tolist()
        except DamagedFileError:
            continue
        assert GOOD[length - 1 : length] == b"\n"
        assert values == whole[: len(values)]


@given(st.binary(max_size=200) | st.text("0123456789-.,\ndatevlu", max_size=200).map(str.encode))
@settings(max_examples=200, deadline=None)
def test_no_other_error_escapes(content):
    for start in (b"", b"date,value\n"):
        try:
            labels, values = dated_values(start + content, "x.csv")
        except DamagedFileError:
            continue
        assert len(labels) == len(values) > 0
        assert np.isfinite(values).all()


@given(
    st.dictionaries(st.dates(), st.floats(allow_nan=False, allow_infinity=False), min_size=1),
)
@settings(max_examples=25, deadline=None)
def test_what_is_written_is_read(rows):
    ordered = sorted(rows.items())
    content = "date,value\n" + "".join(f"{day},{value!r}\n" for day, value in ordered)
    labels, values = dated_values(content.encode(), "x.csv")
    assert list(zip(labels.tolist(), values.tolist(), strict=True)) == ordered


def test_a_table_is_read_with_its_types():
    first, second = table_rows(TABLE.encode(), COLUMNS, "t.csv")
    assert (first["year"], first["tonnes"], first["source"]) == (2025, 863.3, "A, B 金")
    assert str(first["published"]) == "2026-01-29"
    assert second["tonnes"] is None
    with pytest.raises(TypeError):
        first["year"] = 1


@pytest.mark.parametrize(
    "content",
    [
        "",
        "year,tonnes\n2025,1\n",
        "year,tonnes,published,source\n2025,1,2026-01-29\n",
        "year,tonnes,published,source\n2025,1,2026-01-29,a,b\n",
        "year,tonnes,published,source\nMMXXV,1,2026-01-29,a\n",
        "year,tonnes,published,source\n２０２５,1,2026-01-29,a\n",
        "year,tonnes,published,source\n2_025,1,2026-01-29,a\n",
        "year,tonnes,published,source\n2025,nan,2026-01-29,a\n",
        "year,tonnes,published,source\n2025,1e999,2026-01-29,a\n",
        "year,tonnes,published,source\n2025,1,20260129,a\n",
        "year,tonnes,published,source\n2025,1,2026-W05-4,a\n",
        "year,tonnes,published,source\n2025,1,29 Jan,a\n",
        'year,tonnes,published,source\n2025,1,2026-01-29,"a\n',
    ],
)
def test_a_bad_table_is_refused(content):
    with pytest.raises(DamagedFileError, match=r"t\.csv"):
        table_rows(content.encode(), COLUMNS, "t.csv")


@given(st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_no_other_error_escapes_from_a_table(content):
    for start in (b"", b"year,tonnes,published,source\n"):
        try:
            table_rows(start + content, COLUMNS, "t.csv")
        except DamagedFileError:
            continue
