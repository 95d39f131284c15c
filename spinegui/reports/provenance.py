"""Where the figures of an evaluation come from: models, dataset and the command that repeats it."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spinegui.storage.model_store import ModelInfo

SHORT_SHA = 12


@dataclass(frozen=True, slots=True)
class Provenance:
    """What was measured on what.

    `models` holds the model of each role; `dataset_sha256` is of the annotation file's bytes.
    `trained_on` counts, by the model's sha, the images of the dataset that a model says it was
    trained on: figures on these are too good.
    """

    models: Mapping[str, ModelInfo]
    dataset: str
    dataset_sha256: str
    command: str
    program: str
    trained_on: Mapping[str, int]

    def by_model(self) -> dict[str, tuple[ModelInfo, tuple[str, ...]]]:
        """Return each model once, by its sha, with the roles that it filled here."""
        found: dict[str, tuple[ModelInfo, tuple[str, ...]]] = {}
        for role, model in self.models.items():
            _, roles = found.get(model.sha, (model, ()))
            found[model.sha] = model, (*roles, role)
        return found

    def to_json(self) -> dict[str, object]:
        """Return it as a JSON object."""
        return {
            "command": self.command,
            "program": self.program,
            "dataset": {"file": self.dataset, "sha256": self.dataset_sha256},
            "models": [
                {
                    "name": model.name,
                    "sha256": sha,
                    "roles": list(roles),
                    "backend": model.backend,
                    "parent": model.parent,
                    "created": model.created,
                    "licence": model.manifest.licence,
                    "sources": list(model.manifest.sources),
                    "images_trained_on": self.trained_on.get(sha, 0),
                }
                for sha, (model, roles) in self.by_model().items()
            ],
        }

    def to_html(self) -> str:
        """Return the section of the report: a block a model, then how to repeat the figures."""
        blocks = "".join(
            _model(model, roles, self.trained_on.get(sha, 0))
            for sha, (model, roles) in self.by_model().items()
        )
        return (
            f"<h2>What was measured</h2><div class=models>{blocks}</div>"
            f"<dl class=facts><dt>Dataset</dt><dd>{escape(self.dataset)} "
            f"<code>{self.dataset_sha256[:SHORT_SHA]}</code></dd>"
            f"<dt>Program</dt><dd>{escape(self.program)}</dd>"
            f"<dt>To repeat it</dt><dd><pre>{escape(self.command)}</pre></dd></dl>"
        )


def _model(model: ModelInfo, roles: tuple[str, ...], seen: int) -> str:
    manifest = model.manifest
    rows = [
        ("Identity", f"<code>{model.sha}</code>"),
        ("Backend", escape(model.backend)),
        (
            "Trained from",
            f"<code>{escape(model.parent[:SHORT_SHA])}</code>" if model.parent else "",
        ),
        ("Made", escape(model.created)),
        ("Licence", escape(manifest.licence)),
        ("Learned from", "<br>".join(map(escape, manifest.sources))),
    ]
    body = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in rows if value)
    warning = (
        f"<p class=warning>Trained on {seen} of these images: its figures here are too good.</p>"
        if seen
        else ""
    )
    does = escape(" and ".join(roles))
    return (
        f"<section class=model><h3>{escape(model.name)} <span>{does}</span></h3>{warning}"
        f"<dl class=facts>{body}</dl></section>"
    )
