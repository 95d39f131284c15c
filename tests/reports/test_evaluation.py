from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import tifffile

from spinegui.domain.matching import MatchBy
from spinegui.domain.predictions import Predictions
from spinegui.imaging.opening import open_image
from spinegui.reports import figures
from spinegui.reports.crops import _crop, _plane, crops_html
from spinegui.reports.evaluation import EvaluationError, evaluate
from spinegui.reports.page import page_html, write_report
from spinegui.reports.pictures import picture_svg
from spinegui.reports.provenance import Provenance
from spinegui.storage.exchange.coco import CocoError, read_coco
from spinegui.storage.exchange.coco_reading import dataset_from_json
from spinegui.storage.model_store import ModelStore
from tests.support.datasets import write_image
from tests.support.measured import CATEGORIES, IDS, PLACES, dataset_of, predictions_at
from tests.support.shared_data import shared_data

if TYPE_CHECKING:
    from pathlib import Path

FILES = ["metrics.json", "confusion.png", "pr.png", "calibration.png", "report.html"]


def test_that_found_false_and_missed_are_told_apart(tmp_path):
    # Image 0: four of five found and a false one; image 1: one found, one below the cut.
    first = predictions_at([*PLACES[:4], (50, 35)], [0.9, 0.8, 0.7, 0.6, 0.55])
    second = predictions_at(PLACES[:2], [0.9, 0.4])
    e = evaluate(dataset_of(), tmp_path, {0: first, 1: second})
    assert e.detection["precision"].value == pytest.approx(5 / 6)
    assert e.detection["recall"].value == pytest.approx(5 / 10)
    assert (e.detection["precision"].n, e.detection["recall"].n) == (6, 10)
    assert e.detection["count_bias"].value == pytest.approx(-0.4)
    assert [len(r.missed) for r in e.images] == [1, 4]
    assert (e.given_boxes, e.matched) == (None, None)


def test_that_classes_are_measured_given_the_boxes_and_on_matches(tmp_path):
    dataset = dataset_of()
    found = predictions_at(PLACES[:2], [0.9, 0.9], "mm")
    given = {a.id: {"mushroom": 0.2, "thin": 0.8} for a in dataset.annotations}
    e = evaluate(dataset, tmp_path, {0: found, 1: found}, given)
    assert e.matched.figures["accuracy"].value == 0.5
    assert e.matched.figures["accuracy"].n == 4
    assert e.given_boxes.figures["accuracy"].value == pytest.approx(1 / 3)
    assert e.given_boxes.figures["recall/mushroom"].n == 4
    assert e.given_boxes.table.confusion().tolist() == [[0, 4], [0, 2]]


def test_that_a_class_the_model_lacks_is_left_out_and_counted(tmp_path):
    found = predictions_at(PLACES, [0.9] * 5, "mmmmm")
    e = evaluate(dataset_of(), tmp_path, {0: found, 1: found})
    assert (e.left_out, e.unlabelled) == ({"ball": 2}, 2)
    assert e.matched.figures["accuracy"].n == 6
    assert e.detection["recall"].value == 1


def test_that_classes_alone_can_be_measured(tmp_path):
    dataset = dataset_of()
    for i in range(2):
        write_image(tmp_path / f"{i}.tif", seed=i)
    given = {a.id: {"mushroom": 0.6, "thin": 0.4} for a in dataset.annotations}
    e = evaluate(dataset, tmp_path, None, given)
    assert e.detection is None
    write_report(e, tmp_path / "out")
    assert json.loads((tmp_path / "out" / "metrics.json").read_text())["detection"] is None


def test_that_nothing_outside_the_regions_counts(tmp_path):
    dataset = dataset_of(reviewed_regions=[[0, 0, 40, 20]])
    found = predictions_at([*PLACES, (20, 18), (50, 35)], [0.9] * 7)
    e = evaluate(dataset, tmp_path, {0: found, 1: found})
    assert e.n_spines == 4
    assert e.detection["precision"].value == pytest.approx(2 / 3)


def test_that_nothing_off_the_mask_counts(tmp_path):
    mask = np.zeros((40, 60), np.uint8)
    mask[:20] = 255
    tifffile.imwrite(tmp_path / "roi.tif", mask, photometric="minisblack")
    dataset = dataset_of(roi_mask="roi.tif")
    found = predictions_at([*PLACES, (50, 35)], [0.9] * 6)
    e = evaluate(dataset, tmp_path, {0: found, 1: found})
    assert (e.n_spines, e.detection["precision"].value) == (6, 1)
    with pytest.raises(CocoError, match="no image"):
        evaluate(dataset_of(roi_mask="gone.tif"), tmp_path, {0: found, 1: found})


def test_that_a_mask_of_another_size_is_refused(tmp_path):
    write_image(tmp_path / "roi.tif", shape=(20, 60))
    found = predictions_at(PLACES, [0.9] * 5)
    with pytest.raises(CocoError, match="60 × 20 px, its image 60 × 40"):
        evaluate(dataset_of(roi_mask="roi.tif"), tmp_path, {0: found, 1: found})


def test_that_classes_are_counted_where_the_model_knows_none_of_them(tmp_path):
    dataset = dataset_of()
    strange = tuple(a for a in dataset.annotations if a.category_id == 3)
    found = predictions_at(PLACES, [0.9] * 5, "mmmmm")
    e = evaluate(replace(dataset, annotations=strange), tmp_path, {0: found, 1: found})
    assert (e.left_out, e.matched) == ({"ball": 2}, None)


def test_that_proposals_and_rejections_are_no_truth(tmp_path):
    dataset = dataset_of(1)
    states = ("predicted", "rejected", "accepted")
    value = [
        {"id": k, "image_id": 0, "category_id": 4, "bbox": [10 * k, 3, 6, 6],
         "spinegui": {"origin": "model", "state": state}}
        for k, state in enumerate(states)
    ]  # fmt: skip
    other = dataset_from_json(
        {"images": [{"id": 0, "file_name": "0.tif"}], "annotations": value,
         "categories": CATEGORIES}
    )  # fmt: skip
    e = evaluate(other, tmp_path, {0: predictions_at([], [])})
    assert e.n_spines == 1
    assert len(dataset.annotations) == 5


def test_that_heads_are_matched_in_three_dimensions_by_the_images_own_pixel_size(tmp_path):
    tifffile.imwrite(
        tmp_path / "0.tif", np.zeros((9, 40, 60), np.uint8), imagej=True, resolution=(10, 10),
        metadata={"axes": "ZYX", "unit": "um", "spacing": 1.0},
    )  # fmt: skip
    dataset = dataset_of(1)
    with_heads = tuple(replace(a, head=(*a.box.center, 4.0)) for a in dataset.annotations)
    dataset = replace(dataset, annotations=with_heads)
    near = predictions_at([(x + 9, y) for x, y in PLACES], [0.9] * 5)
    found = replace(near, z=np.array([4.0, 7.0, 7.5, np.nan, 1.0]))
    e = evaluate(dataset, tmp_path, {0: found})
    assert e.detection["precision"].value == pytest.approx(4 / 5)


def test_that_iou_can_be_asked_for(tmp_path):
    found = predictions_at([(x + 2, y) for x, y in PLACES], [0.9] * 5)
    by_center, by_iou = (
        evaluate(dataset_of(1), tmp_path, {0: found}, match_by=by).detection["recall"].value
        for by in (MatchBy.CENTER, MatchBy.IOU)
    )
    assert (by_center, by_iou) == (1, 0)


def test_that_missing_predictions_and_empty_datasets_are_said(tmp_path):
    with pytest.raises(EvaluationError, match="not searched"):
        evaluate(dataset_of(), tmp_path, {0: predictions_at([], [])})
    empty = dataset_from_json({"images": [], "annotations": [], "categories": []})
    with pytest.raises(EvaluationError, match="no annotated spine"):
        evaluate(empty, tmp_path, {})


@pytest.fixture
def measured(tmp_path: Path):
    dataset = dataset_of(3)
    for i in range(3):
        write_image(tmp_path / f"{i}.tif", seed=i)
    found = predictions_at([*PLACES[:4], (50, 35)], [0.9, 0.8, 0.7, 0.6, 0.55], "mtmtm")
    given = {a.id: {"mushroom": 0.3, "thin": 0.7} for a in dataset.annotations}
    return evaluate(dataset, tmp_path, dict.fromkeys(range(3), found), given)


def test_that_a_report_has_all_files_and_needs_nothing_else(measured, tmp_path):
    write_report(measured, tmp_path / "out")
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == sorted(FILES)
    page = (tmp_path / "out" / "report.html").read_text()
    assert page.count("<svg") == 3
    assert 'class="missed"' in page
    assert 'class="false"' in page
    links = re.findall(r'(?:src|href|srcset)="([^"]{0,30})', page)
    assert all(link.startswith("data:image/png;base64") for link in links)
    assert "http" not in re.sub(r"base64,[^\"]*", "", page)


def test_that_a_picture_shows_the_part_with_boxes_and_names_wrong_classes(measured, tmp_path):
    svg = picture_svg(measured.images[0], tmp_path)
    assert 'class="plain" viewBox="0 0 60 40"' in svg
    assert ">M≠T</text>" not in svg
    assert "people say ball" not in svg
    far = predictions_at([(300, 100)], [0.9])
    write_image(tmp_path / "big.tif", shape=(200, 900))
    image = replace(measured.images[0].image, file_name="big.tif", width=900, height=200)
    small = replace(measured.images[0], image=image, predictions=far, matched=np.array([-1]))
    assert 'class="wide" viewBox="0 0 328 128"' in picture_svg(small, tmp_path)


def test_that_metrics_have_n_and_interval(measured, tmp_path):
    write_report(measured, tmp_path / "out")
    metrics = json.loads((tmp_path / "out" / "metrics.json").read_text())
    names = (
        "ap precision recall f1 best_f1 best_precision best_recall best_cut count_error count_bias "
        "brier calibration_error"
    )
    assert set(metrics["detection"]) == set(names.split())
    given = metrics["classification"]["given_boxes"]
    figures = [*metrics["detection"].values(), given["accuracy"], given["kappa"]]
    for figure in figures:
        assert set(figure) == {"value", "low", "high", "n", "n_images"}
    assert set(given["per_class"]["thin"]) == {"precision", "recall", "f1"}
    assert given["confusion"] == {"labels": list(IDS), "counts": [[0, 6], [0, 3]]}
    assert metrics["left_out"] == {"ball": 3}


def test_that_a_report_is_the_same_twice_and_replaced_only_when_told(measured, tmp_path):
    write_report(measured, tmp_path / "a")
    write_report(measured, tmp_path / "b")
    for name in FILES:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    (tmp_path / "a" / "metrics.json").unlink()
    with pytest.raises(FileExistsError):
        write_report(measured, tmp_path / "a")
    assert not (tmp_path / "a" / "metrics.json").exists()
    write_report(measured, tmp_path / "a", overwrite=True)


def test_that_the_page_shows_spines_behind_each_number_of_the_confusion(measured, tmp_path):
    html = crops_html(measured.given_boxes, measured.images, tmp_path)
    cells = re.findall(r'<td class="(\w+)"><b>([^<]+)</b>(.*?)</td>', html)
    # Six mushrooms are called thin, three thin spines are right; at most four of each are shown.
    assert [(kind, n, pictures.count("<img")) for kind, n, pictures in cells] == [
        ("none", "·", 0), ("wrong", "6", 4), ("none", "·", 0), ("right", "3", 3),
    ]  # fmt: skip
    assert "0.tif, 0.70" in html


def test_that_a_crop_shows_the_spine_in_its_slices_and_channel(tmp_path):
    pixels = np.zeros((9, 2, 40, 60), np.uint8)
    pixels[4, 1, 10, 10] = 255
    pixels[8, 1, 30, 30] = 255
    tifffile.imwrite(tmp_path / "0.tif", pixels, imagej=True, metadata={"axes": "ZCYX"})
    with open_image(tmp_path / "0.tif") as source:
        near, far = (_plane(source, 1, z) for z in (3.0, 8.0))
        assert (near[10, 10], near[30, 30], far[30, 30]) == (255, 0, 255)
        assert _plane(source, 0, None).max() == 0
        crop = _crop(near, np.array([-2.0, 4.0, 14.0, 16.0]))
    assert crop.shape == (36, 36)
    assert np.argwhere(crop == 255).tolist() == [[18, 22]]


def test_that_a_report_says_which_model_it_is_and_how_to_repeat_it(measured, tmp_path):
    model = ModelStore(tmp_path / "models").get("classical")
    source = Provenance(
        {"detector": model, "classifier": model}, "set.json", "ab" * 32,
        "spinegui evaluate 'a set.json'", "spinegui 1", {model.sha: 2},
    )  # fmt: skip
    write_report(measured, tmp_path / "out", provenance=source)
    page = (tmp_path / "out" / "report.html").read_text()
    for text in (model.sha, model.manifest.licence, "spinegui evaluate &#x27;a set.json&#x27;",
                 "detector and classifier", "Trained on 2 of these images", "ab" * 6):  # fmt: skip
        assert text in page
    written = json.loads((tmp_path / "out" / "metrics.json").read_text())["provenance"]
    assert written["models"][0]["sources"] == list(model.manifest.sources)
    assert written["models"][0]["images_trained_on"] == 2
    assert (len(written["models"]), written["command"]) == (1, "spinegui evaluate 'a set.json'")


def test_that_figures_are_drawn_for_light_and_dark_pages(measured):
    page = page_html(measured)
    assert page.count('media="(prefers-color-scheme: dark)"') == 3
    assert figures.pr_png(measured, figures.DARK) != figures.pr_png(measured)


def test_that_a_picture_shows_what_was_reviewed(tmp_path):
    dataset = dataset_of(1, reviewed_regions=[[0, 0, 40, 20]])
    write_image(tmp_path / "0.tif")
    e = evaluate(dataset, tmp_path, {0: predictions_at(PLACES, [0.9] * 5)})
    assert '<g class="region"><title>reviewed region</title>' in picture_svg(e.images[0], tmp_path)


def test_that_names_from_a_dataset_cannot_script_the_page(tmp_path):
    dataset = dataset_of(1)
    evil = "<script>alert(1)</script>"
    (image,) = dataset.images
    write_image(tmp_path / "0.tif")
    found = predictions_at(PLACES, [0.9] * 5, "mmmmm", model=evil)
    e = evaluate(replace(dataset, images=(image,)), tmp_path, {0: found})
    write_report(replace(e, left_out={evil: 1}), tmp_path / "out")
    assert "<script" not in (tmp_path / "out" / "report.html").read_text()


def test_that_a_model_that_finds_nothing_gets_a_report(tmp_path):
    write_image(tmp_path / "0.tif")
    e = evaluate(dataset_of(1), tmp_path, {0: predictions_at([], [])})
    write_report(e, tmp_path / "out")
    metrics = json.loads((tmp_path / "out" / "metrics.json").read_text())
    assert metrics["detection"]["recall"]["value"] == 0
    assert metrics["detection"]["precision"]["value"] is None


def test_that_a_model_that_finds_only_nonsense_gets_a_report(tmp_path):
    write_image(tmp_path / "0.tif")
    e = evaluate(dataset_of(1), tmp_path, {0: predictions_at([(50, 35)], [0.4])})
    write_report(e, tmp_path / "out")
    assert e.detection["best_cut"].value is None


def test_that_the_shared_stacks_are_scored_perfectly_by_their_own_truth():
    root = shared_data() / "rr30a_3d"
    dataset = read_coco(root / "val.json")
    by_image = dataset.by_image()
    truth = {}
    for i, image in enumerate(dataset.images):
        heads = np.array([a.head for a in by_image[image.id]])
        boxes = np.column_stack([heads[:, :2] - 5, heads[:, :2] + 5])
        truth[i] = Predictions.build("truth", boxes, np.ones(len(heads)), z=heads[:, 2])
    e = evaluate(dataset, root, truth)
    assert (e.detection["f1"].value, e.detection["ap"].value) == (1, 1)
    assert e.n_spines == 69
