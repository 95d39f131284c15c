"""Does every correction make the next prediction better?

    python -m tests.benchmarks.learning_loop --model classical=FOLDER
        [--model networks=FOLDER,FOLDER] [--set mpfi|meng|boutons] [--frames 10]
        [--retrain-every 2] [--test 20] [--out FOLDER]

Images of a set that no base model ever saw arrive one by one. A simulated reviewer makes each
prediction agree with the annotations, and what was reviewed retrains the models after every few
images, by the jobs and the worker of the program. Held-out images of the same set tell how many
corrections a spine still takes, with retraining and without; older data tell what was forgotten.

FOLDER is a model folder, of a model trained without that set; a comma joins models of two roles.
`packaging/models/fit_naive.py` makes an embedded one that saw neither mpfi nor meng; the boutons
are new to the models that ship. A retraining continues from the last one, as
in the program; with --from-base each begins anew from the base.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from spinegui.domain.bootstrap import draw_weights, estimate, estimate_change, ratio
from spinegui.domain.metrics import detection_statistics
from spinegui.reports.evaluation import detection_table, evaluate
from spinegui.storage.model_store import ModelStore
from tests.benchmarks.learner import Desk, Learner, described
from tests.benchmarks.learning_plot import draw
from tests.benchmarks.learning_sets import SETS, Shown, four_classes, old_sets

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from spinegui.domain.bootstrap import Estimate, Weights
    from spinegui.domain.corrections import Corrections
    from spinegui.domain.predictions import Predictions
    from spinegui.reports.evaluation import Evaluation
    from tests.benchmarks.learning_sets import LoopSet

Json = dict[str, object]
KINDS = ("added", "rejected", "moved", "relabelled")
FEWER, NOT_WORSE = 0.30, -0.03
"""The goals: a share of corrections saved after ten images, and the F1 that older data may lose."""


class Loop:
    """One set, its reviewer and what is measured on it."""

    def __init__(self, data: Path, chosen: LoopSet, folder: Path, n_synthetic: int) -> None:
        self.set = chosen
        self.arriving, self.test = (
            self._described(shown, folder / name)
            for name, shown in (("arriving", chosen.arriving), ("test", chosen.test))
        )
        self.old = {
            name: self._described(shown, folder / name)
            for name, shown in old_sets(data, folder / "old", n_synthetic).items()
        }
        self.desk = Desk(self.arriving, chosen.redrawn_iou)
        self._test_desk = Desk(self.test, chosen.redrawn_iou)

    @staticmethod
    def _described(shown: Shown, folder: Path) -> Shown:
        folder.mkdir(parents=True)
        return described(shown, folder)

    def run(self, base: Learner, every: int, *, from_base: bool) -> Json:
        """Let the images arrive; returns all figures, as a JSON object."""
        without = base.detect(self.arriving)
        found, learner = list(without), base
        points = [Point(self, base, 0)]
        arrived: list[Json] = []
        reviewed = []
        for i in range(len(found)):
            reviewed.append(self.desk.review(i, found[i]))
            arrived.append(self._arrival(i, found[i], without[i]))
            if (i + 1) % every == 0:
                started = time.monotonic()
                start = base if from_base else learner
                learner = start.retrained(self.desk.training_set(reviewed), i + 1)
                seconds = time.monotonic() - started
                found[i + 1 :] = self._next(learner, i + 1)
                points.append(Point(self, learner, i + 1, seconds))
                note(points[-1], points[0])
        return {
            "backends": base.backends,
            "arriving": arrived,
            "test": [point.to_json(points[0]) for point in points],
            "old": self._forgotten(base, learner),
            "trainings": learner.told,
        }

    def _next(self, learner: Learner, first: int) -> list[Predictions]:
        images = self.arriving.dataset.images[first:]
        if not images:
            return []
        ids = {image.id for image in images}
        rest = type(self.arriving.dataset)(
            images,
            tuple(a for a in self.arriving.dataset.annotations if a.image_id in ids),
            self.arriving.dataset.categories,
        )
        return learner.detect(Shown(rest, self.arriving.root))

    def _arrival(self, i: int, found: Predictions, without: Predictions) -> Json:
        counted = {
            name: self.desk.count(i, predictions)
            for name, predictions in (("retrained", found), ("base", without))
        }
        return {
            "image": self.arriving.dataset.images[i].file_name,
            "spines": self.desk.n_spines(i),
            **{name: by_kind(c) for name, c in counted.items()},
        }

    def corrections_on_test(self, found: Sequence[Predictions]) -> list[Corrections]:
        return self._test_desk.corrections(found)

    def _forgotten(self, base: Learner, learner: Learner) -> Json:
        """Return what the last model lost on older data: F1 at the cut, paired by image."""
        pairs = {
            name: tuple(_measured(model, shown) for model in (base, learner))
            for name, shown in self.old.items()
        }
        everything = [tuple(e for pair in pairs.values() for e in (pair[k],)) for k in (0, 1)]
        return {
            "all": _change_of_f1(*everything),
            **{name: _change_of_f1((old,), (new,)) for name, (old, new) in pairs.items()},
        }


class Point:
    """How good a learner is on the test images after some were reviewed."""

    def __init__(self, loop: Loop, learner: Learner, reviewed: int, seconds: float = 0.0) -> None:
        self.reviewed = reviewed
        self.seconds = seconds
        found = learner.detect(loop.test)
        self.by_kind = loop.corrections_on_test(found)
        self.corrections = np.array([c.total for c in self.by_kind], np.float64)
        self.spines = np.array([len(s) for s in loop.test.dataset.by_image().values()], np.float64)
        shown = Shown(four_classes(loop.test.dataset), loop.test.root)
        given = learner.classify(shown) if loop.set.has_classes else None
        self.evaluation = evaluate(shown.dataset, shown.root, dict(enumerate(found)), given)

    def to_json(self, base: Point) -> Json:
        figures = self.evaluation.detection
        assert figures is not None
        given = self.evaluation.given_boxes
        classes = given.figures if given else None
        names = ("f1", "best_f1", "ap", "precision", "recall", "count_bias", "calibration_error")
        return {
            "reviewed": self.reviewed,
            "seconds": round(self.seconds, 1),
            "corrections_per_spine": self._per_spine().to_json(),
            "by_kind": by_kind(*self.by_kind),
            "saved": self.saved(base).to_json(),
            **{name: figures[name].to_json() for name in names},
            "class_accuracy": classes["accuracy"].to_json() if classes else None,
            "balanced_accuracy": classes["balanced_accuracy"].to_json() if classes else None,
        }  # fmt: skip

    def _per_spine(self) -> Estimate:
        def mean(weights: Weights) -> Mapping[str, np.ndarray]:
            return {"": ratio(weights @ self.corrections, weights @ self.spines)}

        return estimate(mean, draw_weights(len(self.spines)), int(self.spines.sum()))[""]

    def saved(self, base: Point) -> Estimate:
        """Return the share of the base's corrections that are not needed any more."""

        def share(weights: Weights) -> Mapping[str, np.ndarray]:
            return {"": 1 - ratio(weights @ self.corrections, weights @ base.corrections)}

        return estimate(share, draw_weights(len(self.spines)), int(self.spines.sum()))[""]


def by_kind(*counted: Corrections) -> Json:
    """Return the corrections by kind and in all."""
    kinds = {kind: sum(getattr(c, kind) for c in counted) for kind in KINDS}
    return {**kinds, "total": sum(c.total for c in counted)}


def _measured(learner: Learner, shown: Shown) -> Evaluation:
    found = learner.detect(shown, with_classes=False)
    return evaluate(shown.dataset, shown.root, dict(enumerate(found)))


def _change_of_f1(before: Sequence[Evaluation], after: Sequence[Evaluation]) -> Json:
    tables = [detection_table([r for e in side for r in e.images]) for side in (before, after)]
    weights, n = draw_weights(tables[0].n_images), int(tables[0].truths.sum())
    old, new = (partial(detection_statistics, table) for table in tables)
    return {
        "before": estimate(old, weights, n)["f1"].to_json(),
        "after": estimate(new, weights, n)["f1"].to_json(),
        "change": estimate_change(old, new, weights, n)["f1"].to_json(),
    }


def note(point: Point, base: Point) -> None:
    """Tell how far it is."""
    saved, figures = point.saved(base), point.evaluation.detection
    assert figures is not None
    now, before = (p.corrections.sum() / p.spines.sum() for p in (point, base))
    say(
        f"  {point.reviewed:3} reviewed: {now:.3f} corrections a spine, {before:.3f} without; "
        f"saved {saved.value:.0%} [{saved.low:.0%}, {saved.high:.0%}]; "
        f"F1 {figures['f1'].value:.3f}; retrained in {point.seconds:.0f} s"
    )


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def learners(
    specs: Sequence[str], loop: Loop, epochs: int | None, root: Path
) -> dict[str, Learner]:
    """Return a learner for each NAME=FOLDER[,FOLDER]; ends the program where a role is missing."""
    found: dict[str, Learner] = {}
    for spec in specs:
        name, _, folders = spec.partition("=")
        store = ModelStore(root / f"models {len(found)}")
        added = [store.add(Path(f), f"base-{i}") for i, f in enumerate(folders.split(",")) if f]
        models = {role: model for model in reversed(added) for role in model.roles}
        wanted = ("detector", "classifier") if loop.set.has_classes else ("detector",)
        missing = [role for role in wanted if role not in models]
        if missing:
            sys.exit(f"{name} has no {missing[0]}. Add its model folder: {name}=FOLDER,FOLDER")
        found[name] = Learner(store, {role: models[role] for role in wanted}, epochs)
    return found


def rows_of(results: Mapping[str, Json]) -> list[Json]:
    """Return one flat row a learner and point, for a table program."""
    rows = []
    for name, result in results.items():
        for point in result["test"]:  # type: ignore[attr-defined]
            row = {"model": name, "reviewed": point["reviewed"]}
            for key, value in point.items():
                if isinstance(value, dict) and "value" in value:
                    row |= {key: value["value"], f"{key}_low": value["low"],
                            f"{key}_high": value["high"]}  # fmt: skip
            rows.append(row | point["by_kind"])
    return rows


def write(results: Mapping[str, Json], about: Json, out: Path) -> None:
    """Write learning_loop.json, .csv and .png into the folder."""
    out.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"about": about, "results": results}, indent=1)
    (out / "learning_loop.json").write_text(text + "\n")
    rows = rows_of(results)
    with (out / "learning_loop.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    (out / "learning_loop.png").write_bytes(draw(results, about))


def verdict(result: Json) -> list[str]:
    """Return the goals and what was reached, in words."""
    last = result["test"][-1]  # type: ignore[index]
    saved, change = last["saved"], result["old"]["all"]["change"]  # type: ignore[index]
    return [
        f"{saved['value']:.0%} [{saved['low']:.0%}, {saved['high']:.0%}] fewer corrections a spine "
        f"after {last['reviewed']} images, n = {saved['n']} spines on {saved['n_images']} images "
        f"(goal {FEWER:.0%}: {'met' if saved['value'] >= FEWER else 'missed'})",
        f"F1 on older data changed by {change['value']:+.3f} [{change['low']:+.3f}, "
        f"{change['high']:+.3f}], n = {change['n']} spines on {change['n_images']} images "
        f"(goal above {NOT_WORSE}: {'met' if change['low'] > NOT_WORSE else 'missed'})",
    ]


def run(options: argparse.Namespace) -> dict[str, Json]:
    """Run every learner on the set and write the results."""
    results: dict[str, Json] = {}
    with tempfile.TemporaryDirectory(prefix="learning-") as name:
        folder = Path(name)
        chosen = SETS[options.set](options.data, options.frames, options.test, folder / "made")
        about: Json = {
            "set": chosen.name, "frames": len(chosen.arriving.dataset.images),
            "retrain_every": options.retrain_every, "test_images": len(chosen.test.dataset.images),
            "test_spines": chosen.test.n_spines, "from_base": options.from_base,
            "epochs": options.epochs, "models": options.model,
        }  # fmt: skip
        loop = Loop(options.data, chosen, folder, options.old)
        for label, learner in learners(options.model, loop, options.epochs, folder).items():
            say(f"{label} on {chosen.name}")
            results[label] = loop.run(learner, options.retrain_every, from_base=options.from_base)
            write(results, about, options.out)
            say("\n".join(f"  {line}" for line in verdict(results[label])))
    return results


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    here = Path(__file__).resolve().parents[3]
    parser.add_argument("--model", action="append", required=True, metavar="NAME=FOLDER[,FOLDER]")
    parser.add_argument("--data", type=Path, default=here / "shared" / "data")
    parser.add_argument("--set", choices=sorted(SETS), default="mpfi")
    parser.add_argument("--frames", type=int, default=10, help="images that are reviewed")
    parser.add_argument("--retrain-every", type=int, default=2, metavar="K")
    parser.add_argument("--test", type=int, default=20, help="images that only measure")
    parser.add_argument("--old", type=int, default=16, help="synthetic frames among the old data")
    parser.add_argument("--epochs", type=int, help="of each retraining (default: the backend's)")
    parser.add_argument("--from-base", action="store_true", help="each training from the base")
    parser.add_argument("--out", type=Path, default=Path("learning_loop"))
    return parser


if __name__ == "__main__":
    run(arguments().parse_args())
