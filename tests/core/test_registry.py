"""One door for what comes with comove and what a stranger adds."""

import sys

import pytest

from comove.core import registry
from comove.core.errors import QuestionError
from comove.core.registry import members


@pytest.fixture
def clean_modules():
    yield
    for key in ("sixth", "seventh"):
        for name in [name for name in sys.modules if name.startswith(f"comove.channels.{key}")]:
            del sys.modules[name]


def member(folder, key, text="channel = 'mine'\n"):
    (folder / key).mkdir(parents=True)
    (folder / key / "__init__.py").write_text(text)
    return folder


class Point:
    def __init__(self, name, loaded):
        self.name, self.value, self.loaded = name, f"elsewhere:{name}", loaded

    def load(self):
        return self.loaded


def test_the_built_in_members_are_sorted_and_leave_out_what_is_private():
    found = members("comove.channels")
    assert list(found) == sorted(found)
    assert {"risk", "deleveraging", "tech", "dollar", "gold"} <= set(found)
    assert not [key for key in found if key.startswith("_")]
    assert all(module.__name__ == f"comove.channels.{key}" for key, module in found.items())


@pytest.mark.usefixtures("clean_modules")
def test_a_folder_adds_its_folders_and_files(tmp_path):
    member(tmp_path, "sixth")
    member(tmp_path, "_private", "raise RuntimeError('never imported')\n")
    (tmp_path / "seventh.py").write_text("channel = 'seven'\n")
    (tmp_path / "_eighth.py").write_text("raise RuntimeError('never imported')\n")
    (tmp_path / "notes").mkdir()
    found = members("comove.channels", [str(tmp_path)])
    assert set(found) == set(members("comove.channels")) | {"sixth", "seventh"}
    assert (found["sixth"].channel, found["seventh"].channel) == ("mine", "seven")
    assert found["sixth"].__file__ == str(tmp_path / "sixth" / "__init__.py")


@pytest.mark.usefixtures("clean_modules")
def test_a_folder_may_be_several_files_that_import_each_other(tmp_path):
    text = "from ._part import one\nfrom comove.channels.sixth._part import one as again\n"
    member(tmp_path, "sixth", text + "channel = one + again\n")
    (tmp_path / "sixth" / "_part.py").write_text("one = 1\n")
    assert members("comove.channels", [str(tmp_path)])["sixth"].channel == 2


@pytest.mark.usefixtures("clean_modules")
def test_a_key_found_twice_is_refused_and_nothing_is_replaced(tmp_path):
    member(tmp_path / "one", "gold", "raise RuntimeError('never imported')\n")
    with pytest.raises(QuestionError, match="gold is defined twice") as refused:
        members("comove.channels", [str(tmp_path / "one")])
    assert refused.value.code == "registry.twice"
    member(tmp_path / "two", "sixth")
    member(tmp_path / "three", "sixth")
    with pytest.raises(QuestionError, match="sixth is defined twice"):
        members("comove.channels", [str(tmp_path / "two"), str(tmp_path / "three")])


@pytest.mark.parametrize("name", ["missing", "file.txt"])
def test_a_folder_that_is_none_is_refused(tmp_path, name):
    (tmp_path / "file.txt").write_text("no folder")
    with pytest.raises(QuestionError, match=r"is not a folder\. Check COMOVE_CHANNELS") as refused:
        members("comove.channels", [str(tmp_path / name)])
    assert refused.value.code == "registry.folder"


def test_entry_points_of_the_group_join(monkeypatch):
    asked = []

    def points(*, group):
        asked.append(group)
        return [Point("installed", "a module")]

    monkeypatch.setattr(registry, "entry_points", points)
    assert members("comove.channels")["installed"] == "a module"
    assert asked == ["comove.channels"]


def test_an_entry_point_replaces_nothing(monkeypatch):
    monkeypatch.setattr(registry, "entry_points", lambda group: [Point("gold", "another")])
    with pytest.raises(QuestionError, match="gold is defined twice: again in elsewhere:gold"):
        members("comove.channels")
