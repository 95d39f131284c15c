"""Makes the detector that ships from trained weights: folds, calibrates, exports, seals.

python packaging/models/ship_yolo_nas.py --data DATA --work DIR [--out FOLDER]

Scores are calibrated on the images of `train` that were set aside; synthetic ones among them count
for nothing here. `val` is never read.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
from fit_yolo_nas import WEIGHTS, Console, read_scenes
from network_images import sources

import spinegui
from spinegui.backends.classical.detector import ClassicalDetector
from spinegui.backends.onnx_session import open_session
from spinegui.backends.yolo_nas.calibration import Calibration, Calibrations, Kind
from spinegui.backends.yolo_nas.detector import NETWORK, YoloNasDetector
from spinegui.backends.yolo_nas.export import export
from spinegui.backends.yolo_nas.folding import folded
from spinegui.backends.yolo_nas.network import build
from spinegui.backends.yolo_nas.parameters import Parameters
from spinegui.backends.yolo_nas.selection import Outcome, judge
from spinegui.storage.model_manifest import ModelManifest, seal_model
from spinegui.storage.resources import resource
from spinegui.worker.probe import library_versions

_KINDS = {
    Kind.PLANE: ("frames", "projections"),
    Kind.STACK: ("stacks",),
    Kind.CUT_OUT: ("cut out",),
}
_REAL = tuple(name for names in _KINDS.values() for name in names)

LICENCE = "BSD-3-Clause (weights); super-gradients' code is Apache-2.0, its own weights unused"
SOURCES = (
    "MPFI two-photon frames, split train (CC BY 4.0 as declared by a third party)",
    "PyMapManager-Data rr30a, split train (MIT)",
    "Dendritic-Spine-Analyzer-YOLO11 (Meng), split train (MIT)",
    "Synthetic images of this project (BSD-3-Clause)",
)


def main() -> None:
    """Write the model folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=resource("models") / "yolo-nas-s")
    chosen = parser.parse_args()
    chosen.out.mkdir(parents=True, exist_ok=True)
    network = build("s")
    from safetensors.torch import load_file

    network.load_state_dict(load_file(chosen.work / WEIGHTS))
    export(folded(network), chosen.out / NETWORK)
    found = sources(chosen.data, chosen.work, n_frames=200, n_stacks=40)
    _, _, aside, names = read_scenes(found, {}, only_aside=True)
    scale = ClassicalDetector.load(resource("models/classical")).parameters.scale
    parameters = Parameters("s", scale)
    detector = YoloNasDetector(open_session(chosen.out / NETWORK), parameters, "")
    outcome = judge(aside, detector.run, Console())
    replace(parameters, calibrations=_calibrations(outcome, names)).save(chosen.out)
    figures = {name: _figures(outcome, names, name) for name in dict.fromkeys(names)}
    text = json.dumps({"set aside from train": figures}, indent=1)
    (chosen.out / "figures.json").write_text(text + "\n", encoding="utf-8")
    seen = [image.file.read_bytes() for s in found if s.name in _REAL for image in s.images]
    manifest = ModelManifest(
        name=chosen.out.name, backend="yolo_nas", roles=("detector",), seed=1,
        code_version=spinegui.__version__, library_versions=dict(library_versions()),
        settings={"variant": "s"}, metrics={"set aside from train": figures},
        licence=LICENCE, sources=SOURCES,
        trained_on=tuple(hashlib.sha256(content).hexdigest() for content in seen),
    )  # fmt: skip
    seal_model(chosen.out, manifest)
    print(text)


def _real(outcome: Outcome, names: list[str]) -> Outcome:
    return outcome.of(np.isin(names, _REAL))


def _calibrations(outcome: Outcome, names: list[str]) -> Calibrations:
    of_kind = {}
    for kind, wanted in _KINDS.items():
        mine = outcome.of(np.isin(names, wanted))
        of_kind[kind] = Calibration.fitted(mine.scores, mine.is_hit)
    everything = _real(outcome, names)
    return Calibrations(Calibration.fitted(everything.scores, everything.is_hit), of_kind)


def _figures(outcome: Outcome, names: list[str], name: str) -> dict[str, object]:
    mine = outcome.of(np.array([n == name for n in names]))
    cut = round(mine.best_cut, 4)
    return {"n": mine.n, "best_f1": round(mine.best_f1, 4), "best_cut_before_calibration": cut}


if __name__ == "__main__":
    main()
