"""Which frozen base a training uses: our own, from a model's file, or a trusted foreign one."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from spinegui.backends.inception_v3 import export
from spinegui.backends.inception_v3.base import saved_model, weights_sha256
from spinegui.backends.inception_v3.examples import Replay
from spinegui.backends.inception_v3.settings import checked_hub
from spinegui.backends.inception_v3.weights import (
    NETWORK,
    OWN_BASE,
    BaseWeights,
    Description,
    HeadWeights,
)
from spinegui.storage.resources import resource

if TYPE_CHECKING:
    from pathlib import Path

    from spinegui.backends.inception_v3.settings import Settings

SHIPPED = "models/inception-v3"


@dataclass(frozen=True, eq=False)
class ChosenBase:
    """The frozen base in use: what TensorFlow loads, what it is called, and its hash.

    `weights` are those of our own base, None for a foreign one. `head`, for `label_ids`, and
    `replay` are the model's that training starts from where they belong to the same base.
    """

    handle: str
    name: str
    sha256: str
    weights: BaseWeights | None = None
    head: HeadWeights | None = None
    label_ids: tuple[str, ...] = ()
    replay: Replay | None = None

    @classmethod
    def choose(cls, folder: Path, parent: Description, settings: Settings) -> ChosenBase:
        """Return the base by the settings, or the one of the model in `folder` that `parent` is.

        Raises BackendError where it is not trusted or cannot be read.
        """
        handle = settings.hub or parent.hub_handle
        if handle == OWN_BASE:
            if parent.hub_handle != OWN_BASE:
                return cls.own(export.read_weights(resource(SHIPPED) / NETWORK)[0], None, (), None)
            weights, head = export.read_weights(folder / NETWORK)
            return cls.own(weights, head, parent.label_ids, Replay.load(folder))
        address, sha = checked_hub(handle, settings.trusted)
        sha = sha or hashlib.sha256(handle.encode()).hexdigest()
        replay = Replay.load(folder)
        same = replay is not None and replay.base_sha256 == sha
        return cls(address, handle, sha, replay=replay if same else None)

    @classmethod
    def own(
        cls,
        weights: BaseWeights,
        head: HeadWeights | None,
        label_ids: tuple[str, ...],
        replay: Replay | None,
    ) -> ChosenBase:
        """Return our own base with these weights, unpacked for TensorFlow."""
        sha = weights_sha256(weights)
        same = replay is not None and replay.base_sha256 == sha
        handle = str(saved_model(weights))
        return cls(handle, OWN_BASE, sha, weights, head, label_ids, replay if same else None)
