"""Keys come from the environment or a file, are shown to nobody, and say where to be had."""

import subprocess
import sys

import pytest

from comove.core.errors import MissingKeyError, QuestionError
from comove.core.registry import members
from comove.data.keys import Keys

FRED = members("comove.data.sources")["fred"].source
OPEN = members("comove.data.sources")["cboe"].source
NAMES = ("fred_api_key", "stooq_api_key")


@pytest.fixture(autouse=True)
def clean(monkeypatch):
    for name in NAMES:
        monkeypatch.delenv(f"COMOVE_{name.upper()}", raising=False)


def written(folder, text):
    (folder / "keys.toml").write_text(text, encoding="utf-8")
    return folder


def test_a_key_from_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("COMOVE_FRED_API_KEY", "  abc-env \n")
    assert Keys.load(NAMES, tmp_path).of(FRED) == {"fred_api_key": "abc-env"}


def test_a_key_from_the_file(tmp_path):
    keys = Keys.load(NAMES, written(tmp_path, 'fred_api_key = "abc-file"\nanother = 3\n'))
    assert keys.of(FRED) == {"fred_api_key": "abc-file"}


def test_the_environment_comes_first(monkeypatch, tmp_path):
    monkeypatch.setenv("COMOVE_FRED_API_KEY", "abc-env")
    keys = Keys.load(NAMES, written(tmp_path, 'fred_api_key = "abc-file"\nstooq_api_key = "s1"'))
    assert keys.revealed() == {"fred_api_key": "abc-env", "stooq_api_key": "s1"}


@pytest.mark.parametrize("folder", ["", "no/such/folder"])
def test_no_file_is_no_error(tmp_path, folder):
    assert Keys.load(NAMES, tmp_path / folder).revealed() == {}


def test_blank_keys_count_as_not_set(monkeypatch, tmp_path):
    monkeypatch.setenv("COMOVE_FRED_API_KEY", "   ")
    assert Keys.load(NAMES, tmp_path).missing(FRED) == ("fred_api_key",)


def test_a_missing_key_says_where_to_get_it_and_where_to_put_it(tmp_path):
    with pytest.raises(MissingKeyError) as refusal:
        Keys.load(NAMES, tmp_path).of(FRED)
    said = str(refusal.value)
    assert "COMOVE_FRED_API_KEY" in said
    assert FRED.page in said
    assert "keys.toml" in said


def test_an_open_source_needs_none(tmp_path):
    assert Keys.load(NAMES, tmp_path).of(OPEN) == {}


@pytest.mark.parametrize(
    "text",
    [
        'fred_api_key = "abc',
        "fred_api_key = 12",
        "fred_api_key = []",
        '[fred_api_key]\na = "canary-1"',
        'fred_api_key = "canary-1\\nX-Header: 1"',
        'fred_api_key = "canary-１"',
        'fred_api_key = "canary-1\\u0000"',
    ],
)
def test_an_unusable_file_is_refused_without_quoting_it(tmp_path, text):
    with pytest.raises(QuestionError) as refusal:
        Keys.load(NAMES, written(tmp_path, text))
    assert refusal.value.code == "source.keys_unusable"
    assert "canary" not in str(refusal.value)
    assert refusal.value.__cause__ is None
    assert refusal.value.__suppress_context__ or refusal.value.__context__ is None


def test_a_file_in_another_encoding_is_refused(tmp_path):
    (tmp_path / "keys.toml").write_bytes('fred_api_key = "鍵"'.encode("cp932"))
    with pytest.raises(QuestionError):
        Keys.load(NAMES, tmp_path)


def test_nothing_shows_a_key(tmp_path):
    keys = Keys.load(NAMES, written(tmp_path, 'fred_api_key = "canary-1"'))
    for shown in (repr(keys), str(keys), f"{keys}", repr(vars(keys)), repr([keys])):
        assert "canary" not in shown
    assert repr(keys) == "Keys(fred_api_key)"


def test_keys_of_a_stranger_are_found_by_name(monkeypatch, tmp_path):
    monkeypatch.setenv("COMOVE_MY_SHOP_TOKEN", "t1")
    assert Keys.load(("my_shop_token",), tmp_path).revealed() == {"my_shop_token": "t1"}


def test_importing_the_modules_loads_no_library_for_settings_or_calls():
    rooms = "comove.data.keys, comove.data.http.client, comove.data.doctor"
    heavy = {"pydantic", "pydantic_settings", "httpx2", "httpcore2", "ccxt", "pandas"}
    code = f"import sys, {rooms}; print({{m.split('.')[0] for m in sys.modules}} & {heavy})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
