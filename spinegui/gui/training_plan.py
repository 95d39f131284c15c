"""What a retraining would do, before it starts: data, split, and one training a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from spinegui.gui.language import later, tr
from spinegui.jobs.train_bundle import FRESH, TrainOrder

if TYPE_CHECKING:
    from spinegui.domain.split import Part
    from spinegui.storage.model_store import ModelInfo
    from spinegui.storage.training_set import TrainingSet

BACKEND_NAMES = {
    "classical": later("Classical"),
    "yolo_nas": "YOLO-NAS",
    "inception_v3": later("InceptionV3"),
}
ROLE_NAMES = {"detector": later("detector"), "classifier": later("classifier")}
FITS_AT_ONCE = frozenset({"classical"})
"""Backends without epochs, whose training takes seconds, so that a few more are no question."""


@dataclass(frozen=True, slots=True)
class Start:
    """What a training starts from, a model or, by its name, an architecture afresh."""

    base: ModelInfo | str
    roles: tuple[str, ...]

    @property
    def backend(self) -> str:
        return self.base if isinstance(self.base, str) else self.base.backend

    @property
    def name(self) -> str:
        return tr("{base} afresh", base=self.base) if isinstance(self.base, str) else self.base.name

    def words(self, whole: tuple[str, ...]) -> str:
        """Return how it is offered for these roles; says so where it makes but one of them."""
        if isinstance(self.base, str):
            text = tr("{backend_name} afresh", backend_name=backend_name(self.backend))
        else:
            text = tr("{name}, in use now", name=self.base.name)
        return (
            text
            if self.roles == whole
            else tr("{text} ({roles_words} only)", text=text, roles_words=roles_words(self.roles))
        )


@dataclass(frozen=True, slots=True)
class RolePlan:
    """One training: a new model of this name for these roles, and the model that has them now.

    `epochs` None leaves them to the backend.
    """

    active: ModelInfo
    roles: tuple[str, ...]
    name: str
    start: Start
    epochs: int | None = None

    @property
    def starts(self) -> tuple[Start, ...]:
        """Everything that it may start from: the active model first."""
        afresh = (
            Start(name, tuple(role for role in roles if role in self.roles))
            for name, roles in FRESH.items()
        )
        return (Start(self.active, self.roles), *(start for start in afresh if start.roles))

    def order(self, folds: int) -> TrainOrder:
        """Return it as the worker is told."""
        is_afresh = isinstance(self.start.base, str)
        return TrainOrder(
            base=self.start.base,
            name=self.name,
            epochs=self.epochs,
            folds=folds,
            roles=self.start.roles,
            against=self.active if is_afresh else None,
        )


@dataclass(frozen=True, slots=True)
class SplitImage:
    """An image of the project, what it is used for, and whether somebody looked at it."""

    name: str
    part: Part
    is_reviewed: bool


@dataclass(frozen=True)
class Plan:
    """What a training would use; shown before it starts."""

    training: TrainingSet
    held_out: TrainingSet | None
    split: tuple[SplitImage, ...]
    roles: tuple[RolePlan, ...]
    folds: int = 0
    """How many folds measure by cross-validation; 0 for none."""

    @property
    def n_unreviewed(self) -> int:
        return sum(1 for image in self.split if not image.is_reviewed)


def backend_name(backend: str) -> str:
    """Return what people call a backend."""
    return tr(BACKEND_NAMES.get(backend, backend))


def roles_words(roles: tuple[str, ...]) -> str:
    """Return roles as they stand in a sentence: "detector and classifier"."""
    return tr(" and ").join(tr(ROLE_NAMES.get(role, role)) for role in roles)
