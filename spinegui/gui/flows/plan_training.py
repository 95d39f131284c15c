"""Plans a retraining: what was reviewed, how the images are split, one training a model."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from spinegui.domain.split import split_images
from spinegui.gui.training_plan import Plan, RolePlan, SplitImage, Start
from spinegui.jobs.train_bundle import by_model, held_out_set
from spinegui.storage.exchange.content import Content
from spinegui.storage.model_manifest import ROLES
from spinegui.storage.training_set import from_project

if TYPE_CHECKING:
    from spinegui.domain.split import Part
    from spinegui.gui.document import Document
    from spinegui.gui.flows.models import Models
    from spinegui.storage.model_store import ModelStore


def plan_training(document: Document, models: Models) -> Plan:
    """Return what a training would use now. Raises TrainingSetError, ModelStoreError."""
    content = content_of(document)
    parts = _parts(document)
    return Plan(
        training=from_project(content, parts=parts),
        held_out=held_out_set(content, parts),
        split=tuple(
            SplitImage(ref.name, parts[key], document.recorded_annotation(key).has_decisions)
            for key, ref in document.images.items()
        ),
        roles=_role_plans(models),
    )


def free_name(store: ModelStore, wanted: str = "", suffix: str = "") -> str:
    """Return that name or, where another window has taken it by now, the next one free."""
    taken = {model.name for model in store.list()}
    if wanted and wanted not in taken:
        return wanted
    number = 1
    while f"retrained-{number}{suffix}" in taken:
        number += 1
    return f"retrained-{number}{suffix}"


def content_of(document: Document) -> Content:
    """Return the document's state as training sets and exports read it."""
    return Content(
        project=document.project.path.name,
        seq=document.last_seq,
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        images=tuple(document.recorded_images.values()),
        annotations=document.recorded,
        label_set=document.label_set,
    )


def _role_plans(models: Models) -> tuple[RolePlan, ...]:
    """Return one training for each model that works now: a model may fill both roles."""
    found = by_model({role: models.active(role) for role in ROLES})
    plans = []
    for model, roles in found:
        suffix = f"-{'-'.join(roles)}" if len(found) > 1 else ""
        name = free_name(models.store, suffix=suffix)
        plans.append(RolePlan(model, roles, name, Start(model, roles)))
    return tuple(plans)


def _parts(document: Document) -> dict[str, Part]:
    """Return each image's part; decided once, kept in the project, never changed."""
    groups = {ref.id: ref.sha256 for ref in document.images.values()}
    document.fix_split(split_images(groups, fixed=document.split))
    return document.split
