from __future__ import annotations

import json
import pickle
import stat
import zipfile
from typing import TYPE_CHECKING

import numpy as np
import pytest

from spinegui.storage import model_store
from spinegui.storage.model_manifest import (
    ModelManifest,
    ModelStoreError,
    read_manifest,
    seal_model,
)
from spinegui.storage.model_store import ModelStore, UnknownModelError
from spinegui.storage.resources import ResourceError, resource
from tests.storage.test_model_files import TENSOR, entry, field, network, npz

if TYPE_CHECKING:
    from pathlib import Path

BOTH = ("detector", "classifier")


def make_model(folder: Path, *, name: str = "classical", weight: float = 1.0, **fields: object):
    folder.mkdir(parents=True)
    (folder / "weights.json").write_text(json.dumps({"w": weight}))
    (folder / "MODEL_CARD.md").write_text("# Card\n")
    values = {"backend": "classical", "roles": BOTH, "label_ids": ("thin", "stubby")} | fields
    return seal_model(folder, ModelManifest(name=name, **values))


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModelStore:
    make_model(tmp_path / "resources" / "models" / "classical")
    monkeypatch.setattr(
        "spinegui.storage.model_store.resources_root", lambda: tmp_path / "resources"
    )
    return ModelStore(tmp_path / "store")


@pytest.fixture
def trained(tmp_path: Path) -> Path:
    make_model(tmp_path / "trained", name="anything", weight=2.0, created="2026-01-01T00:00:00Z")
    return tmp_path / "trained"


def test_that_a_manifest_survives_its_file(trained: Path):
    manifest = read_manifest(trained)
    assert read_manifest(trained) == manifest
    assert set(manifest.files) == {"weights.json", "MODEL_CARD.md"}
    assert manifest.sha == read_manifest(trained).sha


def test_that_a_changed_file_is_noticed(trained: Path):
    (trained / "weights.json").write_text("{}")
    with pytest.raises(ModelStoreError, match=r"weights\.json .* is not the one"):
        read_manifest(trained)


def test_that_a_missing_file_is_noticed(trained: Path):
    (trained / "weights.json").unlink()
    with pytest.raises(ModelStoreError, match="lacks its file"):
        read_manifest(trained)


def test_that_renaming_keeps_the_identity_and_new_weights_do_not(store, trained, tmp_path):
    first = store.add(trained, "first")
    assert first.sha == read_manifest(trained).sha
    assert make_model(tmp_path / "other", weight=3.0).sha != first.sha


def test_that_the_shipped_model_is_active_at_first(store):
    assert store.active("detector").name == "classical"
    assert store.active("classifier").shipped


def test_that_each_role_has_its_own_shipped_model(store, tmp_path, monkeypatch):
    make_model(tmp_path / "resources" / "models" / "net", name="net", roles=("detector",), weight=9)
    monkeypatch.setitem(model_store.DEFAULT_MODELS, "detector", "net")
    assert store.active("detector").name == "net"
    assert store.active("classifier").name == "classical"
    store.promote("classical", ["detector"])
    assert store.rollback("detector").name == "net"


def test_that_promotion_and_rollback_go_one_model_at_a_time(store, trained, tmp_path):
    make_model(tmp_path / "t2", weight=5.0)
    one, two = store.add(trained, "one"), store.add(tmp_path / "t2", "two")
    store.promote("one")
    store.promote("two", ["detector"])
    assert store.active("detector").sha == two.sha
    assert store.active("classifier").sha == one.sha
    assert store.rollback("detector").sha == one.sha
    assert store.rollback("detector").name == "classical"
    assert store.active("classifier").sha == one.sha
    with pytest.raises(ModelStoreError, match="no earlier detector"):
        store.rollback("detector")


def test_that_promoting_the_active_model_again_adds_no_step(store, trained):
    store.add(trained, "one")
    store.promote("one")
    store.promote("one")
    assert store.rollback("detector").name == "classical"


def test_that_a_model_cannot_be_promoted_into_a_role_it_lacks(store, tmp_path):
    make_model(tmp_path / "d", roles=("detector",), weight=4.0)
    store.add(tmp_path / "d", "only-detector")
    with pytest.raises(ModelStoreError, match="is no classifier"):
        store.promote("only-detector", ["classifier"])


def test_that_models_are_found_by_name_sha_and_short_sha(store, trained):
    info = store.add(trained, "one")
    assert store.get("one") == store.get(info.sha) == store.get(info.sha[:10])
    with pytest.raises(UnknownModelError, match="The models here are: classical, one"):
        store.get("two")


@pytest.mark.parametrize("name", ["", "..", "a/b", "-x", "con", "nul.txt", "x" * 65, "a.", "é b"])
def test_that_names_no_folder_can_have_are_refused(store, trained, name):
    with pytest.raises(ModelStoreError):
        store.add(trained, name)


def test_that_a_name_is_taken_once_whatever_its_case(store, trained):
    store.add(trained, "one")
    for name in ("one", "One", "classical"):
        with pytest.raises(ModelStoreError, match="already"):
            store.add(trained, name)


def test_that_active_and_shipped_models_cannot_be_deleted(store, trained):
    store.add(trained, "one")
    store.promote("one")
    with pytest.raises(ModelStoreError, match="is the active detector and classifier"):
        store.delete("one")
    with pytest.raises(ModelStoreError, match="came with the program"):
        store.delete("classical")
    store.rollback("detector")
    store.rollback("classifier")
    store.delete("one")
    assert [m.name for m in store.list()] == ["classical"]


def test_that_an_active_model_that_vanished_is_said_and_rolled_back(store, trained, tmp_path):
    info = store.add(trained, "one")
    store.promote("one")
    info.folder.rename(tmp_path / "away")
    with pytest.raises(UnknownModelError):
        store.active("detector")
    assert store.rollback("detector").name == "classical"


def test_that_a_model_travels_through_a_file(store, trained, tmp_path):
    info = store.add(trained, "one")
    store.export("one", tmp_path / "one.zip")
    other = ModelStore(tmp_path / "elsewhere")
    assert other.import_file(tmp_path / "one.zip").sha == info.sha
    assert other.import_file(tmp_path / "one.zip", "copy").name == "copy"
    assert (tmp_path / "elsewhere" / "one" / "weights.json").read_text() == '{"w": 2.0}'


def test_that_export_gives_the_same_bytes_twice_and_keeps_existing_files(store, trained, tmp_path):
    store.add(trained, "one")
    store.export("one", tmp_path / "a.zip")
    store.export("one", tmp_path / "b.zip")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with pytest.raises(FileExistsError):
        store.export("one", tmp_path / "a.zip")
    store.export("one", tmp_path / "a.zip", overwrite=True)


def link_entry() -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo("link.json")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


HOSTILE = {
    "slip": [("../escaped.json", b"{}")],
    "absolute": [("/escaped.json", b"{}")],
    "drive": [("C:\\escaped.json", b"{}")],
    "hidden": [(".active.json", b"{}")],
    "pickle": [("weights.pkl", pickle.dumps({}))],
    "pytorch": [("weights.pth", b"PK")],
    "keras": [("weights.h5", b"HDF")],
    "network that reads other files": [("net.onnx", network(TENSOR + field(13, entry())))],
    "numbers that are objects": [("w.npz", npz(np.array([{}])))],
    "disguised pickle": [("extra.npy", pickle.dumps({}))],
    "unlisted": [("extra.json", b"{}")],
    "many": [(f"f{i}.json", b"{}") for i in range(201)],
    "link": [(link_entry(), b"/etc/passwd")],
    "not a zip": [],
    "truncated": [],
}


def hostile(tmp_path: Path, trained: Path, kind: str) -> Path:
    path = tmp_path / "evil.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in trained.iterdir():
            archive.write(file, file.name)
        for name, content in HOSTILE[kind]:
            archive.writestr(name, content)
    if kind == "truncated":
        path.write_bytes(path.read_bytes()[:-60])
    if kind == "not a zip":
        path.write_bytes(b"MZ" + bytes(100))
    return path


@pytest.mark.parametrize("kind", HOSTILE)
def test_that_hostile_files_are_refused_and_leave_nothing(store, trained, tmp_path, kind):
    before = sorted(p.name for p in tmp_path.iterdir())
    with pytest.raises(ModelStoreError):
        store.import_file(hostile(tmp_path, trained, kind))
    after = {p.name for p in tmp_path.iterdir()} - {"evil.zip", "store"}
    assert sorted(after) == before
    assert list(store.root.iterdir()) == []


@pytest.mark.parametrize("name", ["best.pth", "model.pt", "w.pkl", "last.ckpt", "head.h5"])
def test_that_a_strangers_pickle_is_refused_with_a_way_out(store, tmp_path, name):
    path = tmp_path / name
    with zipfile.ZipFile(path, "w") as archive:  # as PyTorch writes them
        archive.writestr("archive/data.pkl", pickle.dumps({}))
    with pytest.raises(ModelStoreError, match=r"may be a pickle.* ONNX or safetensors"):
        store.import_file(path)


def test_that_a_zip_that_unpacks_beyond_the_limit_is_stopped(store, trained, tmp_path, monkeypatch):
    monkeypatch.setattr("spinegui.storage.model_archive.MAX_TOTAL_BYTES", 1 << 20)
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.json", bytes(3 << 20))
    with pytest.raises(ModelStoreError, match="Do not import"):
        store.import_file(tmp_path / "bomb.zip")


def test_that_damaged_folders_do_not_hide_the_good_models(store, trained):
    store.add(trained, "one")
    (store.root / "broken").mkdir()
    (store.root / "broken" / "manifest.json").write_text("[" * 100_000)
    assert [m.name for m in store.list()] == ["classical", "one"]


def test_that_the_store_lies_where_the_environment_says(home, monkeypatch):
    assert ModelStore().root == home / "models"


def test_that_a_missing_resource_is_said():
    with pytest.raises(ResourceError, match="Install the program again"):
        resource("no/such/thing")
