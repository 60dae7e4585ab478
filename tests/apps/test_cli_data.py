"""``comove data``: bringing in, trying, handing out and copying, each as somebody would type it."""

import csv
import io
import json

import pytest

DECLARED = """\
[series.meinfonds]
kind = "price"
unit = "usd"
clock = { time = "16:00", zone = "America/New_York", calendar = "XNYS" }
titles = { en = "My fund", ja = "自前ファンド" }
"""
TABLE = "Datum;GDX;MeinFonds\n05.02.2026;92,44;101,5\n06.02.2026;97,39;0\n09.02.2026;99,10;103,2\n"


@pytest.fixture
def home(monkeypatch, tmp_path):
    """A folder of the user's own that does not exist yet."""
    folder = tmp_path / "home"
    monkeypatch.setenv("COMOVE_HOME", str(folder))
    return folder


@pytest.fixture
def table(tmp_path):
    """A German table of one known and one declared series, with one value that cannot be."""
    file = tmp_path / "mine.csv"
    file.write_text(TABLE, encoding="utf-8")
    file.with_name("mine.csv.toml").write_text(DECLARED, encoding="utf-8")
    return file


def rows(outcome):
    return list(csv.DictReader(io.StringIO(outcome.text)))


def test_an_import_is_judged_kept_and_handed_out_again(alone, home, table):
    taken = json.loads(alone("data", "import", table, "--format", "json").text)["taken"]
    assert {entry["series"]: (entry["written"], entry["quarantined"]) for entry in taken} == {
        "gdx": (3, 0),
        "meinfonds": (2, 1),
    }
    found = rows(alone("data", "export", "自前ファンド"))
    assert [(row["date"], float(row["value"])) for row in found] == [
        ("2026-02-05", 101.5),
        ("2026-02-09", 103.2),
    ]
    assert found[0]["origin"].startswith("file:mine.csv")
    assert found[0]["known"] == "2026-02-05T21:00:00Z"
    held_back = json.loads(alone("data", "check", "--format", "json").text)["quarantined"]
    assert [(row["series"], row["rule"], row["value"]) for row in held_back] == [
        ("meinfonds", "sign", 0.0)
    ]


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("form", ["text", "md", "html", "csv", "json"])
def test_a_store_is_checked_in_every_form_whole_or_damaged(alone, home, table, form, language):
    alone("data", "import", table)
    told = alone("data", "check", "--format", form, "--lang", language)
    assert not told.err
    assert "meinfonds" in told.text
    (payload,) = (home / "payloads").rglob("*.z")
    payload.write_bytes(payload.read_bytes()[:-1])
    told = alone("data", "check", "--format", form, "--lang", language)
    assert told.code == 1
    if form == "csv":
        assert "data.finding.store.damaged" in told.text
    else:
        assert payload.name in told.text.replace("\n", "").replace(" ", "")


def test_the_same_import_again_changes_nothing(alone, home, table):
    alone("data", "import", table)
    again = json.loads(alone("data", "import", table, "--format", "json").text)["taken"]
    assert [entry["written"] for entry in again] == [0, 0]


def test_a_trial_keeps_nothing(alone, home, table):
    outcome = alone("data", "import", table, "--dry-run")
    assert outcome.code == 0
    assert "nothing was kept" in outcome.text
    assert not home.exists()


@pytest.mark.parametrize("language", ["en", "ja"])
def test_an_undeclared_series_is_refused_with_what_to_write(alone, home, table, language):
    table.with_name("mine.csv.toml").unlink()
    outcome = alone("data", "import", table, "--lang", language)
    assert outcome.code == 2
    lines = outcome.err.splitlines()
    assert "MeinFonds" in lines[0]
    assert lines[1:3] == ["[series.meinfonds]", 'kind = ""  # price, yield, rate, level, flow']
    assert not home.exists()


def test_an_unknown_rule_to_waive_is_refused(alone, home, table):
    outcome = alone("data", "import", table, "--waive", "gravity")
    assert outcome.code == 2
    assert "gravity" in outcome.err


def test_a_waived_rule_lets_the_row_pass(alone, home, tmp_path):
    file = tmp_path / "crash.csv"
    file.write_text("date,gdx\n2026-02-05,92.44\n2026-02-06,974.0\n2026-02-09,99.1\n", "utf-8")
    stopped = json.loads(alone("data", "import", file, "--dry-run", "--format", "json").text)
    assert stopped["taken"][0]["quarantined"] == 1
    flags = ("--dry-run", "--format", "json", "--waive", "jump", "--waive", "split")
    passed = json.loads(alone("data", "import", file, *flags).text)
    assert passed["taken"][0]["quarantined"] == 0


def test_what_is_imported_is_used_unless_offline(alone, home, tmp_path):
    file = tmp_path / "gdx.csv"
    file.write_text("date,gdx\n2026-02-06,97.00\n", "utf-8")
    question = ("explain", "BTC", "GDX", "--asof", "2026-02-06", "--replications", "99")
    before = json.loads(alone(*question, "--format", "json").text)
    assert alone("data", "import", file).code == 0
    after = json.loads(alone(*question, "--format", "json").text)
    offline = json.loads(alone(*question, "--offline", "--format", "json").text)
    assert after["together"]["paths"][1]["latest"] == 97.00
    assert after["fingerprint"] != before["fingerprint"]
    assert offline == before


def test_an_export_as_of_a_day_holds_what_was_known_then(alone, home):
    found = rows(alone("data", "export", "btc", "dfii10", "--asof", "2026-02-06"))
    last = {row["series"]: row["date"] for row in found}
    assert last == {"btc": "2026-02-06", "dfii10": "2026-02-05"}


def test_an_export_can_be_imported_again(alone, home, tmp_path):
    file = tmp_path / "out.csv"
    assert alone("data", "export", "gdx", "--asof", "2026-02-06", "--out", file).code == 0
    flags = ("--layout", "long", "--names", "series", "--date", "date", "--value", "value")
    taken = json.loads(alone("data", "import", file, *flags, "--format", "json").text)["taken"]
    assert [(entry["series"], entry["quarantined"]) for entry in taken] == [("gdx", 0)]
    assert taken[0]["last"] == "2026-02-06"


def test_parquet_holds_the_same_values(alone, home, tmp_path):
    pq = pytest.importorskip("pyarrow.parquet")
    file = tmp_path / "out.parquet"
    assert alone("data", "export", "btc", "--out", file).code == 0
    table = pq.read_table(file)
    assert table.column_names[:3] == ["series", "date", "value"]
    found = rows(alone("data", "export", "btc"))
    assert table["value"].to_pylist() == [float(row["value"]) for row in found]


def test_an_unknown_form_or_series_is_refused(alone, home):
    assert alone("data", "export", "btc", "--format", "xml").code == 2
    outcome = alone("data", "export", "nonsense")
    assert outcome.code == 2
    assert "nearest" in outcome.err


def test_a_backup_is_a_store_and_never_overwrites(alone, home, table, tmp_path, monkeypatch):
    target = tmp_path / "copy"
    refused = alone("data", "backup", target)
    assert refused.code == 3
    alone("data", "import", table)
    assert alone("data", "backup", target).text.strip() == str(target)
    assert alone("data", "backup", target).code == 3
    monkeypatch.setenv("COMOVE_HOME", str(target))
    assert len(rows(alone("data", "export", "gdx"))) > 2900


def test_a_dry_run_asks_nobody_and_says_whom_it_would_ask(alone, home):
    outcome = alone("data", "fetch", "btc", "gdx", "--dry-run", "--format", "json")
    assert outcome.code == 0
    planned = json.loads(outcome.text)["errands"]
    assert [entry["series"] for entry in planned] == ["btc", "gdx"]
    assert all(entry["calls"] >= 1 for entry in planned)
    assert not home.exists()


def test_an_unknown_source_is_refused_with_those_there_are(alone, home):
    outcome = alone("data", "fetch", "--source", "oracle")
    assert outcome.code == 2
    assert "yahoo" in outcome.err
