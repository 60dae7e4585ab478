"""Bytes go to the stream, or to a file in one step or not at all."""

from __future__ import annotations

import errno
import io
import os
import stat
from pathlib import Path

import pytest

from comove.core import registry
from comove.core.errors import OutputError
from comove.report.render import deliver, formats, render
from comove.report.screen import Screen


def test_formats_are_found():
    assert {"text", "json", "csv", "md"} <= set(formats())


def test_an_unknown_format_names_the_known(document):
    with pytest.raises(OutputError, match="csv") as refused:
        render(document, "docx", "en")
    assert refused.value.code == "output.format"


@pytest.mark.parametrize("name", ["../json", "json.py", "", "os.path", "__init__"])
def test_a_format_is_a_name_only(document, name):
    with pytest.raises(OutputError) as refused:
        render(document, name, "en")
    assert refused.value.code == "output.format"


def test_only_text_looks_at_the_screen(document):
    wide, narrow = Screen(120), Screen(60)
    assert render(document, "text", "en", wide) != render(document, "text", "en", narrow)
    assert render(document, "md", "en", wide) == render(document, "md", "en", narrow)


def test_the_stream_gets_the_bytes(tmp_path):
    stream = io.BytesIO()
    deliver(b"answer\n", None, stream)
    assert stream.getvalue() == b"answer\n"


def test_a_file_is_written_with_the_usual_rights(tmp_path):
    out = tmp_path / "answer.md"
    deliver(b"answer", out, io.BytesIO())
    assert out.read_bytes() == b"answer"
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(out.stat().st_mode) == 0o666 & ~mask
    assert [path.name for path in tmp_path.iterdir()] == ["answer.md"]


def test_a_file_that_exists_keeps_its_rights(tmp_path):
    out = tmp_path / "answer.md"
    out.write_text("old")
    out.chmod(0o640)
    deliver(b"new", out, io.BytesIO())
    assert out.read_bytes() == b"new"
    assert stat.S_IMODE(out.stat().st_mode) == 0o640


def test_a_link_is_followed_not_replaced(tmp_path):
    real = tmp_path / "real.md"
    real.write_text("old")
    link = tmp_path / "link.md"
    link.symlink_to(real)
    deliver(b"new", link, io.BytesIO())
    assert link.is_symlink()
    assert real.read_bytes() == b"new"


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.EACCES, "output.denied"),
        (errno.EPERM, "output.denied"),
        (errno.EROFS, "output.denied"),
        (errno.ENOSPC, "output.full"),
        (errno.EDQUOT, "output.full"),
        (errno.EIO, "output.unwritable"),
        (errno.ENAMETOOLONG, "output.unwritable"),
    ],
)
def test_a_failure_leaves_the_old_file_and_no_remains(tmp_path, monkeypatch, number, code):
    out = tmp_path / "answer.md"
    out.write_text("old")

    def fail(self: Path, target: Path) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OutputError) as refused:
        deliver(b"new", out, io.BytesIO())
    assert refused.value.code == code
    assert str(out) in str(refused.value)
    assert refused.value.hint
    assert out.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["answer.md"]


def test_a_folder_that_is_missing(tmp_path):
    with pytest.raises(OutputError) as refused:
        deliver(b"", tmp_path / "none" / "answer.md", io.BytesIO())
    assert refused.value.code == "output.folder"


def test_a_folder_that_takes_no_new_file_is_not_called_missing(tmp_path, monkeypatch):
    def gone(*_args, **_more):
        raise FileNotFoundError(errno.ENOENT, "No such file or directory")

    monkeypatch.setattr("tempfile.mkstemp", gone)
    with pytest.raises(OutputError) as refused:
        deliver(b"", tmp_path / "answer.md", io.BytesIO())
    assert refused.value.code == "output.denied"


def test_a_file_used_as_a_folder(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError) as refused:
        deliver(b"", tmp_path / "file" / "answer.md", io.BytesIO())
    assert refused.value.code == "output.folder"


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(OutputError) as refused:
        deliver(b"", tmp_path, io.BytesIO())
    assert refused.value.code == "output.is_folder"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_device_is_said_and_left_alone():
    with pytest.raises(OutputError) as refused:
        deliver(b"answer", Path("/dev/full"), io.BytesIO())
    assert refused.value.code == "output.full"
    assert Path("/dev/full").is_char_device()


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="needs /dev/null")
def test_a_device_is_written_to():
    deliver(b"answer", Path("/dev/null"), io.BytesIO())
    assert Path("/dev/null").is_char_device()


def test_a_built_in_format_is_imported_alone(document, monkeypatch):
    monkeypatch.setattr(registry, "members", lambda *_: pytest.fail("looked at every writer"))
    assert render(document, "json", "en")
