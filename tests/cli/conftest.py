"""The command line called as others' scripts call it, on small synthetic images."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from spinegui.cli import main
from spinegui.storage.model_store import ModelStore
from spinegui.synthesis.sample import SAMPLE, SampleTruth, make_sample
from spinegui.synthesis.settings import TINY
from tests.support import rogue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[2]
TINY_STACK = replace(TINY, n_z=6, z_step_um=0.4)


@dataclass(frozen=True)
class Called:
    """What one call gave back."""

    code: int
    out: str
    err: str

    @property
    def result(self):
        return json.loads(self.out)


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> SampleTruth:
    """The sample's files by name, each a few spines in a small frame or stack."""
    recipes = [
        replace(r, settings=TINY_STACK if r.settings.is_stack else TINY, seed=i)
        for i, r in enumerate(SAMPLE, start=1)
    ]
    return make_sample(tmp_path_factory.mktemp("sample"), recipes=recipes)


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Callable[..., Called]:
    """Run the program in this process; a traceback would fail the test by itself."""

    def run(*arguments: object) -> Called:
        capsys.readouterr()
        code = main([str(a) for a in arguments])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Called(code, out, err)

    return run


@pytest.fixture
def store(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelStore]:
    """A store with the quick model “good” active in both roles, and workers that know it."""
    monkeypatch.setenv("SPINEGUI_BACKENDS", rogue.BACKENDS)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
    made = ModelStore()
    made.add(rogue.make_model(home / "good"), "good")
    made.promote("good")
    return made


@pytest.fixture
def project(call: Callable[..., Called], sample: SampleTruth, tmp_path: Path) -> Path:
    """A project with the sample's truth imported: images, boxes, labels, all reviewed."""
    path = tmp_path / "p.spine"
    assert call("import", path, sample.truth).code == 0
    return path
