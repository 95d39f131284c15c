"""What a training is ordered with, and the payload that comes of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from spinegui.jobs.payloads import TrainPayload
from spinegui.jobs.spec import JobSpecError
from spinegui.jobs.train_bundle import (
    FRESH,
    TrainOrder,
    by_model,
    freeze_training,
    training_backend,
)
from spinegui.storage.model_manifest import ModelManifest, read_manifest
from spinegui.storage.model_store import ModelInfo
from tests.support import rogue
from tests.support.trainings import training_set
from tests.support.workshop import Workshop

if TYPE_CHECKING:
    from pathlib import Path


def model(name: str, *roles: str, weight: str = "0") -> ModelInfo:
    manifest = ModelManifest(name, "rogue", roles, files={"w.json": weight * 64})
    return ModelInfo(None, manifest, shipped=False)  # type: ignore[arg-type]


def test_that_a_model_that_fills_both_roles_is_trained_once() -> None:
    both = model("both", "detector", "classifier")
    assert by_model({"classifier": both, "detector": both}) == ((both, ("detector", "classifier")),)


def test_that_two_models_are_trained_each_in_the_role_that_it_fills() -> None:
    both, finder = model("both", "detector", "classifier"), model("net", "detector", weight="1")
    found = by_model({"detector": finder, "classifier": both})
    assert found == ((finder, ("detector",)), (both, ("classifier",)))


@pytest.mark.parametrize("base", FRESH)
def test_that_a_fresh_start_has_the_roles_of_its_architecture(tmp_path: Path, base: str) -> None:
    order = TrainOrder(base, "mine", settings={"variant": "s"})
    training = training_set(Workshop(tmp_path), "a.tif")
    payload = freeze_training(tmp_path, training, None, order)
    assert (payload.base, payload.roles) == (base, FRESH[base])
    assert TrainPayload.from_json(payload.to_json()) == payload
    assert payload.settings == {"variant": "s"}


def test_that_a_role_of_a_model_can_be_trained_alone(tmp_path: Path) -> None:
    folder = rogue.make_model(tmp_path / "model")
    base = ModelInfo(folder, read_manifest(folder), shipped=False)
    order = TrainOrder(base, "mine", roles=("classifier",))
    payload = freeze_training(tmp_path, training_set(Workshop(tmp_path), "a.tif"), None, order)
    assert (payload.base, payload.roles) == (str(folder), ("classifier",))
    assert replace(order, roles=None).trained_roles == ("detector", "classifier")


def test_that_the_backend_follows_the_base(tmp_path: Path) -> None:
    assert training_backend("yolo_nas") == "yolo_nas"
    assert training_backend(str(rogue.make_model(tmp_path / "model"))) == "rogue"


def test_that_settings_are_texts(tmp_path: Path) -> None:
    order = TrainOrder("yolo_nas", "mine")
    payload = freeze_training(tmp_path, training_set(Workshop(tmp_path), "a.tif"), None, order)
    with pytest.raises(JobSpecError, match="variant"):
        TrainPayload.from_json({**payload.to_json(), "settings": {"variant": 3}})
