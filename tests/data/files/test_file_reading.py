"""What a user's file says is read as it was meant, or refused with what decides."""

import datetime as dt
import tomllib
from dataclasses import replace

import numpy as np
import pytest

from comove.core.errors import (
    ComoveError,
    QuestionError,
    UndeclaredSeriesError,
    UnreadableFileError,
)
from comove.data.catalogue import Catalogue
from comove.data.files.declaring import declared_series, template
from comove.data.files.keeping import keep_declared
from comove.data.files.options import FileOptions
from comove.data.files.reading import read_file

MINE = """
[series.mine]
kind = "yield"
unit = "percent"
clock = { time = "15:00", zone = "Asia/Tokyo", calendar = "FX" }
"""
CATALOGUE = Catalogue.load()


@pytest.fixture
def read(tmp_path):
    """Write a file and what is declared beside it, and read it."""

    def run(content, beside="", name="x.csv", encoding="utf-8", **options):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        aside = tmp_path / f"{name}.toml"
        aside.unlink(missing_ok=True)
        if beside:
            aside.write_text(beside, encoding="utf-8")
        return read_file(path, FileOptions(**options), CATALOGUE)

    return run


def one(tables):
    (table,) = tables
    return [str(day) for day in table.rows.labels], table.rows.values.tolist()


# Numbers


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (("1.5", "2"), [1.5, 2.0]),
        (("1.5", "1,234.5"), [1.5, 1234.5]),
        (("1,234,567", "1"), [1234567.0, 1.0]),
        (("1,5", "2"), [1.5, 2.0]),
        (("1.234,5", "2,0"), [1234.5, 2.0]),
        (("1 234,5", "2,0"), [1234.5, 2.0]),
        (("1'234.5", "2.0"), [1234.5, 2.0]),
        (("\u00a01\u202f234,5 ", "2,0"), [1234.5, 2.0]),
        (("１２３４．５", "２"), [1234.5, 2.0]),
        (("１，２３４．５", "２"), [1234.5, 2.0]),
        (("-1.5", "\u22122.5"), [-1.5, -2.5]),
        (("▲1.5", "△2"), [-1.5, -2.0]),
        (("(1.5)", "2"), [-1.5, 2.0]),
        (("+1.5", "-.5"), [1.5, -0.5]),
        (("1e3", "2.5E-2"), [1000.0, 0.025]),
        (("$1.5", "$ 2"), [1.5, 2.0]),
        (("1.5円", "2円"), [1.5, 2.0]),
        (("-$1.5", "$-2"), [-1.5, -2.0]),
        (("0.123", "0.456"), [0.123, 0.456]),
        (("12", "7"), [12.0, 7.0]),
        (("007", "12"), [7.0, 12.0]),
    ],
)
def test_numbers(read, cells, expected):
    body = "".join(f"2026-02-0{day}\t{cell}\n" for day, cell in enumerate(cells, start=3))
    assert one(read(f"date\tgdx\n{body}"))[1] == expected


@pytest.mark.parametrize(
    "word", ["", ".", "-", "--", "N/A", "#N/A", "NaN", "null", "欠損", "－", "—"]
)
def test_missing_values(read, word):
    values = one(read(f"date,gdx\n2026-02-05,1.5\n2026-02-06,{word}\n"))[1]
    assert values[0] == 1.5
    assert np.isnan(values[1])


@pytest.mark.parametrize(
    "cell",
    ["1_000", "10²", "½", "1.2.3", "1,2,3", "1-2", "--5", "5-", "0x10", "1e", "٣", "12k", "1.2M",
     "inf", "Infinity", "1e999",
     "1,23,456", "12,34.5", "1. 5", "=1+1", "TRUE", "2026-02-06", "A$5", "5%5"],
)  # fmt: skip
def test_what_is_no_number_is_refused_with_its_place(read, cell):
    with pytest.raises(UnreadableFileError) as refused:
        read(f"date;gdx\n2026-02-05;1\n2026-02-06;{cell}\n")
    assert refused.value.code in ("file.not_a_number", "file.too_big", "file.mixed")


@pytest.mark.parametrize(
    ("cells", "delimiter"),
    [
        (("1,234", "5,678"), ";"),
        (("1.234", "5.678"), ";"),
        (("1,234", "12"), "\t"),
        (("999.999", "1"), "\t"),
    ],
)
def test_a_number_that_can_be_read_in_two_ways_is_refused(read, cells, delimiter):
    text = "".join(f"2026-02-0{i}{delimiter}{cell}\n" for i, cell in enumerate(cells, start=2))
    with pytest.raises(UnreadableFileError) as refused:
        read(f"date{delimiter}gdx\n{text}")
    assert refused.value.code == "file.decimal_unclear"
    point = one(read(f"date{delimiter}gdx\n{text}", decimal="."))[1]
    comma = one(read(f"date{delimiter}gdx\n{text}", decimal=","))[1]
    assert point != comma


def test_another_column_decides_the_decimal_mark(read):
    gdx, gld = read("date;gdx;gld\n2026-02-05;1,234;12,5\n2026-02-06;5,678;13,0\n")
    assert gdx.rows.values.tolist() == [1.234, 5.678]
    assert gld.rows.values.tolist() == [12.5, 13.0]
    with pytest.raises(UnreadableFileError, match="different decimal marks"):
        read("date;gdx;gld\n2026-02-05;1.5;12,5\n2026-02-06;5.6;13,0\n")
    with pytest.raises(UnreadableFileError, match="do not fit"):
        read("date;gdx\n2026-02-05;1.5\n", decimal=",")


# Per cent and currency


@pytest.mark.parametrize(
    ("unit", "value"), [("percent", 4.25), ("basis_points", 425.0), ("share", 0.0425)]
)
def test_per_cent_signs_follow_the_unit(read, unit, value):
    text = "date,mine\n2026-02-06,4.25%\n"
    assert one(read(text, MINE.replace('"percent"', f'"{unit}"')))[1] == [value]


def test_a_per_cent_sign_on_a_price_is_refused(read):
    with pytest.raises(UnreadableFileError, match="carry a percent sign"):
        read("date,gdx\n2026-02-06,4.25%\n")
    with pytest.raises(UnreadableFileError, match="mixes values"):
        read("date,mine\n2026-02-05,4\n2026-02-06,4%\n", MINE)


def test_currencies_are_passed_on_to_the_gates(read):
    assert read("date,gdx\n2026-02-06,$4\n")[0].rows.currency == "usd"
    assert read("日付,gdx\n2026-02-06,￥400\n")[0].rows.currency == "jpy"
    assert read("date,gdx\n2026-02-06,4\n", currency="USD")[0].rows.currency == "usd"
    assert read("date,gdx\n2026-02-06,4\n")[0].rows.currency == ""
    with pytest.raises(UnreadableFileError, match="mixes values"):
        read("date,gdx\n2026-02-05,$4\n2026-02-06,€4\n")
    with pytest.raises(UnreadableFileError, match="is declared"):
        read("date,gdx\n2026-02-06,€4\n", currency="usd")


# Dates


@pytest.mark.parametrize(
    "cell",
    ["2026-02-06", "2026/2/6", "2026.02.06", "20260206", "2026年2月6日",
     "2026年02月06日(金)", "令和8年2月6日", "R8.2.6", "6 Feb 2026", "06-Feb-2026", "Feb 6, 2026",
     "February 6, 2026", "2026-02-06 00:00:00", "2026-02-06T00:00:00Z",
     "2026-02-06T00:00:00+09:00", "06.02.2026", "２０２６／２／６", "2026-02-06 00:00"],
)  # fmt: skip
def test_dates(read, cell):
    assert one(read(f'date;gdx\n"{cell}";1.5\n'))[0] == ["2026-02-06"]


@pytest.mark.parametrize(
    ("cells", "days"),
    [
        (("03/02/2026", "13/02/2026"), ["2026-02-03", "2026-02-13"]),
        (("02/03/2026", "02/13/2026"), ["2026-02-03", "2026-02-13"]),
        (("3-2-2026", "31-12-2025"), ["2026-02-03", "2025-12-31"]),
    ],
)
def test_day_and_month_are_told_apart_by_a_number_above_twelve(read, cells, days):
    text = "".join(f"{cell},1.5\n" for cell in cells)
    assert one(read(f"date,gdx\n{text}"))[0] == days


def test_day_and_month_are_never_guessed(read):
    text = "date,gdx\n03/02/2026,1\n04/02/2026,2\n05/02/2026,3\n"
    with pytest.raises(UnreadableFileError) as refused:
        read(text)
    assert refused.value.code == "file.day_or_month"
    assert "--dates" in refused.value.hint
    assert one(read(text, dates="dmy"))[0][0] == "2026-02-03"
    assert one(read(text, dates="mdy"))[0][0] == "2026-03-02"
    with pytest.raises(UnreadableFileError, match="told apart"):
        read("date,gdx\n13/02/2026,1\n02/13/2026,2\n")
    with pytest.raises(UnreadableFileError, match="no date"):
        read("date,gdx\n13/02/2026,1\n", dates="mdy")


@pytest.mark.parametrize(
    "cell",
    ["2026-02-30", "2026-13-01", "46059", "26/02/06", "6/2/26", "tomorrow", "2026", "2026-02", "",
     "1770336000", "2026-02-06T25:00", "0026-02-06", "令和1年1月1日", "平成40年1月1日",
     "Foo 6, 2026",
     "2026-02-06x", "-2026-02-06", "2026-2-6-1", "31.04.2026"],
)  # fmt: skip
def test_what_is_no_date_is_refused(read, cell):
    with pytest.raises(UnreadableFileError):
        read(f"date;gdx\n2026-02-05;1\n{cell};2\n")


def test_seconds_since_1970_must_be_declared(read):
    assert one(read("date,gdx\n1770336000,1.5\n", dates="unix"))[0] == ["2026-02-06"]
    assert one(read("date,gdx\n1770336000000,1.5\n", dates="unix_ms"))[0] == ["2026-02-06"]


def test_times_of_day_need_a_zone_and_become_strikes(read):
    text = "date,gdx\n2026-02-05 16:00,1\n2026-02-06 16:00,2\n"
    with pytest.raises(UnreadableFileError, match="no time zone"):
        read(text)
    (table,) = read(text, zone="America/New_York")
    assert [str(at) for at in table.rows.struck] == ["2026-02-05T21:00:00", "2026-02-06T21:00:00"]
    assert one((table,))[0] == ["2026-02-05", "2026-02-06"]
    (table,) = read("date,btc\n2026-02-06T23:00:00Z,1\n2026-02-08T00:00:00Z,2\n")
    assert one((table,))[0] == ["2026-02-06", "2026-02-07"]  # the day ends at midnight
    with pytest.raises(UnreadableFileError, match="no time zone 'Mars'"):
        read(text, zone="Mars")


def test_the_day_of_publication_can_be_a_column(read):
    text = "date,gdx,out\n2026-02-05,1,2026-02-06\n2026-02-05,1.1,2026-03-06\n"
    (table,) = read(text, known="out")
    assert [str(at) for at in table.rows.known] == ["2026-02-07T05:00:00", "2026-03-07T05:00:00"]


# Encodings and delimiters

JAPANESE = "日付,終値\n2026年2月6日,1234.5\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932"])
def test_japanese_files(read, encoding):
    assert one(read(JAPANESE, encoding=encoding, id="gdx")) == (["2026-02-06"], [1234.5])


def test_western_files(read):
    assert one(read("Datum;Schlußkurs\n06.02.2026;12,5\n", encoding="cp1252", id="gdx"))[1] == [
        12.5
    ]


def test_a_declared_encoding_is_kept_to(read):
    with pytest.raises(UnreadableFileError, match="not encoded as ascii"):
        read(JAPANESE, beside='[file]\nencoding = "ascii"\nid = "gdx"\n')
    with pytest.raises(UnreadableFileError, match="cannot be told"):
        read(b"date,\xff\xfe\xfd\x81\n2026-02-06,1\n")
    with pytest.raises(UnreadableFileError, match="binary"):
        read(b"date,gdx\n2026-02-06,1\x00\n")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(read, delimiter, newline):
    lines = [f"date{delimiter}gdx", f"2026-02-05{delimiter}1.5", f"2026-02-06{delimiter}2", ""]
    assert one(read(newline.join(lines)))[1] == [1.5, 2.0]


def test_a_ragged_row_is_named(read):
    with pytest.raises(UnreadableFileError, match="Row 2 below the header has 3 cells"):
        read("date,gdx\n2026-02-05,1\n2026-02-06,1,234\n")
    with pytest.raises(UnreadableFileError, match="quotation"):
        read('date,gdx\n2026-02-05,"1\n')
    with pytest.raises(UnreadableFileError, match="delimiter"):
        read("date;gdx|x\n2026-02-05;1|2\n")
    with pytest.raises(UnreadableFileError, match="called 'gdx'"):
        read("date,gdx,gdx\n2026-02-05,1,2\n")


def test_lines_above_the_header_and_blank_ones(read):
    text = "Report of today\n\ndate,gdx\n\n2026-02-05,1\n,\n2026-02-06,2\n\n\n"
    assert one(read(text, skip=1))[1] == [1.0, 2.0]


@pytest.mark.parametrize("text", ["", "\n\n", "date,gdx\n", "date\n2026-02-06\n", "<html></html>"])
def test_a_file_without_a_table_is_refused(read, text):
    with pytest.raises(UnreadableFileError):
        read(text)


# Which column is which


def test_wide_and_long(read):
    wide = read("date,gdx,BTC-USD\n2026-02-05,1,2\n2026-02-06,3,\n")
    long = read("ticker,date,close\nGDX,2026-02-05,1\nBTC-USD,2026-02-05,2\nGDX,2026-02-06,3\n")
    assert [table.spec.id for table in wide] == [table.spec.id for table in long] == ["gdx", "btc"]
    assert long[0].rows.values.tolist() == [1.0, 3.0]
    assert one(read("a,b,c\nGDX,1,2026-02-05\n", series="a", value="b", date="c"))[1] == [1.0]


def test_bars_of_one_series(read):
    bars = "Date,Open,High,Low,Close,Adj Close,Volume\n2026-02-06,1,2,3,4,5,6\n"
    assert one(read(bars, id="gdx"))[1] == [5.0]  # adjusted in the catalogue
    assert one(read(bars, id="gld"))[1] == [4.0]
    assert one(read(bars, id="gld", value="Open"))[1] == [1.0]
    with pytest.raises(UnreadableFileError, match="column of values of gdx"):
        read(bars.replace(",Adj Close", "").replace(",5,", ","), id="gdx")
    assert one(read(bars, columns=(("Low", "slv"),)))[1] == [3.0]
    with pytest.raises(UndeclaredSeriesError):
        read(bars)
    with pytest.raises(UnreadableFileError, match="no column 'Shut'"):
        read(bars, id="gdx", value="Shut")


def test_two_columns_of_one_series_are_refused(read):
    with pytest.raises(UnreadableFileError, match="Two columns belong to btc"):
        read("date,btc,BTC-USD\n2026-02-06,1,2\n")


# Declarations


def test_an_undeclared_series_says_what_to_add(read):
    with pytest.raises(UndeclaredSeriesError) as refused:
        read("date,My Fund\n2026-02-06,1\n")
    assert refused.value.exit_code == 2
    toml = refused.value.values["toml"]
    assert toml == template("my_fund")
    assert set(tomllib.loads(toml)["series"]["my_fund"]) == {"kind", "unit", "clock"}
    assert toml in str(refused.value)
    with pytest.raises(UndeclaredSeriesError) as refused:
        read("日付,当社ファンド\n2026-02-06,1\n")
    told = tomllib.loads(refused.value.values["toml"])["series"]["mine"]
    assert told["aliases"] == ["当社ファンド"]


@pytest.mark.parametrize("missing", ["kind", "unit", "clock"])
def test_nothing_of_a_declaration_is_guessed(read, missing):
    beside = "\n".join(line for line in MINE.splitlines() if not line.startswith(missing))
    with pytest.raises(UndeclaredSeriesError) as refused:
        read("date,mine\n2026-02-06,1\n", beside)
    given = tomllib.loads(refused.value.values["toml"])["series"]["mine"]
    assert all(given[name] for name in {"kind", "unit"} - {missing})


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"yield"', '"yeild"'), ('"percent"', '"pct"'), ("15:00", "25:00"), ("15:00", "3pm"),
        ("Asia/Tokyo", "Tokio"), ("FX", "TSE"), ("kind", "color = 1\nkind"),
        ('calendar = "FX"', 'calendar = "FX", day_offset = 9'),
        ('calendar = "FX"', 'calendar = "FX", tolerance_hours = -1'),
        ("kind", 'related = "nobody"\nkind'), ("kind", "adjusted = 1\nkind"),
        ("kind", 'tags = "x"\nkind'), ("kind", "titles = 3\nkind"),
        ("series.mine", "series.gdx"), ("series.mine", 'series."Mine!"'),
    ],
)  # fmt: skip
def test_a_wrong_declaration_is_refused(read, old, new):
    with pytest.raises(QuestionError):
        read("date,mine\n2026-02-06,1\n", MINE.replace(old, new))


def test_what_is_declared_beside_the_file_is_used_and_flags_stand_above(read):
    beside = '[file]\ndates = "mdy"\ndecimal = ","\n[file.columns]\n"A B" = "mine"\n' + MINE
    text = "date;A B;other\n03/02/2026;1,234;x\n"
    (table,) = read(text, beside)
    assert (table.declared, table.spec.clock.zone, table.column) == (True, "Asia/Tokyo", "A B")
    assert one((table,)) == (["2026-03-02"], [1.234])
    assert one(read(text, beside, dates="dmy", decimal="."))[0] == ["2026-02-03"]
    for wrong in ('[file]\ncolour = "x"\n', '[file]\ndates = "ddmm"\n', "[file]\nskip = true\n",
                  '[file]\nencoding = "zip"\n',
                  '[file]\nencoding = "punycode"\n', '[file]\ndelimiter = "ab"\n'):  # fmt: skip
        with pytest.raises(QuestionError):
            read(text, wrong)
    with pytest.raises(UnreadableFileError, match="no TOML"):
        read(text, "[file\n")


def test_declarations_are_kept_and_read_back(tmp_path):
    specs = declared_series(tomllib.loads(MINE)["series"], CATALOGUE, "x")
    titles = {"en": "Mine \\ ours", "ja": "私"}
    spec = replace(
        specs["mine"], aliases=('a "b"', "日本"), related="dgs10", sign="any", adjusted=True,
        publication="weekly", titles=titles,
    )  # fmt: skip
    file = tmp_path / "deep" / "catalogue.toml"
    for _ in range(2):
        keep_declared({"mine": spec}, file)
    keep_declared({"other": replace(spec, id="other")}, file)
    back = declared_series(tomllib.loads(file.read_text("utf-8"))["series"], CATALOGUE, "x")
    assert back["mine"] == spec
    assert dict(back["mine"].titles) == titles
    mine = CATALOGUE.extended(file)
    assert list(mine.specs)[-2:] == ["mine", "other"]
    assert mine["mine"] == spec
    assert mine.resolve("日本") == "mine"
    assert mine["gdx"] == CATALOGUE["gdx"]


def test_what_comes_with_comove_keeps_its_meaning(read):
    for taken in ("gdx", "goldminers"):
        with pytest.raises(QuestionError, match="is a name of the catalogue already"):
            read("date,gdx\n2026-02-06,1\n", MINE.replace("mine", taken))
    spec = replace(CATALOGUE["gdx"], unit="jpy")
    assert CATALOGUE.with_series({"gdx": spec})["gdx"].unit == "usd"


# Excel and Parquet


def book(path, *rows, sheets=1):
    openpyxl = pytest.importorskip("openpyxl")
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(list(row))
    for i in range(1, sheets):
        made.create_sheet(f"sheet {i}").append(["date", "gdx"])
    made.save(path)
    return path


def test_a_workbook(tmp_path):
    day = dt.date(2026, 2, 6)
    path = book(
        tmp_path / "a.xlsx", ["日付", "gdx", "gld"], [day, 1.5, "N/A"], ["2026-02-09", 2, None]
    )
    gdx, gld = read_file(path)
    assert one((gdx,)) == (["2026-02-06", "2026-02-09"], [1.5, 2.0])
    assert np.isnan(gld.rows.values).all()


def test_a_formula_is_never_evaluated(tmp_path):
    day = dt.date(2026, 2, 6)
    path = book(tmp_path / "a.xlsx", ["date", "gdx"], [day, "=1+1"], [day, 3.0])
    assert np.isnan(read_file(path)[0].rows.values[0])  # nothing was stored beside the formula
    path = book(tmp_path / "b.xlsx", ["date", "gdx"], [day, "#DIV/0!"])
    assert np.isnan(read_file(path)[0].rows.values).all()


NOON = dt.datetime.combine(dt.date(2026, 2, 6), dt.time(12))


@pytest.mark.parametrize("bad", [True, "x", NOON])
def test_cells_of_the_wrong_type_are_refused(tmp_path, bad):
    day = dt.date(2026, 2, 6)
    with pytest.raises(UnreadableFileError):
        read_file(book(tmp_path / "a.xlsx", ["date", "gdx"], [day, 1.0], [day, bad]))
    with pytest.raises(UnreadableFileError):
        read_file(book(tmp_path / "a.xlsx", ["date", "gdx"], [day, 1.0], [bad, 1.0]))


def test_a_workbook_of_several_sheets_needs_a_name(tmp_path):
    path = book(tmp_path / "a.xlsx", ["date", "gdx"], ["2026-02-06", 1.0], sheets=2)
    with pytest.raises(UnreadableFileError, match="has the sheets Sheet, sheet 1"):
        read_file(path)
    assert one(read_file(path, FileOptions(sheet="Sheet")))[1] == [1.0]


def test_a_swollen_workbook_is_refused_unread(tmp_path):
    import zipfile

    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/workbook.xml", b" " * 50_000_000)
    with pytest.raises(UnreadableFileError, match="too large"):
        read_file(path)


def test_parquet_of_pandas_and_polars(tmp_path):
    pd, pl = pytest.importorskip("pandas"), pytest.importorskip("polars")
    days = pd.DatetimeIndex(["2026-02-05", "2026-02-06"])
    frame = pd.DataFrame({"gdx": [1.5, None], "btc": [1, 2]}, index=days)
    for i, made in enumerate((frame, frame.tz_localize("Asia/Tokyo"), frame.rename_axis("Date"))):
        made.to_parquet(tmp_path / f"{i}.parquet")
        gdx, btc = read_file(tmp_path / f"{i}.parquet")
        assert one((btc,)) == (["2026-02-05", "2026-02-06"], [1.0, 2.0])
        assert np.isnan(gdx.rows.values[1])
    long = pl.DataFrame(
        {"symbol": ["gdx", "gld"], "day": [dt.date(2026, 2, 6)] * 2, "value": ["1.5", "2"]}
    )
    long.write_parquet(tmp_path / "long.parquet")
    assert [t.rows.values.tolist() for t in read_file(tmp_path / "long.parquet")] == [[1.5], [2.0]]
    for bad in ([[1]], [True], [2**60]):
        frame = pl.DataFrame({"date": [dt.date(2026, 2, 6)], "gdx": bad, "gld": [1.5]})
        frame.write_parquet(tmp_path / "b.parquet")
        with pytest.raises(UnreadableFileError):
            read_file(tmp_path / "b.parquet")
        only = FileOptions(columns=(("gld", "gld"),))
        assert one(read_file(tmp_path / "b.parquet", only))[1] == [1.5]
        for column in ("date", "series", "value"):
            roles = {"layout": "long", "series": "gld", "value": "gld"} | {column: "gdx"}
            with pytest.raises(ComoveError):
                read_file(tmp_path / "b.parquet", FileOptions(**roles))


def test_a_file_that_is_not_there(tmp_path):
    for path in (tmp_path / "none.csv", tmp_path, tmp_path / "a\x00b.csv"):
        with pytest.raises(UnreadableFileError, match="cannot be read"):
            read_file(path)
    (tmp_path / "x.json").write_text("{}", encoding="utf-8")
    with pytest.raises(UnreadableFileError, match="not read"):
        read_file(tmp_path / "x.json")
