"""An evaluation on disk: metrics.json, three figures and one page that needs nothing else."""

from __future__ import annotations

import base64
import json
from html import escape
from typing import TYPE_CHECKING

from spinegui.domain.bootstrap import RESAMPLES
from spinegui.domain.matching import MatchBy
from spinegui.reports import figures, pictures
from spinegui.reports.crops import crops_html
from spinegui.reports.metrics_file import CLASS_ROWS, DETECTION_ROWS, metrics_json
from spinegui.reports.style import STYLE
from spinegui.storage.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from spinegui.domain.bootstrap import Estimate
    from spinegui.reports.evaluation import ClassResult, Evaluation
    from spinegui.reports.provenance import Provenance

_MATCH_WORDS = {
    MatchBy.CENTER: "its centre lies in the annotated box, or within 1.2 µm and 3 slices of the "
    "annotated head where there is one",
    MatchBy.IOU: "the boxes overlap by at least half of their union",
}


def write_report(
    evaluation: Evaluation,
    folder: Path,
    *,
    provenance: Provenance | None = None,
    overwrite: bool = False,
) -> None:
    """Write metrics.json, confusion.png, pr.png, calibration.png and report.html into a folder.

    Raises FileExistsError where one of them is there and may not be replaced, before writing any;
    OSError, and what reading the pictures' images raises.
    """
    metrics = json.dumps(
        metrics_json(evaluation, provenance), indent=2, ensure_ascii=False, allow_nan=False
    )
    files: dict[str, bytes | str] = {
        "metrics.json": metrics + "\n",
        **_figures(evaluation, figures.LIGHT),
        "report.html": page_html(evaluation, provenance),
    }
    folder.mkdir(parents=True, exist_ok=True)
    there = [name for name in files if (folder / name).exists()]
    if there and not overwrite:
        raise FileExistsError(f"{folder / there[0]} exists already.")
    for name, data in files.items():
        write_whole(folder / name, data)


def _figures(evaluation: Evaluation, theme: figures.Theme) -> dict[str, bytes]:
    best = evaluation.given_boxes or evaluation.matched
    subtitle = "Given the boxes" if evaluation.given_boxes else "On detections that match"
    return {
        "confusion.png": figures.confusion_png(best, subtitle, theme),
        "pr.png": figures.pr_png(evaluation, theme),
        "calibration.png": figures.calibration_png(evaluation, theme),
    }


def page_html(evaluation: Evaluation, provenance: Provenance | None = None) -> str:
    """Return the report as one HTML page with everything inside.

    Raises what reading the images of its pictures raises.
    """
    light, dark = (_figures(evaluation, theme) for theme in (figures.LIGHT, figures.DARK))
    images = {name: (light[name], dark[name]) for name in light}
    models = ", ".join(evaluation.models) or "classes given the boxes"
    parts = [
        f"<h1>Evaluation</h1><p class=lead>{escape(models)} on {len(evaluation.images)} images "
        f"with {evaluation.n_spines} annotated spines</p>",
        _cards(evaluation),
        "<h2>Spines found</h2>" if evaluation.detection else "",
        _figure_pair(images, "pr.png", "calibration.png") if evaluation.detection else "",
        _table(evaluation.detection, DETECTION_ROWS) if evaluation.detection else "",
        "<h2>Classes</h2>",
        _classes(evaluation, images),
        "<h2>Images</h2>",
        _pictures(evaluation),
        provenance.to_html() if provenance else "",
        _method(evaluation),
    ]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>Evaluation of {escape(models)}</title><style>{STYLE}</style></head>"
        f"<body><main>{''.join(parts)}</main></body></html>\n"
    )


def _cards(evaluation: Evaluation) -> str:
    found = evaluation.detection or {}
    best = evaluation.given_boxes or evaluation.matched
    cards = [(DETECTION_ROWS[k][0], found[k]) for k in ("f1", "ap", "count_bias") if k in found]
    if best:
        cards.append(("Class accuracy", best.figures["accuracy"]))
    return (
        "<div class=cards>"
        + "".join(
            f"<div class=card><div class=name>{escape(name)}</div>"
            f"<div class=value>{_number(e.value)}</div>"
            f"<div class=range>{_interval(e)}, n = {e.n}</div></div>"
            for name, e in cards
        )
        + "</div>"
    )


def _table(values: Mapping[str, Estimate], rows: Mapping[str, tuple[str, str]]) -> str:
    body = "".join(
        f"<tr><th scope=row>{name}<small>{what}</small></th><td>{_number(values[key].value)}</td>"
        f"<td>{_interval(values[key])}</td><td>{values[key].n}</td></tr>"
        for key, (name, what) in rows.items()
    )
    head = "<tr><th></th><th>Value</th><th>95 % interval</th><th>n</th></tr>"
    return f"<table><thead>{head}</thead><tbody>{body}</tbody></table>"


def _classes(evaluation: Evaluation, images: Mapping[str, tuple[bytes, bytes]]) -> str:
    parts = []
    results = {
        "Given the annotated boxes": evaluation.given_boxes,
        "On detections that found a spine": evaluation.matched,
    }
    for title, result in results.items():
        if result is not None:
            parts += [f"<h3>{title}</h3>", _table(result.figures, CLASS_ROWS), _per_class(result)]
    if not parts:
        return "<p>Not measured: no spine here has both a person's and a model's class.</p>"
    shown = evaluation.given_boxes or evaluation.matched
    assert shown is not None
    crops = crops_html(shown, evaluation.images, evaluation.images_root)
    return f"<div class=figures>{_image(images, 'confusion.png')}</div>{crops}{''.join(parts)}"


def _per_class(result: ClassResult) -> str:
    rows = []
    for label in result.table.label_ids:
        cells = "".join(
            f"<td>{_number(e.value)}<small>{_interval(e)}</small></td>"
            for e in (result.figures[f"{name}/{label}"] for name in ("precision", "recall", "f1"))
        )
        n = result.figures[f"recall/{label}"].n
        dot = f'<i class=dot style="background:{figures.label_colour(label)}"></i>'
        name = escape(figures.label_name(label))
        rows.append(f"<tr><th scope=row>{dot}{name}</th>{cells}<td>{n}</td></tr>")
    head = "<tr><th></th><th>Precision</th><th>Recall</th><th>F1</th><th>n</th></tr>"
    return f"<table><thead>{head}</thead><tbody>{''.join(rows)}</tbody></table>"


def _pictures(evaluation: Evaluation) -> str:
    if evaluation.detection is None:
        return "<p>No detections to show.</p>"
    chosen = pictures.choose(evaluation.images)
    items = "".join(
        f"<figure class=picture>{pictures.picture_svg(r, evaluation.images_root)}<figcaption>"
        f"<b>{escape(r.image.file_name)}</b> {len(r.truth) - len(r.missed)} of {len(r.truth)} "
        f"found, {int((r.is_kept & (r.matched < 0)).sum())} false</figcaption></figure>"
        for r in chosen
    )
    return (
        f"<p>The {len(chosen)} images with most errors first, at the cut of 0.5. "
        "<span class=key><i class=found></i>found, in the colour of its class</span>"
        "<span class=key><i class=false></i>not a spine</span>"
        f"<span class=key><i class=missed></i>missed</span></p><div class=pictures>{items}</div>"
    )


def _method(evaluation: Evaluation) -> str:
    left_out = [f"{n} of class {escape(x)}" for x, n in sorted(evaluation.left_out.items())]
    notes = [
        f"A detection finds a spine when {_MATCH_WORDS[evaluation.match_by]}; matching is greedy "
        "by score and one to one.",
        "Only what lies in reviewed regions and on the mask counts, where the dataset has them.",
        f"Intervals: {RESAMPLES} resamples of the images, seed {evaluation.seed}. With few images "
        "they are rough, and with one there is none.",
    ]
    if left_out:
        notes.append(
            f"Left out of the classes, which the model does not know: {', '.join(left_out)}."
        )
    if evaluation.unlabelled:
        notes.append(f"{evaluation.unlabelled} spines without a class count for detection only.")
    return "<h2>How this was measured</h2><ul>" + "".join(f"<li>{n}</li>" for n in notes) + "</ul>"


def _figure_pair(images: Mapping[str, tuple[bytes, bytes]], *names: str) -> str:
    return f"<div class=figures>{''.join(_image(images, name) for name in names)}</div>"


def _image(images: Mapping[str, tuple[bytes, bytes]], name: str) -> str:
    light, dark = (base64.b64encode(data).decode() for data in images[name])
    source = f'<source media="(prefers-color-scheme: dark)" srcset="data:image/png;base64,{dark}">'
    alt = name.removesuffix(".png")
    return f'<picture>{source}<img alt="{alt}" src="data:image/png;base64,{light}"></picture>'


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.3f}".replace("-", "−")


def _interval(e: Estimate) -> str:
    if e.low is None or e.high is None:
        return "no interval"
    return f"{_number(e.low)} to {_number(e.high)}"
