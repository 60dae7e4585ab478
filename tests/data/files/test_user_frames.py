"""Data frames of pandas, polars and PyArrow are read and judged like files, and give one answer."""

import datetime as dt

import numpy as np
import pytest

from comove.core.errors import ComoveError, DataError, UndeclaredSeriesError, UnreadableFileError
from comove.core.question import Question
from comove.data.catalogue import Catalogue
from comove.data.files.frames import read_frame
from comove.data.files.options import FileOptions
from comove.data.reader import Facts
from comove.desk import Desk

pd = pytest.importorskip("pandas")
pl = pytest.importorskip("polars")
pa = pytest.importorskip("pyarrow")

CLOCK = {"time": "16:00", "zone": "America/New_York", "calendar": "XNYS", "tolerance_hours": 1}
DECLARE = {"mine": {"kind": "price", "unit": "usd", "clock": CLOCK}}
CATALOGUE = Catalogue.load()
OUT = ["2026-02-05", "2026-03-05"]


def read(frame, declare=None, **options):
    return read_frame(frame, declare or {}, FileOptions.of(options), CATALOGUE)


def walk(count):
    rng = np.random.default_rng(1)
    return np.round(50 * np.exp(np.cumsum(0.01 * rng.standard_normal(count))), 2)


@pytest.fixture(scope="module")
def history():
    labels = Facts().observations("gdx").labels
    return labels, walk(len(labels))


def frames(labels, values):
    return {
        "pandas index": pd.DataFrame({"mine": values}, index=pd.DatetimeIndex(labels)),
        "pandas named": pd.DataFrame({"mine": values}, index=pd.DatetimeIndex(labels, name="Date")),
        "pandas column": pd.DataFrame({"date": labels.astype("M8[ns]"), "mine": values}),
        "pandas text": pd.DataFrame({"date": labels.astype(str), "mine": values}),
        "pandas zone": pd.DataFrame(
            {"mine": values}, index=pd.DatetimeIndex(labels).tz_localize("Asia/Tokyo")
        ),
        "pandas series": pd.Series(values, index=pd.DatetimeIndex(labels), name="mine"),
        "pandas periods": pd.DataFrame({"date": [d.item() for d in labels], "mine": values}),
        "polars": pl.DataFrame({"date": labels, "mine": values}),
        "polars long": pl.DataFrame(
            {"date": labels, "symbol": pl.Series(["mine"] * len(labels), dtype=pl.Categorical),
             "value": values}
        ),
        "arrow": pa.table({"date": labels, "mine": values}),
    }  # fmt: skip


@pytest.mark.parametrize("name", list(frames(np.array(["2026-02-06"], dtype="M8[D]"), walk(1))))
def test_every_library_says_the_same(history, name):
    labels, values = history
    (table,) = read(frames(labels, values)[name], DECLARE)
    assert (table.rows.labels == labels).all()
    assert table.rows.values.tobytes() == values.tobytes()
    assert table.rows.struck is None
    assert table.declared


def test_missing_values_of_every_kind():
    day = [dt.date(2026, 2, d) for d in (4, 5, 6)]
    for column in (
        pd.array([1, None, 3], dtype="Int64"),
        [1.0, float("nan"), 3.0],
        ["1", None, "3"],
        pd.array([1.0, pd.NA, 3.0], dtype="Float64"),
    ):
        (table,) = read(pd.DataFrame({"date": day, "gdx": column}))
        assert np.array_equal(table.rows.values, [1.0, np.nan, 3.0], equal_nan=True)
    (table,) = read(pl.DataFrame({"date": day, "gdx": [1, None, 3]}))
    assert np.array_equal(table.rows.values, [1.0, np.nan, 3.0], equal_nan=True)


@pytest.mark.parametrize(
    "frame",
    [
        [1, 2],
        {"date": ["2026-02-06"]},
        pl.LazyFrame({"date": ["2026-02-06"], "gdx": [1.0]}),
        pd.DataFrame({"date": ["2026-02-06"], "gdx": [True]}),
        pl.DataFrame({"date": ["2026-02-06"], "gdx": [[1.0]]}),
        pd.DataFrame({"date": ["2026-02-06"], "gdx": [2**60]}),
        pd.DataFrame({"gdx": [1.0]}),
        pd.DataFrame({"date": ["x"], "gdx": [1.0]}),
        pd.DataFrame({"date": [pd.NaT], "gdx": [1.0]}),
        pd.DataFrame({"date": ["2026-02-06"], "gdx": [np.inf]}),
        pd.DataFrame({"date": [], "gdx": []}),
    ],
)
def test_what_is_no_table_of_dates_and_numbers_is_refused(frame):
    with pytest.raises(UnreadableFileError):
        read(frame)


def test_a_desk_with_a_frame_answers_and_the_frame_is_not_changed(desk, history):
    labels, values = history
    asked = Question(assets=("mine", "gdx"), asof="2026-02-06", replications=99)
    answers = []
    for name in ("pandas index", "polars"):
        frame = frames(labels, values)[name]
        before = frame.copy() if name.startswith("pandas") else frame.clone()
        answers.append(desk.with_frame(frame, declare=DECLARE).explain(asked))
        assert before.equals(frame)
    assert answers[0].to_dict() == answers[1].to_dict()
    with pytest.raises(ComoveError):
        desk.explain(asked)  # the desk itself has not learnt the series


def test_nothing_later_than_the_as_of_day_is_read_from_a_frame(desk, history):
    labels, values = history
    asked = Question(assets=("mine", "gdx"), asof="2024-02-06", replications=99)
    cut = labels <= np.datetime64("2024-02-06")
    whole = desk.with_frame(frames(labels, values)["polars"], declare=DECLARE).explain(asked)
    part = desk.with_frame(frames(labels[cut], values[cut])["polars"], declare=DECLARE)
    assert part.explain(asked).to_dict() == whole.to_dict()


def test_a_frame_goes_through_the_gates(desk, history):
    labels, values = history
    wrong = values.copy()
    wrong[100] *= 10
    frame = frames(labels, wrong)["pandas index"]
    with pytest.raises(DataError, match="1 values of mine do not pass the quality rule jump"):
        desk.with_frame(frame, declare=DECLARE)
    waived = desk.with_frame(frame, declare=DECLARE, waive=("jump",))
    assert waived.facts.observations("mine").values[100] == wrong[100]
    mondays = (labels.astype(int) + 3) % 7 == 0
    with pytest.raises(DataError, match="as a whole"):
        desk.with_frame(frames(labels[~mondays], values[~mondays])["polars"], declare=DECLARE)
    with pytest.raises(UndeclaredSeriesError):
        desk.with_frame(frame)


def test_a_frame_lies_over_what_is_held(desk):
    day = [dt.date(2026, 2, d) for d in (4, 5, 6)]
    facts = desk.with_frame(pl.DataFrame({"date": day, "vix": [18.5, 21.5, 17.5]})).facts
    before, after = desk.facts.observations("vix"), facts.observations("vix")
    assert len(after) == len(before)
    assert [after.on(np.datetime64(d)) for d in day] == [18.5, 21.5, 17.5]
    assert after.on(np.datetime64("2026-02-03")) == before.on(np.datetime64("2026-02-03"))
    assert "frame" in after.origin
    assert facts.ids == desk.facts.ids
    assert facts.state != desk.facts.state


def test_revisions_in_a_frame_are_read_as_they_were_known(desk):
    frame = pl.DataFrame(
        {
            "date": ["2026-02-04", "2026-02-04"],
            "dgs10": [4.2, 4.3],
            "out": ["2026-02-05", "2026-03-05"],
        }
    )
    with_both = Desk(facts=desk.facts).with_frame(frame, known="out").facts
    early = with_both.truncated(np.datetime64("2026-02-20T00:00:00"))
    assert early.observations("dgs10").on(np.datetime64("2026-02-04")) == 4.2
    assert with_both.observations("dgs10").on(np.datetime64("2026-02-04")) == 4.3
