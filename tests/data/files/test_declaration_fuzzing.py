"""Whatever stands in a user's TOML ends in a series or in the typed error."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.core.errors import ComoveError
from comove.core.series import SeriesSpec
from comove.core.source import Rows
from comove.data.catalogue import Catalogue
from comove.data.files.declaring import declared_series
from comove.data.files.options import FileOptions
from comove.data.gates import judge
from comove.data.gates.batch import Beside

CATALOGUE = Catalogue.load()
FIELDS = ("kind", "unit", "clock", "adjusted", "sign", "publication", "tags", "made_from",
          "related", "titles", "aliases", "sources", "id", "x")  # fmt: skip
WORDS = ("price", "yield", "level", "usd", "percent", "XNYS", "24/7", "FX", "16:00", "UTC",
         "Asia/Tokyo", "gdx", "any", "positive", "weekly", "", "\x00", "../etc", "日")  # fmt: skip
CLOCK = st.dictionaries(
    st.sampled_from(("time", "zone", "calendar", "day_offset", "tolerance_hours", "y")),
    st.one_of(st.sampled_from(WORDS), st.integers(-3, 30), st.floats(), st.booleans()),
)
VALUE = st.one_of(
    st.sampled_from(WORDS),
    st.integers(),
    st.floats(),
    st.booleans(),
    CLOCK,
    st.lists(st.one_of(st.sampled_from(WORDS), st.integers())),
)
GOOD = {
    "kind": "price",
    "unit": "usd",
    "clock": {"time": "16:00", "zone": "UTC", "calendar": "24/7"},
}


@given(
    changes=st.dictionaries(st.sampled_from(FIELDS), VALUE),
    name=st.sampled_from(("mine", "gdx", "a b", "", "x" * 50)),
)
@settings(max_examples=400, deadline=None)
def test_a_declaration_is_a_series_or_refused(changes, name):
    try:
        found = declared_series({name: GOOD | changes}, CATALOGUE, "x.toml")
    except ComoveError:
        return
    (spec,) = found.values()
    assert isinstance(spec, SeriesSpec)
    days = np.arange("2026-01-01", "2026-01-20", dtype="M8[D]")
    rows = Rows(labels=days, values=np.arange(1.0, 20.0))
    verdict = judge(rows, spec, None, np.datetime64("2026-11-29T00:00:00"), Beside())
    assert verdict.received == 19  # whatever was declared can be judged


@given(table=st.dictionaries(st.one_of(st.sampled_from(
    ("layout", "date", "columns", "dates", "decimal", "missing", "delimiter", "encoding", "skip")
), st.text(max_size=5)), VALUE))  # fmt: skip
@settings(max_examples=300, deadline=None)
def test_options_are_options_or_refused(table):
    try:
        assert isinstance(FileOptions.of(table), FileOptions)
    except ComoveError:
        return
