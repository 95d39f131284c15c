from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from spinegui.backends import registry
from spinegui.backends.base import BackendError
from spinegui.jobs.train_bundle import FRESH
from spinegui.storage.model_manifest import ModelManifest, ModelStoreError, seal_model
from tests.support import rogue

if TYPE_CHECKING:
    from pathlib import Path


def test_that_the_classical_backend_is_there_in_all_roles() -> None:
    found = {b.name: b for b in registry.available()}["classical"]
    assert set(found.roles) == {"detector", "classifier", "trainer"}
    assert found.is_installed


def test_that_what_can_be_started_afresh_is_what_the_backends_train() -> None:
    roles = {b.name: tuple(r for r in b.roles if r != "trainer") for b in registry.available()}
    assert roles == FRESH


@pytest.mark.parametrize("name", ["yolo_nas", "inception_v3"])
def test_that_training_a_network_needs_more_than_running_it(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    gone = {"torch", "super_gradients", "tensorflow", "tf_keras"}
    monkeypatch.setattr(registry, "_is_installed", lambda module: module not in gone)
    found = {b.name: b for b in registry.available()}
    assert found[name].is_installed
    assert not found[name].can_train
    assert set(found[name].missing_for_training) == gone & set(found[name].missing_for_training)
    assert found["classical"].can_train
    with pytest.raises(
        BackendError, match=r"lacks what training .* needs: .*\. Run: .*pip install"
    ):
        registry.trainer(name, None, ("detector",))


def test_that_another_backend_is_named_by_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert not registry.is_backend("rogue")
    monkeypatch.setenv(registry.ENVIRONMENT, rogue.BACKENDS)
    assert registry.is_backend("rogue")
    model = rogue.make_model(tmp_path / "model")
    assert isinstance(registry.load_detector(model), rogue.RogueDetector)
    assert registry.load_classifier(model).label_ids == rogue.LABELS
    assert isinstance(registry.trainer("rogue", None, ("detector",)), rogue.RogueTrainer)


def test_that_a_missing_module_is_told_before_it_is_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(registry.ENVIRONMENT, "lab.trainer=no_such_lab.spines:create")
    found = {b.name: b for b in registry.available()}["lab"]
    assert found.missing == ("no_such_lab.spines",)
    with pytest.raises(BackendError, match="lacks the module no_such_lab"):
        registry.trainer("lab", None, ("detector",))


@pytest.mark.parametrize(
    "value", ["rogue", "rogue.detector", "rogue.dancer=a:b", "rogue.trainer=a"]
)
def test_that_a_wrong_entry_says_how_to_write_it(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv(registry.ENVIRONMENT, value)
    with pytest.raises(BackendError, match=r"Write NAME\.ROLE=MODULE:FUNCTION"):
        registry.available()


def test_that_a_manifest_names_backends_and_never_modules(tmp_path: Path) -> None:
    (tmp_path / "weights.json").write_text("{}", encoding="utf-8")
    seal_model(tmp_path, ModelManifest("evil", "os:system", ("detector",)))
    with pytest.raises(BackendError, match="no detector “os:system”"):
        registry.load_detector(tmp_path)


def test_that_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelStoreError):
        registry.load_classifier(tmp_path)


def test_that_looking_for_backends_imports_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [m for m in sys.modules if m.startswith("spinegui.backends.classical")]:
        monkeypatch.delitem(sys.modules, name)
    registry.available()
    assert not any(m.startswith("spinegui.backends.classical.") for m in sys.modules)
