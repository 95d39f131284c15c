"""What is told of a model: where it came from, and its figures with their intervals."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtGui import QTextCharFormat, QTextCursor, QTextDocument, QTextFormat

from spinegui.gui.language import later, ntr, tr
from spinegui.gui.training_plan import backend_name, roles_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from spinegui.storage.model_store import ModelInfo

CARD = "MODEL_CARD.md"
FIGURES = (
    ("detection", "f1", "F1"),
    ("detection", "precision", later("Precision")),
    ("detection", "recall", later("Recall")),
    ("detection", "ap", later("Average precision")),
    ("given_boxes", "accuracy", later("Class accuracy, given the boxes")),
    ("given_boxes", "balanced_accuracy", later("Balanced accuracy, given the boxes")),
    ("matched", "accuracy", later("Class accuracy of found spines")),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure; the interval is None where there were too few images."""

    name: str
    value: float
    low: float | None
    high: float | None
    n: int
    n_images: int

    def words(self) -> str:
        """Return it with its interval: 0.87 (0.83 to 0.91)."""
        if self.low is None or self.high is None:
            return f"{self.value:.2f}"
        return tr(
            "{value:.2f} ({low:.2f} to {high:.2f})", value=self.value, low=self.low, high=self.high
        )


def figures_of(model: ModelInfo) -> list[Figure]:
    """Return what was measured when it was trained here, the figure that counts most first."""
    after = _mapping(_mapping(model.metrics.get("validation")).get("after"))
    found = []
    for part, key, name in FIGURES:
        figure = _figure(tr(name), _mapping(_mapping(after.get(part)).get(key)))
        if figure is not None:
            found.append(figure)
    return found


def how_measured(model: ModelInfo) -> str:
    """Return on what the figures rest, "" where there are none."""
    found = figures_of(model)
    if not found:
        return ""
    images = ntr("image", "images", found[0].n_images)
    is_crossed = bool(_mapping(model.metrics.get("validation")).get("folds"))
    how = (
        tr("{images}, by cross-validation", images=images)
        if is_crossed
        else tr("held-out {images}", images=images)
    )
    return tr("on {n_images} {how}", n_images=found[0].n_images, how=how)


def describe_metrics(model: ModelInfo) -> str:
    """Return the figure of a model that counts most, or where to look for it."""
    found = figures_of(model)
    if found:
        return f"{found[0].name} {found[0].words()}, n = {found[0].n}"
    return tr("See its card below") if (model.folder / CARD).is_file() else tr("Not measured here")


def details(model: ModelInfo, names: Mapping[str, str], *, muted: str) -> str:
    """Return all that is known of a model as rich text; `names` tells other models by sha."""
    rows = [
        tr(
            '<tr><td style="color:{muted}; '
            'padding-right:16px">{escape}</td><td>{escape_2}</td></tr>',
            muted=muted,
            escape=html.escape(name),
            escape_2=html.escape(value),
        )
        for name, value in _facts(model, names)
    ]
    return f"<table>{''.join(rows)}</table>{_card(model)}"


def _facts(model: ModelInfo, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    manifest = model.manifest
    yield tr("Kind"), f"{backend_name(model.backend)}, {roles_words(model.roles)}"
    if model.label_ids:
        yield tr("Classes"), ", ".join(model.label_ids)
    if manifest.parent:
        yield (
            tr("Made from"),
            names.get(
                manifest.parent, tr("a deleted model ({parent})", parent=manifest.parent[:8])
            ),
        )
    if manifest.created:
        yield tr("Made"), manifest.created[:16].replace("T", " ")
    if manifest.trained_on:
        yield (
            tr("Learned from"),
            tr("{len} images, those of its parents included", len=len(manifest.trained_on)),
        )
    for figure in figures_of(model):
        yield figure.name, f"{figure.words()}, n = {figure.n}"
    if measured := how_measured(model):
        yield tr("Measured"), tr("{measured}; intervals hold 95 %", measured=measured)
    yield tr("Licence"), manifest.licence or tr("unknown")
    yield tr("Sources"), "; ".join(manifest.sources) or tr("unknown")
    made_with = (
        [tr("spinegui {code_version}", code_version=manifest.code_version)]
        if manifest.code_version
        else []
    )
    made_with += [f"{name} {version}" for name, version in manifest.library_versions.items()]
    yield tr("Made with"), ", ".join(made_with) or tr("unknown")
    yield tr("Identity"), model.sha[:16]


def _card(model: ModelInfo) -> str:
    """Return the model's own card as rich text, "" where it has none."""
    try:
        text = (model.folder / CARD).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
    document = QTextDocument()
    # Somebody else's card may hold HTML; it is shown as what it is, text.
    document.setMarkdown(text, QTextDocument.MarkdownFeature.MarkdownNoHTML)
    # Its headings are as large as a page's; here they head a paragraph.
    usual = QTextCharFormat()
    usual.setProperty(QTextFormat.Property.FontSizeAdjustment, 0)
    cursor = QTextCursor(document)
    cursor.select(QTextCursor.SelectionType.Document)
    cursor.mergeCharFormat(usual)
    return document.toHtml()


def _figure(name: str, found: Mapping[str, object]) -> Figure | None:
    value, n, n_images = found.get("value"), found.get("n"), found.get("n_images")
    if not isinstance(value, int | float) or not isinstance(n, int):
        return None
    low, high = (_number(found.get(key)) for key in ("low", "high"))
    return Figure(name, float(value), low, high, n, n_images if isinstance(n_images, int) else 0)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}
