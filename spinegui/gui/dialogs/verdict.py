"""Whether a new model is better than the old one, in words that claim no more than the figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spinegui.gui.language import later, ntr, tr

if TYPE_CHECKING:
    from spinegui.domain.bootstrap import Estimate
    from spinegui.gui.comparison_data import Compared

DETECTION = ("f1", "F1")
CLASSES = ("class/accuracy", later("class accuracy"))


def verdict(compared: Compared | None) -> str:
    """Return in a few sentences whether the new model is better, and how that was measured."""
    if compared is None:
        return tr(
            "Not measured: no reviewed image was held out of the training. Review more images, or "
            "retrain and choose to measure by cross-validation."
        )
    key, name = _headline(compared)
    change = compared.comparison.changes.get(key)
    words = [_judgement(change, name, is_crossed=bool(compared.folds))]
    if key == DETECTION[0]:
        words += _on_classes(compared)
    if compared.folds:
        words.append(
            tr(
                "Each image was looked at by one of {folds} models trained without it; the "
                "new model itself is trained on all.",
                folds=compared.folds,
            )
        )
    if compared.n_seen:
        words.append(
            tr(
                "The old model was trained on {n_seen} of these images, so the figures may "
                "look better than they are.",
                n_seen=compared.n_seen,
            )
        )
    return " ".join(words)


def is_better(compared: Compared) -> bool:
    """Tell whether the interval of the change in the figure that counts most is above zero."""
    change = compared.comparison.changes.get(_headline(compared)[0])
    return change is not None and change.low is not None and change.low > 0


def describe_change(change: Estimate) -> str:
    """Return a change with its interval."""
    if change.value is None:
        return tr("not measured")
    interval = ""
    if change.low is not None and change.high is not None:
        interval = tr("  ({low:+.3f} to {high:+.3f})", low=change.low, high=change.high)
    return f"{change.value:+.3f}{interval}".replace("-", "−")


def _headline(compared: Compared) -> tuple[str, str]:
    key, name = DETECTION if compared.detects else CLASSES
    return key, tr(name)


def _judgement(change: Estimate | None, name: str, *, is_crossed: bool) -> str:
    if change is None:
        return tr(
            "Too little to say whether it is better: no spine has a class that people gave it."
        )
    images = ntr("image", "images", change.n_images)
    how = tr("by cross-validation over {} {}") if is_crossed else tr("on {} held-out {}")
    n = tr("{format} with {n} spines", format=how.format(change.n_images, images), n=change.n)
    if change.value is None or change.low is None or change.high is None:
        return tr("Too little to say whether it is better, {n}.", n=n)
    if change.low > 0:
        return tr("Better {n}: {name} rose by {value:.2f}.", n=n, name=name, value=change.value)
    if change.high < 0:
        return tr("Worse {n}: {name} fell by {value:.2f}.", n=n, name=name, value=-change.value)
    return tr(
        "No clear difference {n}: the interval of the change in {name} includes zero.",
        n=n,
        name=name,
    )


def _on_classes(compared: Compared) -> list[str]:
    """Return a sentence on the classes of found spines where they changed for sure."""
    change = compared.comparison.changes.get(CLASSES[0])
    if change is None or change.value is None or change.low is None or change.high is None:
        return []
    if change.low > 0:
        return [tr("Class accuracy rose by {value:.2f}.", value=change.value)]
    return (
        [tr("Class accuracy fell by {value:.2f}.", value=-change.value)] if change.high < 0 else []
    )
