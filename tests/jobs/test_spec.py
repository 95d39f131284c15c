from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from spinegui.domain.image_ref import PixelSize
from spinegui.jobs.payloads import ClassifyPayload, DetectPayload, ImageInput, TrainPayload
from spinegui.jobs.spec import JobKind, JobSpec, JobSpecError, read_spec, seal

if TYPE_CHECKING:
    from pathlib import Path

SPEC = JobSpec("job-1", JobKind.TRAIN, {"name": "mine", "n": 3})


def sealed(folder: Path) -> Path:
    (folder / "sub").mkdir(parents=True)
    (folder / "set.json").write_text("{}", encoding="utf-8")
    (folder / "sub" / "mask.tif").write_bytes(b"mask")
    seal(folder, SPEC)
    return folder


def rewrite(folder: Path, **changes: Any) -> None:
    path = folder / "job.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**data, **changes}), encoding="utf-8")


def test_that_a_sealed_folder_says_what_was_asked(tmp_path: Path) -> None:
    assert read_spec(sealed(tmp_path / "job")) == SPEC


def test_that_an_input_changed_after_sealing_is_refused(tmp_path: Path) -> None:
    folder = sealed(tmp_path / "job")
    (folder / "sub" / "mask.tif").write_bytes(b"mesk")
    with pytest.raises(JobSpecError, match=r"sub/mask.tif .* was changed after"):
        read_spec(folder)
    assert read_spec(folder, verify=False) == SPEC


def test_that_a_missing_input_is_named(tmp_path: Path) -> None:
    folder = sealed(tmp_path / "job")
    (folder / "set.json").unlink()
    with pytest.raises(JobSpecError, match=r"set.json is missing"):
        read_spec(folder)


def test_that_results_and_the_log_are_no_inputs(tmp_path: Path) -> None:
    folder = sealed(tmp_path / "job")
    (folder / "result").mkdir()
    (folder / "result" / "old.npz").write_bytes(b"old")
    (folder / "worker.log").write_bytes(b"old")
    seal(folder, SPEC)
    (folder / "result" / "old.npz").write_bytes(b"new")
    (folder / "worker.log").unlink()
    assert read_spec(folder) == SPEC


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "a/../../b", "..\\b", "C:/b"])
def test_that_a_job_reads_nothing_outside_its_folder(tmp_path: Path, name: str) -> None:
    folder = sealed(tmp_path / "job")
    (tmp_path / "secret").write_text("x", encoding="utf-8")
    rewrite(folder, sha256={name: "0" * 64})
    with pytest.raises(JobSpecError, match="outside its folder"):
        read_spec(folder)


@pytest.mark.parametrize(
    "changes",
    [{"kind": "dance"}, {"job_id": 3}, {"payload": []}, {"sha256": None}, {"format": "1"}],
)
def test_that_a_specification_of_wrong_types_is_refused(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    folder = sealed(tmp_path / "job")
    rewrite(folder, **changes)
    with pytest.raises(JobSpecError, match="Start it again"):
        read_spec(folder)


def test_that_a_job_of_another_version_is_refused(tmp_path: Path) -> None:
    folder = sealed(tmp_path / "job")
    rewrite(folder, format=2)
    with pytest.raises(JobSpecError, match="another version"):
        read_spec(folder)


@pytest.mark.parametrize("text", ["", "{", "[]", "[" * 100_000])
def test_that_a_damaged_specification_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "job.json").write_text(text, encoding="utf-8")
    with pytest.raises(JobSpecError):
        read_spec(tmp_path)


def test_that_a_folder_without_a_job_is_refused(tmp_path: Path) -> None:
    with pytest.raises(JobSpecError, match="cannot be read"):
        read_spec(tmp_path)


PAYLOADS = [
    DetectPayload((ImageInput("/a.tif"),), "/m"),
    DetectPayload(
        (
            ImageInput("/a.tif", PixelSize(0.1, 0.2, 0.5, "user"), 1, 2, "max", "f" * 64),
            ImageInput("/b.tif", PixelSize(0.1, 0.1, None, "OME")),
        ),
        "/m",
        "/c",
        0.5,
    ),
    ClassifyPayload("boxes.json", "/images", "/c"),
    TrainPayload("training_set.json", "val.json", "/images", ("detector",), "/m", "new", 5, 7),
    TrainPayload(
        "t.json", None, "/images", ("detector", "classifier"), "classical", "new", folds=5
    ),
]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_that_a_payload_survives_the_file(
    tmp_path: Path, payload: DetectPayload | ClassifyPayload | TrainPayload
) -> None:
    seal(tmp_path, JobSpec("j", JobKind.DETECT, payload.to_json()))
    assert type(payload).from_json(read_spec(tmp_path).payload) == payload


@pytest.mark.parametrize(
    "changes",
    [
        {"images": None},
        {"images": [3]},
        {"detector": 3},
        {"min_score": "high"},
        {"images": [{"path": "/a.tif", "channel": 0, "time": 0, "projection": "mean"}]},
        {
            "images": [
                {"path": "/a", "channel": 0, "time": 0, "projection": "max",
                 "pixel_size": {"x_um": -1, "y_um": 1, "source": "user"}}
            ]
        },
    ],
)  # fmt: skip
def test_that_a_payload_of_wrong_types_is_refused(changes: dict[str, Any]) -> None:
    data = {**PAYLOADS[0].to_json(), **changes}
    with pytest.raises(JobSpecError, match="does not say what to do"):
        DetectPayload.from_json(data)


@pytest.mark.parametrize("folds", [1, -2, "five"])
def test_that_folds_that_cannot_be_are_refused(folds: object) -> None:
    data = {**PAYLOADS[-1].to_json(), "folds": folds}
    with pytest.raises(JobSpecError, match="folds"):
        TrainPayload.from_json(data)


def test_that_a_training_sealed_before_there_were_folds_has_none() -> None:
    data = PAYLOADS[-1].to_json()
    del data["folds"]
    assert TrainPayload.from_json(data).folds == 0
