"""A project's content as a CSV table, one row a spine, with a manifest beside it."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

from spinegui.domain.consensus import NO_CONSENSUS, Quorum, consensus
from spinegui.domain.detection import counted_votes
from spinegui.storage.exchange.spreadsheet import safe_cell
from spinegui.storage.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from spinegui.domain.detection import Detection
    from spinegui.domain.image_ref import ImageRef, PixelSize
    from spinegui.storage.exchange.content import Content

_COLUMNS = (
    "image", "image_sha256", "spine_id", "x_px", "y_px", "width_px", "height_px", "z_slice",
    "z_first_slice", "z_last_slice", "label", "label_source", "labelled_by", "score",
)  # fmt: skip
_LAST_COLUMNS = (
    "votes", "state", "origin", "model", "pixel_x_um", "pixel_y_um", "z_step_um",
    "pixel_size_source", "vote_raters", "vote_labels", "vote_how", "vote_blind",
    "consensus", "raters_agreeing", "raters_asked",
)  # fmt: skip


def export_table(content: Content, path: Path, *, overwrite: bool = False) -> None:
    """Write the table and, beside it, `<name>.manifest.json`.

    UTF-8 with a byte order mark, without which Excel garbles µ. Raises FileExistsError, OSError.
    """
    beside = manifest_path(path)
    if not overwrite and beside.exists():
        raise FileExistsError(f"{beside} exists already.")
    write_whole(path, "\ufeff" + table_text(content), overwrite=overwrite)
    manifest = {
        **content.manifest(),
        "images": [
            {"name": i.name, "path": i.path, "sha256": i.sha256, **_pixel_fields(content, i)}
            for i in content.images
        ],
    }
    text = json.dumps(manifest, indent=1, ensure_ascii=False)
    write_whole(beside, text + "\n", overwrite=overwrite)


def manifest_path(path: Path) -> Path:
    """Return where the manifest of a table lies."""
    return path.with_name(f"{path.stem}.manifest.json")


def table_text(content: Content) -> str:
    """Return the table as CSV text: a header, then images in order and spines down each image."""
    labels = _scored_labels(content)
    header = [*_COLUMNS, *(f"score_{label}" for label in labels), *_LAST_COLUMNS]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(map(safe_cell, header))
    for image in content.images:
        size = content.pixel_size(image)
        for d in content.detections(image):
            writer.writerow(_row(image, size, d, labels, content.quorum))
    return out.getvalue()


def _scored_labels(content: Content) -> list[str]:
    """Return the classes that get a score column: the project's, then others that models gave."""
    labels = dict.fromkeys(content.label_set.ids)
    for image in content.images:
        for d in content.detections(image):
            labels.update(dict.fromkeys(label for label, _ in d.class_scores))
    return list(labels)


def _row(
    image: ImageRef,
    size: PixelSize | None,
    d: Detection,
    labels: list[str],
    quorum: Quorum | None,
) -> list[str | float]:
    x, y, width, height = (round(v, 6) for v in d.box.as_xywh())
    first, last = d.z_range if d.z_range is not None else (None, None)
    agreeing = [vote.rater for vote in counted_votes(d.votes) if vote.label == d.label]
    scores = dict(d.class_scores)
    values = [
        image.name, image.sha256, d.id, x, y, width, height, d.z, first, last,
        d.label, label_source(d), "; ".join(agreeing), d.score,
        *(scores.get(label) for label in labels),
        "; ".join(f"{v.rater}: {v.label} ({v.at})" for v in d.votes),
        str(d.state), str(d.origin), d.model, *_pixel_values(size), *_vote_values(d),
        *_consensus_values(d, quorum),
    ]  # fmt: skip
    return [safe_cell(value) for value in values]


def label_source(d: Detection) -> str:
    """Tell who a label comes from: people, a model that a person agreed with, or a model alone."""
    if d.is_labelled_by_hand:
        return "person"
    if d.votes:
        return "model, accepted"
    if d.model_label is None:
        return ""
    return "model, accepted" if d.is_decided else "model"


def _vote_values(d: Detection) -> tuple[str, str, str, str]:
    """Return who voted, for what, how, and whether blind: four lists in the same order."""
    return (
        "; ".join(v.rater for v in d.votes),
        "; ".join(v.label for v in d.votes),
        "; ".join(str(v.how) for v in d.votes),
        "; ".join("yes" if v.is_blind else "no" for v in d.votes),
    )


def _consensus_values(d: Detection, quorum: Quorum | None) -> tuple[str, int, int]:
    """Return the consensus where one is asked for, and how many of how many raters agree."""
    found = consensus(d, quorum or Quorum())
    label = found.label or (NO_CONSENSUS if found.asked else "")
    return label if quorum is not None else "", found.agreeing, found.asked


def _pixel_values(size: PixelSize | None) -> tuple[str | float | None, ...]:
    if size is None:
        return None, None, None, "unknown"
    return size.x_um, size.y_um, size.z_um, size.source


def _pixel_fields(content: Content, image: ImageRef) -> dict[str, str | float | None]:
    names = ("pixel_x_um", "pixel_y_um", "z_step_um", "pixel_size_source")
    return dict(zip(names, _pixel_values(content.pixel_size(image)), strict=True))
