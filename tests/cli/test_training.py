"""spinegui train: what it starts from, its settings, and going on after an interruption."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from spinegui.cli.train_start import PRETRAINED_LICENCE
from spinegui.storage.model_manifest import ModelManifest, seal_model
from spinegui.storage.places import cache_folder
from tests.support import rogue

WITHOUT_FRAMEWORKS = """
import runpy, sys
class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name in {"torch", "tensorflow"}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Hidden())
assert sys.argv[1:4] == ["-P", "-m", "spinegui.worker"]
del sys.argv[1:4]
runpy.run_module("spinegui.worker", run_name="__main__", alter_sys=True)
"""


@pytest.fixture
def asked(sample):
    return ["train", "--coco", sample.train, "--images", sample.truth.parent, "--model", "mine"]


def jobs_left() -> list[Path]:
    folder = cache_folder() / "jobs"
    return sorted(folder.iterdir()) if folder.is_dir() else []


def test_that_a_killed_training_says_how_to_go_on_and_does(call, store, asked):
    killed = call(*asked, "--epochs", 5, "--set", "behaviour=killed at 3")
    assert killed.code == 1
    folder = killed.err.partition("spinegui train --resume ")[2].strip()
    assert Path(folder).is_dir()
    resumed = call("train", "--resume", folder, "--json")
    assert resumed.code == 0, resumed.err
    assert "it goes on from epoch-3.txt" in resumed.err
    assert resumed.result["model"] == "mine"
    assert store.get("mine").manifest.settings == {"behaviour": "killed at 3"}
    assert jobs_left() == []
    assert call("train", "--resume", folder).code == 2


def test_that_a_failure_with_nothing_learned_leaves_no_folder(call, store, asked):
    failed = call(*asked, "--set", "behaviour=refuse")
    assert failed.code == 1
    assert "--resume" not in failed.err
    assert jobs_left() == []


@pytest.mark.skipif(sys.platform == "win32", reason="needs a script run by its first line")
@pytest.mark.parametrize("base", ["yolo_nas", "inception_v3"])
def test_that_a_network_that_cannot_be_trained_here_names_the_command(
    call, store, asked, monkeypatch, tmp_path, base
):
    bare = tmp_path / "python"
    bare.write_text(f"#!{sys.executable}\n{WITHOUT_FRAMEWORKS}", "utf-8")
    bare.chmod(0o755)
    monkeypatch.setenv(f"SPINEGUI_PYTHON_{base.upper()}", str(bare))
    failed = call(*asked, "--base", base, "--from-scratch")
    assert failed.code == 1
    assert f"lacks what training {base} needs" in failed.err
    assert "pip install" in failed.err
    assert "mine" not in {model.name for model in store.list()}


def test_that_the_licence_of_the_vendors_weights_is_said_and_must_be_accepted(call, store, asked):
    wanted = [*asked, "--base", "yolo_nas", "--pretrained", "coco"]
    refused = call(*wanted)
    assert refused.code == 2
    assert PRETRAINED_LICENCE in refused.err
    for way in (["--pretrained", "coco"], ["--set", "pretrained=coco"]):
        assert "--accept-licence" in call(*asked, "--base", "yolo_nas", *way).err


def test_that_detecting_works_with_a_model_a_role(call, store, home, sample, tmp_path):
    for role in ("detector", "classifier"):
        folder = rogue.make_model(home / role)
        (folder / "behaviour.txt").write_text("good", "utf-8")
        labels = rogue.LABELS if role == "classifier" else ()
        seal_model(folder, ModelManifest(f"only-{role}", "rogue", (role,), labels))
        store.add(folder, f"only-{role}")
        store.promote(f"only-{role}")
    found = call("detect", sample.truth.parent / "dendrite_01.tif", "-o", tmp_path / "o.json")
    assert found.code == 0, found.err
    assert "category_scores" in (tmp_path / "o.json").read_text("utf-8")
    listed = {m["name"]: m["active_as"] for m in call("models", "list", "--json").result}
    assert listed["only-detector"] == ["detector"]
    assert listed["only-classifier"] == ["classifier"]
