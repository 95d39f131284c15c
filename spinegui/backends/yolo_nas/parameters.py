"""What a detector's folder holds beside the network: its variant, what scores are worth, scale."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from spinegui.backends.base import BackendError
from spinegui.backends.classical.arrays import read_arrays
from spinegui.backends.classical.estimate import ScaleModel
from spinegui.backends.yolo_nas.calibration import Calibrations
from spinegui.backends.yolo_nas.network import VARIANTS
from spinegui.backends.yolo_nas.views import BOX_HEADS, HEAD_PX
from spinegui.storage.strict_json import Fields, StrictJsonError, load_strict

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = "detector.json"
SCALE = "scale.npz"


@dataclass(frozen=True)
class Parameters:
    """`scale` reads a head's width off images whose pixel size nobody knows."""

    variant: str
    scale: ScaleModel
    calibrations: Calibrations = field(default_factory=Calibrations)

    def save(self, folder: Path) -> None:
        """Write both files. Raises OSError."""
        values = {
            "variant": self.variant,
            "head_px": HEAD_PX,
            "box_heads": BOX_HEADS,
            "calibration": self.calibrations.to_json(),
        }
        (folder / SETTINGS).write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")
        np.savez(folder / SCALE, **self.scale.to_arrays())  # type: ignore[arg-type]  # names vary

    @classmethod
    def load(cls, folder: Path) -> Parameters:
        """Read both files; raises BackendError."""
        try:
            fields = Fields.of(load_strict(folder / SETTINGS), "The detector's settings")
            for name, ours in (("head_px", HEAD_PX), ("box_heads", BOX_HEADS)):
                if fields.number(name) != ours:
                    fields.fail(name, str(ours))
            calibration = Fields.of(fields.values.get("calibration"), "calibration").values
            scale = ScaleModel.from_arrays(read_arrays(folder / SCALE))
            variant = fields.text("variant")
            if variant not in VARIANTS:
                fields.fail("variant", "s, m or l")
            return cls(variant, scale, Calibrations.from_json(calibration))
        except (OSError, StrictJsonError, KeyError, TypeError, ValueError) as err:
            raise BackendError(
                f"The detector in {folder} cannot be used ({err}). Import the model again."
            ) from err
