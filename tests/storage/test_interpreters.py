from __future__ import annotations

import pytest

from spinegui.storage import interpreters
from spinegui.storage.interpreters import read_interpreters, write_interpreters


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(interpreters, "config_folder", lambda: tmp_path / "new" / "choices")
    return tmp_path / "new" / "choices"


def test_that_there_are_none_at_first():
    assert read_interpreters() == {}


def test_that_they_are_kept_and_an_empty_one_is_not():
    write_interpreters({"yolo_nas": "/a/python", "inception_v3": ""})
    assert read_interpreters() == {"yolo_nas": "/a/python"}
    write_interpreters({})
    assert read_interpreters() == {}


def test_that_the_environment_outranks_the_file(monkeypatch):
    write_interpreters({"yolo_nas": "/a/python", "classical": "/b/python"})
    monkeypatch.setenv("SPINEGUI_PYTHON_YOLO_NAS", "/c/python")
    monkeypatch.setenv("SPINEGUI_PYTHON_CLASSICAL", "")
    assert read_interpreters() == {"yolo_nas": "/c/python", "classical": "/b/python"}


@pytest.mark.parametrize("text", ["", "[", "[1]", '{"yolo_nas": 3}', "[" * 9999])
def test_that_a_damaged_file_counts_as_empty(own_folder, text):
    own_folder.mkdir(parents=True)
    (own_folder / "interpreters.json").write_text(text)
    assert read_interpreters() == {}
