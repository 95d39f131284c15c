"""How much of a network's speed is left once the program has cut tiles and linked what it found.

    python -m tests.benchmarks.network_throughput [--detector FOLDER] [--classifier FOLDER]
        [--turns 3] [--side 640] [--spines 16] [--seed 0]

The product is `view_of` and `find` with the detector's own `run`, or `classify`; the peer is
onnxruntime alone on the very arrays that the product showed it. Both run on one thread in one
process, in random order within a turn. CPU time holds on a busy machine. PyTorch in evaluation mode
is timed too where it is installed. Memory is the peak of a process of its own, which did nothing
else. Without folders the shipped models are measured; where no detector ships, one with random
weights, which marks every anchor: more work for the linking than any image gives.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from spinegui.backends.base import Frame
from spinegui.backends.classical.scale import HEAD_UM
from spinegui.backends.onnx_session import open_session
from spinegui.storage.model_store import ModelStore
from spinegui.synthesis.scene import make_image
from spinegui.synthesis.settings import FRAME, STACK
from tests.backends.detection import Silent
from tests.benchmarks import own_process

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from spinegui.backends.yolo_nas.detector import YoloNasDetector
    from tests.benchmarks.own_process import Result

PRODUCT, BARE, TORCH = "product", "onnxruntime alone", "PyTorch, eval"
NOTHING = "nothing run"
_FINE_UM = HEAD_UM / 9
"""At this pixel size the network's grid is the image's."""


def frame_of(side: int, *, stack: bool) -> Frame:
    """A synthetic plane `side` px wide and half as high, or a stack of 8 slices."""
    base = replace(STACK, n_z=8) if stack else FRAME
    settings = replace(base, width=side, height=side // 2, pixel_um=_FINE_UM)
    image = make_image(1, settings)
    return Frame(image.pixels, image.pixel_size)


def detector_ways(
    folder: Path, frame: Frame
) -> tuple[dict[str, Callable[[], object]], list[NDArray[np.float32]]]:
    """Return what to time by name, and the tiles that one look at the frame takes."""
    from spinegui.backends.yolo_nas.detector import NETWORK, YoloNasDetector
    from spinegui.backends.yolo_nas.parameters import Parameters

    session = open_session(folder / NETWORK, threads=1)
    detector = YoloNasDetector(session, Parameters.load(folder), "measured")
    tiles: list[NDArray[np.float32]] = []

    def record(images: NDArray[np.float32]) -> Any:
        tiles.append(images)
        return detector.run(images)

    _look(detector, frame, record)
    ways: dict[str, Callable[[], object]] = {
        PRODUCT: lambda: _look(detector, frame, detector.run),
        BARE: lambda: [session.run(None, {"images": tile}) for tile in tiles],
    }
    if (evaluate := _torch_eval(folder, detector.parameters.variant)) is not None:
        ways[TORCH] = lambda: [evaluate(tile) for tile in tiles]
    return ways, tiles


def _look(detector: YoloNasDetector, frame: Frame, run: Any) -> object:
    from spinegui.backends.classical.head_width import head_px
    from spinegui.backends.yolo_nas.linking import find
    from spinegui.backends.yolo_nas.views import view_of

    view = view_of(frame, head_px(frame, detector.parameters.scale))
    return find(view, run, Silent())


def _torch_eval(folder: Path, variant: str) -> Callable[[NDArray[np.float32]], object] | None:
    try:
        import torch

        from spinegui.backends.yolo_nas import export, frameworks
        from spinegui.backends.yolo_nas.network import boxes_and_scores

        frameworks.prepare()
    except ImportError:
        return None
    torch.set_num_threads(1)
    network = export.load(folder / export.NETWORK, variant).eval()

    def evaluate(tile: NDArray[np.float32]) -> object:
        with torch.inference_mode():
            return boxes_and_scores(network, torch.from_numpy(tile))

    return evaluate


def classifier_ways(
    folder: Path, frame: Frame, n: int
) -> tuple[dict[str, Callable[[], object]], list[NDArray[np.float32]]]:
    """Return what to time by name, and the crops of n spines, batch by batch."""
    from spinegui.backends.inception_v3.classifier import INPUT, PROBABILITIES, InceptionClassifier
    from spinegui.backends.inception_v3.weights import NETWORK, Description

    session = open_session(folder / NETWORK, threads=1)
    crops: list[NDArray[np.float32]] = []

    class Recording(InceptionClassifier):
        def probabilities(self, some: NDArray[np.float32]) -> NDArray[np.float64]:
            crops.append(some)
            return super().probabilities(some)

    description = Description.load(folder)
    rng = np.random.default_rng(0)
    corners = rng.uniform(20, min(frame.pixels.shape[1:]) - 40, (n, 2))
    boxes, z = np.concatenate([corners, corners + 14.0], axis=1), np.full(n, np.nan)
    Recording(session, description).classify(frame, boxes, z)
    classifier = InceptionClassifier(session, description)
    ways: dict[str, Callable[[], object]] = {
        PRODUCT: lambda: classifier.classify(frame, boxes, z),
        BARE: lambda: [session.run([PROBABILITIES], {INPUT: batch}) for batch in crops],
    }
    return ways, crops


def time_in_turns(ways: Mapping[str, Callable[[], object]], turns: int, seed: int) -> list[Result]:
    """Return the median CPU and wall seconds of each way, in random order within a turn."""
    order = random.Random(seed)  # noqa: S311
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for _ in range(turns):
        for name in order.sample(list(ways), len(ways)):
            cpu, wall = time.process_time(), time.perf_counter()
            ways[name]()
            times[name].append((time.process_time() - cpu, time.perf_counter() - wall))
    return [
        {"way": name, "n": turns, "cpu s": statistics.median(t[0] for t in found),
         "wall s": statistics.median(t[1] for t in found)}
        for name, found in times.items()
    ]  # fmt: skip


def measure(case: str, options: argparse.Namespace) -> list[Result]:
    """Time one case in this process: plane, stack or classifier."""
    frame = frame_of(options.side, stack=case == "stack")
    if case == "classifier":
        ways, shown = classifier_ways(Path(options.classifier), frame, options.spines)
    else:
        ways, shown = detector_ways(Path(options.detector), frame)
    rows = time_in_turns(ways, options.turns, options.seed)
    images = sum(len(batch) for batch in shown)
    shape = max(list(batch.shape[1:]) for batch in shown)
    return [{**row, "case": case, "images": images, "shape": shape} for row in rows]


def peak_mb(way: str, options: argparse.Namespace) -> float:
    """Look at a plane once in this process and return its peak memory in MB."""
    from spinegui.backends.yolo_nas.detector import NETWORK, YoloNasDetector
    from spinegui.backends.yolo_nas.parameters import Parameters

    frame, folder = frame_of(options.side, stack=False), Path(options.detector)
    if way != NOTHING:
        session = open_session(folder / NETWORK, threads=1)
        if way == PRODUCT:
            detector = YoloNasDetector(session, Parameters.load(folder), "measured")
            _look(detector, frame, detector.run)
        else:
            session.run(None, {"images": np.zeros((1, *json.loads(options.shape)), np.float32)})
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


def shipped(backend: str) -> Path | None:
    """Return the folder of the shipped model of a backend."""
    found = [m.folder for m in ModelStore().list() if m.shipped and m.backend == backend]
    return found[0] if found else None


def random_detector(folder: Path) -> Path:
    """Export a network with random weights; ImportError or BackendError without the framework."""
    from spinegui.backends.classical.detector import ClassicalDetector
    from spinegui.backends.yolo_nas import frameworks
    from spinegui.backends.yolo_nas.parameters import Parameters
    from spinegui.storage.resources import resource as shipped_file

    frameworks.prepare()
    from spinegui.backends.yolo_nas.export import NETWORK, export
    from spinegui.backends.yolo_nas.folding import folded
    from spinegui.backends.yolo_nas.network import build

    export(folded(build("s")), folder / NETWORK)
    scale = ClassicalDetector.load(shipped_file("models/classical")).parameters.scale
    Parameters("s", scale).save(folder)
    return folder


def words_of(options: argparse.Namespace) -> list[str]:
    """Return the options as a case in its own process takes them."""
    names = ("detector", "classifier", "turns", "side", "spines", "seed")
    given = {name: getattr(options, name) for name in names}
    return [w for name, v in given.items() if v is not None for w in (f"--{name}", str(v))]


def run(case: str, options: argparse.Namespace) -> dict[str, Result]:
    """Time a case in a process of its own; rows by way."""
    rows = own_process.run_case(__file__, "--case", case, *words_of(options))["rows"]
    return {row["way"]: row for row in rows}


def run_peaks(options: argparse.Namespace, shape: Sequence[int]) -> dict[str, float]:
    """Return the peak memory in MB by way, each from a process of its own.

    `shape` is that of the largest tile of a plane, for onnxruntime alone.
    """
    found = {}
    for way in (NOTHING, BARE, PRODUCT):
        words = ("--way", way, "--shape", json.dumps(shape), *words_of(options))
        found[way] = float(own_process.run_case(__file__, *words)["MB"])
    return found


def kept(rows: Mapping[str, Result]) -> float:
    """Return the share of onnxruntime's own throughput that the product reaches."""
    return float(rows[BARE]["cpu s"]) / float(rows[PRODUCT]["cpu s"])


def table(rows: Sequence[Result]) -> str:
    """Return rows of one case as a Markdown table."""
    lines = [
        "| what | images | turns | CPU s | images / CPU s | wall s |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for row in rows:
        speed = row["images"] / row["cpu s"]
        lines.append(
            f"| {row['case']}: {row['way']} | {row['images']} of {row['shape']} | {row['n']} | "
            f"{row['cpu s']:.2f} | {speed:.2f} | {row['wall s']:.2f} |"
        )
    return "\n".join(lines)


def parser() -> argparse.ArgumentParser:
    """Return what reads the command line."""
    made = argparse.ArgumentParser(description=__doc__)
    made.add_argument("--detector", help="a model folder; the shipped one if left out")
    made.add_argument("--classifier", help="a model folder; the shipped one if left out")
    made.add_argument("--turns", type=int, default=3)
    made.add_argument("--side", type=int, default=640)
    made.add_argument("--spines", type=int, default=16)
    made.add_argument("--seed", type=int, default=0)
    made.add_argument("--case", help=argparse.SUPPRESS)
    made.add_argument("--way", help=argparse.SUPPRESS)
    made.add_argument("--shape", help=argparse.SUPPRESS)
    return made


def main() -> int:
    """Print the tables."""
    options = parser().parse_args()
    say = sys.stdout.write
    if options.way:
        say(json.dumps({"MB": peak_mb(options.way, options)}) + "\n")
        return 0
    if options.case:
        say(json.dumps({"rows": measure(options.case, options)}) + "\n")
        return 0
    say(f"{own_process.machine()}\n\n")
    with tempfile.TemporaryDirectory() as folder:
        options.detector = options.detector or shipped("yolo_nas") or random_detector(Path(folder))
        options.classifier = options.classifier or shipped("inception_v3")
        shape: list[int] = []
        cases = ["plane", "stack", *(["classifier"] if options.classifier else [])]
        for case in cases:
            rows = run(case, options)
            shape = shape or rows[PRODUCT]["shape"]
            say(f"{table(list(rows.values()))}\n\nkept: {kept(rows):.3f}\n\n")
        peaks = run_peaks(options, shape)
        say("peak memory: " + ", ".join(f"{way} {mb:.0f} MB" for way, mb in peaks.items()) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
