"""A file that differs by one bit is never used."""

import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.core.errors import DamagedFileError, NoDataError
from comove.data.manifest import Manifest
from comove.data.reader import FOLDER, Facts


def test_an_intact_file_comes_back_byte_for_byte():
    assert Manifest.load(FOLDER).read("gdx.csv") == (FOLDER / "gdx.csv").read_bytes()


def test_every_bundled_file_is_intact():
    manifest = Manifest.load(FOLDER)
    assert all(manifest.read(file) for file in manifest.records)


@given(st.integers(0, 10**9), st.integers(0, 7))
@settings(max_examples=50, deadline=None)
def test_any_flipped_bit_is_found(tmp_path_factory, place, bit):
    folder = tmp_path_factory.mktemp("flip")
    content = bytearray((FOLDER / "funding_btc.csv").read_bytes())
    content[place % len(content)] ^= 1 << bit
    (folder / "funding_btc.csv").write_bytes(bytes(content))
    (folder / "metadata.json").write_bytes((FOLDER / "metadata.json").read_bytes())
    with pytest.raises(DamagedFileError, match=r"funding_btc\.csv"):
        Facts(root=folder).observations("funding_btc")


def test_truncation_at_any_byte_is_found(copied):
    file = copied / "liquidation_events.csv"
    content = file.read_bytes()
    facts = Facts(root=copied)
    for length in range(len(content)):
        file.write_bytes(content[:length])
        with pytest.raises(DamagedFileError):
            facts.table("liquidation_events")


def test_the_error_names_the_file_and_what_to_do(copied):
    (copied / "gdx.csv").write_text("<html>not found</html>")
    with pytest.raises(DamagedFileError) as refusal:
        Facts(root=copied).read(["btc", "gdx"], day=date(2026, 2, 6))
    assert refusal.value.values == {"file": "gdx.csv"}
    assert "Install comove again" in refusal.value.hint
    assert refusal.value.exit_code == 3


def test_a_file_repaired_after_an_error_is_read_again(copied):
    content = (copied / "gdx.csv").read_bytes()
    facts = Facts(root=copied)
    (copied / "gdx.csv").unlink()
    with pytest.raises(DamagedFileError):
        facts.observations("gdx")
    (copied / "gdx.csv").write_bytes(content)
    assert len(facts.observations("gdx")) == 2956


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[]", b"null", b'{"files": {"a.csv": {}}}', b'{"files": 3}', b"\xff\xfe",
     b'{"files": {"a.csv": {"sha256": "", "rows": "x", "first": "", "last": "", "origin": ""}}}',
     b'{"files": {"a.csv": {"sha256": "", "rows": 1, "first": "2026-01-01", "last": "2026-01-01",'
     b' "origin": "", "caveats": 3}}}'],
)  # fmt: skip
def test_a_manifest_that_is_no_manifest_is_refused(tmp_path, content):
    (tmp_path / "metadata.json").write_bytes(content)
    with pytest.raises(DamagedFileError, match=r"metadata\.json"):
        Manifest.load(tmp_path)


def test_a_missing_manifest_is_refused(tmp_path):
    with pytest.raises(DamagedFileError):
        Manifest.load(tmp_path)


def test_a_file_that_is_not_listed_is_refused():
    with pytest.raises(NoDataError):
        Manifest.load(FOLDER).read("doge.csv")


@pytest.mark.parametrize("field", ["rows", "first", "last"])
def test_a_manifest_that_contradicts_its_file_is_refused(copied, field):
    made = json.loads((copied / "metadata.json").read_text())
    made["files"]["gdx.csv"][field] = {"rows": 3}.get(field, "2020-01-02")
    (copied / "metadata.json").write_text(json.dumps(made))
    with pytest.raises(DamagedFileError, match=r"gdx\.csv"):
        Facts(root=copied).observations("gdx")
