"""Real images, real models of the rogue backend and sealed jobs for them."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pytest
import tifffile

from spinegui.engine.handle import Limits
from spinegui.engine.local import LocalEngine
from spinegui.jobs.events import Cancelled, Done, Event, Failed
from spinegui.jobs.payloads import DetectPayload, ImageInput
from spinegui.jobs.spec import JobKind, JobSpec, seal
from tests.support import rogue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_E = TypeVar("_E", bound=Event)

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 60.0
"""Only reached by a test that fails."""
SPINES_XY = ((6, 6), (20, 7), (9, 24))


class Heard:
    """Takes a job's events on the engine's threads and lets a test wait for one."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._news = threading.Condition()

    def __call__(self, event: Event) -> None:
        with self._news:
            self.events.append(event)
            self._news.notify_all()

    def wait_for(self, kind: type[_E], accept: Callable[[_E], bool] = lambda _: True) -> _E:
        """Return the first event of that kind that `accept` accepts."""

        def found() -> _E | None:
            fitting = (e for e in self.events if isinstance(e, kind) and accept(e))
            return next(fitting, None)

        with self._news:
            event = self._news.wait_for(found, PATIENCE_S)
        assert event is not None, f"no {kind.__name__} among {self.events}"
        return event

    @property
    def endings(self) -> list[Event]:
        return [e for e in self.events if isinstance(e, Done | Failed | Cancelled)]


class Workshop:
    """Makes jobs below one folder and engines that are shut down with it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._count = 0
        self._engines: list[LocalEngine] = []

    def engine(self, *, python: Path | None = None, **limits: float) -> LocalEngine:
        made = LocalEngine(str(python) if python else None, Limits(**limits))
        self._engines.append(made)
        return made

    def close(self) -> None:
        for engine in self._engines:
            engine.shutdown()

    def image(self, name: str = "a.tif", *, n_z: int = 1) -> Path:
        """Write an image with three bright dots, once: an earlier job may be reading it."""
        path = self.folder / name
        if path.exists():
            return path
        pixels = np.zeros((n_z, 32, 32), np.uint8)
        for x, y in SPINES_XY:
            pixels[n_z // 2, y, x] = 200
        tifffile.imwrite(path, pixels[0] if n_z == 1 else pixels, photometric="minisblack")
        return path

    def model(self, behaviour: str = "good") -> Path:
        folder = self.folder / f"model-{behaviour}"
        return folder if folder.exists() else rogue.make_model(folder, behaviour)

    def detect(self, behaviour: str = "good", *images: ImageInput) -> Path:
        """Seal a detect job with a model that behaves so."""
        inputs = images or (ImageInput(str(self.image())),)
        model = str(self.model(behaviour))
        return self.seal(JobKind.DETECT, DetectPayload(inputs, model, model).to_json())

    def seal(self, kind: JobKind, payload: dict[str, object]) -> Path:
        folder = self.new_folder()
        seal(folder, JobSpec(folder.name, kind, payload))
        return folder

    def new_folder(self) -> Path:
        self._count += 1
        folder = self.folder / f"job-{self._count}"
        folder.mkdir()
        return folder

    def interpreter(self, code: str) -> Path:
        """Write an executable that takes the place of a worker's Python and runs this code."""
        if sys.platform == "win32":
            pytest.skip("needs a script that the system runs by its first line")
        self._count += 1
        path = self.folder / f"python-{self._count}"
        path.write_text(f"#!{sys.executable}\nimport os, sys, time\n{code}\n", encoding="utf-8")
        path.chmod(0o755)
        return path


def open_workshop(folder: Path) -> Iterator[Workshop]:
    """Yield a workshop whose workers know the rogue backend; for a fixture of any scope."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPINEGUI_BACKENDS", rogue.BACKENDS)
        patch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
        workshop = Workshop(folder)
        yield workshop
        workshop.close()


def wait_until_gone(pid: int) -> bool:
    """Wait for the end of any process, not only of a child; Linux only."""
    import select

    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], PATIENCE_S)[0])
    finally:
        os.close(handle)
