"""Fits the embedded model and seals its folder.

Run `python packaging/models/fit_classical.py --data DIR`.

Everything is seeded: the same data and library versions give the same parameters.
"""

from __future__ import annotations

import argparse
import importlib
import json
from pathlib import Path

import numpy as np
import scipy

import spinegui
from spinegui.storage.model_manifest import ModelManifest, seal_model

OUT = Path(__file__).resolve().parents[2] / "resources" / "models" / "classical"
PARTS = {"detector": "fit_classical_detector", "classifier": "fit_classical_classifier"}
SOURCES = (
    "MPFI frames (Smirnov, Garrett, Yasuda 2018), CC BY 4.0 as declared by a third party",
    "PyMapManager-Data rr30a, MIT",
    "Dendritic-Spine-Analyzer-YOLO11 (Meng), MIT",
    "Synthetic images of this project",
)


def main() -> None:
    """Fit the parts asked for and seal the folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the data sets")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--only", choices=sorted(PARTS), help="fit one part, keep the other")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    figures_file = options.out / "figures.json"
    figures = json.loads(figures_file.read_text()) if figures_file.exists() else {}
    for role, module in PARTS.items():
        if options.only in (None, role):
            fit = getattr(importlib.import_module(module), f"fit_{role}")
            figures[role] = fit(options.data, options.out)
    figures_file.write_text(json.dumps(figures, indent=2) + "\n")
    print(seal(options.out, figures).sha)


def seal(
    folder: Path,
    figures: dict[str, object],
    *,
    name: str = "classical",
    sources: tuple[str, ...] = SOURCES,
) -> ModelManifest:
    """Write the manifest for what the folder holds."""
    roles = tuple(role for role in PARTS if any(folder.glob(f"{role}.*")))
    labels = ("mushroom", "thin", "stubby", "filopodia") if "classifier" in roles else ()
    manifest = ModelManifest(
        name=name, backend="classical", roles=roles, label_ids=labels,
        code_version=spinegui.__version__, seed=0, metrics=figures,
        library_versions={"numpy": np.__version__, "scipy": scipy.__version__},
        licence="BSD-3-Clause", sources=sources,
    )  # fmt: skip
    return seal_model(folder, manifest)


if __name__ == "__main__":
    main()
