"""A mistake costs one sentence on stderr and exit code 2; nothing is written, nothing traced."""

from __future__ import annotations

import pytest

from spinegui.cli.main import VERBS

VERB_LINES = [(verb,) for verb in VERBS] + [
    ("models", action) for action in ("list", "import", "export", "promote", "rollback")
]


@pytest.fixture
def words(sample, tmp_path):
    """What the command lines below name."""
    (tmp_path / "broken.tif").write_bytes(b"II*\0 no image at all")
    (tmp_path / "text.json").write_text("{nothing")
    (tmp_path / "text.spine").write_text("no project")
    (tmp_path / "empty").mkdir()
    return {
        "image": sample.images[0], "truth": sample.truth, "images": sample.truth.parent,
        "out": tmp_path / "out", "dir": tmp_path, "train": sample.train,
    }  # fmt: skip


MISTAKES = [
    ("{dir}/nothing.tif", "does not exist"),
    ("detekt {image}", "--help"),
    ("detect {dir}/nothing.tif -o {out}", "does not exist"),
    ("detect {dir}/broken.tif -o {out}", "broken.tif"),
    ("detect {dir}/empty -o {out}", "no image"),
    ("detect {image} -o {dir}/no/out.json", "does not exist"),
    ("detect {image} -o {dir}", "is a folder"),
    ("detect {image} -o {out} --model nobody", "nobody"),
    ("detect {image} -o {out} --min-score 2", "between 0 and 1"),
    ("detect {image} -o {out} --min-score nan", "between 0 and 1"),
    ("detect {image} -o {out} --pixel-size 0", "--pixel-size"),
    ("detect {image} -o {out} --pixel-size nan", "--pixel-size"),
    ("detect {image} -o {out} --channel 3", "--channel"),
    ("detect {image} -o {out} --time -1", "--time"),
    ("detect {image}", "-o"),
    ("classify {dir}/text.json --images {images} -o {out}", "text.json"),
    ("classify {truth} --images {dir}/nothing -o {out}", "--images"),
    ("classify {truth} --images {dir}/empty -o {out}", "dendrite_01.tif"),
    ("evaluate {dir}/nothing.json --images {images} -o {out}", "nothing.json"),
    ("evaluate {truth} --images {dir}/nothing -o {out}", "--images"),
    ("evaluate {truth} --images {images} -o {image}", "is a file"),
    ("evaluate {truth} --images {images} -o {out} --match touch", "--match"),
    ("train --model m", "--coco"),
    ("train {dir}/text.spine --model m", "text.spine"),
    ("train {dir}/nothing.spine --model m", "does not exist"),
    ("train --coco {train} --model m", "--images"),
    ("train --coco {train} --images {dir}/nothing --model m", "--images"),
    ("train --coco {train} --images {images} --model m --epochs 0", "--epochs"),
    ("train --coco {train} --images {images} --model classical", "classical"),
    ("train --coco {train} --images {images} --model m --folds 1", "--folds"),
    ("train --coco {train} --val {train} --images {images} --model m --folds 3", "--folds"),
    ("train --coco {train} --images {images} --model ../m", "name"),
    ("train --coco {train} --images {images}", "--model"),
    ("train --coco {train} --images {images} --model m --base nobody", "nobody"),
    ("train --coco {train} --images {images} --model m --set variant", "KEY=VALUE"),
    ("train --coco {train} --images {images} --model m --variant s", "--base"),
    (
        "train --coco {train} --images {images} --model m --base yolo_nas --pretrained coco",
        "--accept-licence",
    ),
    ("train --resume {dir}/nothing", "--resume"),
    ("train --resume {dir}/empty", "job"),
    ("train --resume {dir}/empty --model m", "Leave out"),
    ("train --coco {train} --images {images} --model m --engine tls://h:1", "--engine local"),
    ("import {dir}/p.spine {dir}/nothing.json", "does not exist"),
    ("import {dir}/p.spine {dir}/text.json --images {images}", "text.json"),
    ("import {dir}/no/p.spine {truth}", "no"),
    ("import {dir}/text.spine {truth}", "text.spine"),
    ("export {dir}/text.spine -o {out} --format coco", "text.spine"),
    ("export {dir}/nothing.spine -o {out} --format coco", "does not exist"),
    ("export {dir}/empty -o {out} --format coco", "is a folder"),
    ("export {dir}/nothing.spine -o {out} --format yolo", "coco"),
    ("log {dir}/text.spine", "text.spine"),
    ("models import {dir}/text.json", "text.json"),
    ("models export nobody {out}", "nobody"),
    ("models promote nobody", "nobody"),
    ("models rollback detector", "detector"),
    ("models rollback judge", "judge"),
    ("models", "ACTION"),
]


@pytest.mark.logs_warning  # by tifffile, of broken.tif
@pytest.mark.parametrize(("line", "said"), MISTAKES, ids=[line for line, _ in MISTAKES])
def test_that_a_mistake_is_explained(call, words, line, said):
    called = call(*line.format(**words).split())
    assert called.code == 2
    assert said in called.err
    assert called.out == ""
    assert not words["out"].exists() or not any(words["out"].iterdir())
    assert not (words["dir"] / "p.spine").exists()


@pytest.mark.parametrize("words", VERB_LINES, ids=" ".join)
def test_that_every_verb_and_action_has_help_quiet_and_json(call, words):
    called = call(*words, "--help")
    assert called.code == 0
    assert "--quiet" in called.out
    assert "--json" in called.out


def test_that_output_options_may_stand_before_or_after_the_action(call):
    assert call("models", "--json", "list").result == call("models", "list", "--json").result
    assert call("models", "list", "--quiet").out.startswith("classical")


def test_that_help_and_version_are_said(call):
    assert "detect" in call("--help").out
    assert call("--version").out.startswith("spinegui ")
