"""Tracing shafts through a real worker, on images whose shafts are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from spinegui.domain.shafts import measured, nearest_on, unit_of
from spinegui.jobs.events import Done, Failed, Progress
from spinegui.jobs.payloads import ImageInput, ShaftsPayload
from spinegui.jobs.results import ResultError, load_lines, predictions_name, save_lines
from spinegui.jobs.spec import JobKind, JobSpecError
from spinegui.synthesis.image_file import write_image
from spinegui.synthesis.scene import SyntheticImage, make_image
from spinegui.synthesis.settings import FRAME, STACK
from tests.support.shared_data import shared_data
from tests.support.workshop import PATIENCE_S, Heard, Workshop

if TYPE_CHECKING:
    from pathlib import Path

    from spinegui.engine.local import LocalEngine


@pytest.fixture(scope="module")
def engine(workshop: Workshop) -> LocalEngine:
    return workshop.engine()


def traced(engine: LocalEngine, workshop: Workshop, *images: SyntheticImage):
    """The lines that a worker finds in these images, and what it said."""
    files = [workshop.folder / f"shafts-{i}-{image.seed}.tif" for i, image in enumerate(images)]
    for file, image in zip(files, images, strict=True):
        write_image(file, image)
    payload = ShaftsPayload(tuple(ImageInput(str(file)) for file in files))
    folder, heard = workshop.seal(JobKind.SHAFTS, payload.to_json()), Heard()
    ending = engine.submit_warm(folder, heard).wait(PATIENCE_S)
    assert isinstance(ending, Done)
    return [load_lines(folder / "result" / predictions_name(i)) for i in range(len(images))], heard


def test_that_centre_lines_lie_on_the_shafts_and_cover_them(
    engine: LocalEngine, workshop: Workshop
) -> None:
    images = make_image(0, FRAME), make_image(1, STACK)
    found, heard = traced(engine, workshop, *images)
    for image, lines in zip(images, found, strict=True):
        unit = unit_of(image.pixel_size)
        height, width = image.pixels.shape[1:]
        truth = [path[:, ::-1] for path in image.shafts]  # z, y, x
        inside = [p[((p[:, :2] >= 0) & (p[:, :2] < (width, height))).all(axis=1)] for p in truth]
        shafts = measured(lines, unit)
        off = nearest_on(measured(truth, unit), np.concatenate(lines)[:, :2], unit).distance
        missed = nearest_on(shafts, np.concatenate(inside)[:, :2], unit).distance
        assert np.mean(off < 0.5) > 0.9
        assert np.mean(missed < 0.5) > 0.9
        true_length = sum(shaft.length for shaft in measured(inside, (*unit[:2], 0.0)))
        flat = sum(shaft.length for shaft in measured(lines, (*unit[:2], 0.0)))
        assert flat == pytest.approx(true_length, rel=0.15)
        points = np.concatenate(lines)
        assert (points >= 0).all()
        assert (points[:, :2] <= (width, height)).all()
        assert (points[:, 2] <= image.pixels.shape[0] - 1).all()
    stages = [e for e in heard.events if isinstance(e, Progress) and e.total == 2]
    assert stages[-1].done == 2


def test_that_a_stacks_shafts_are_found_in_their_slices(
    engine: LocalEngine, workshop: Workshop
) -> None:
    image = make_image(1, STACK)
    ((lines, *_), _) = traced(engine, workshop, image)
    unit = unit_of(image.pixel_size)
    truth = measured([path[:, ::-1] for path in image.shafts], unit)
    points = np.concatenate(lines)
    on = nearest_on(truth, points[:, :2], unit)
    true_z = np.array([truth[k].part(s, s)[0, 2] for k, s in zip(on.shaft, on.along, strict=True)])
    assert np.median(np.abs(points[:, 2] - true_z)) < 1.5


def test_that_annotated_spines_of_a_real_stack_stand_on_traced_shafts(
    engine: LocalEngine, workshop: Workshop
) -> None:
    folder = shared_data("rr30a_3d")
    file = folder / "stacks" / "rr30a_tp0_right.tif"
    rows = np.genfromtxt(
        folder / "points" / "rr30a_tp0_right_points.csv", delimiter=",", names=True
    )
    payload = ShaftsPayload((ImageInput(str(file)),))
    job = workshop.seal(JobKind.SHAFTS, payload.to_json())
    assert isinstance(engine.submit_warm(job, Heard()).wait(PATIENCE_S), Done)
    unit = (0.12, 0.12, 1.0)
    shafts = measured(load_lines(job / "result" / predictions_name(0)), unit)
    anchors = np.column_stack([rows["anchor_x_px"], rows["anchor_y_px"]])
    assert (nearest_on(shafts, anchors, unit).distance < 1.0).mean() > 0.9


def test_that_an_image_without_a_shaft_has_no_lines(
    engine: LocalEngine, workshop: Workshop
) -> None:
    payload = ShaftsPayload((ImageInput(str(workshop.image())),))
    folder = workshop.seal(JobKind.SHAFTS, payload.to_json())
    assert isinstance(engine.submit_warm(folder, Heard()).wait(PATIENCE_S), Done)
    assert load_lines(folder / "result" / predictions_name(0)) == ()


def test_that_an_image_that_is_gone_ends_the_job_with_a_sentence(
    engine: LocalEngine, workshop: Workshop
) -> None:
    payload = ShaftsPayload((ImageInput(str(workshop.folder / "gone.tif")),))
    folder = workshop.seal(JobKind.SHAFTS, payload.to_json())
    ending = engine.submit_warm(folder, Heard()).wait(PATIENCE_S)
    assert isinstance(ending, Failed)
    assert "gone.tif" in ending.what


def test_that_lines_come_back_as_they_were_written(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for lines in ([], [rng.random((4, 3))], [rng.random((2, 3)), rng.random((9, 3))]):
        save_lines(tmp_path / "lines.npz", lines)
        again = load_lines(tmp_path / "lines.npz")
        assert len(again) == len(lines)
        assert all(np.array_equal(a, b) for a, b in zip(again, lines, strict=True))


def test_that_a_damaged_file_of_lines_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.npz").write_text("no lines")
    with pytest.raises(ResultError, match="Trace them again"):
        load_lines(tmp_path / "text.npz")
    np.savez(tmp_path / "short.npz", points=np.zeros((3, 3)), lengths=np.array([9]))
    with pytest.raises(ResultError):
        load_lines(tmp_path / "short.npz")


def test_that_a_payload_comes_back_and_another_is_refused() -> None:
    payload = ShaftsPayload((ImageInput("a.tif", channel=1),))
    assert ShaftsPayload.from_json(payload.to_json()) == payload
    with pytest.raises(JobSpecError):
        ShaftsPayload.from_json({"images": [3]})
