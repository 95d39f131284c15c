"""Takes the pictures in resources/screenshots: the sample project from start to before and after.

Run `python packaging/screenshots.py`; it needs no screen. Each size of screen is a run of its own,
because Qt takes the scale of the screen only at its start.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from spinegui.gui.desk import Desk

OUT = Path(__file__).resolve().parents[1] / "resources" / "screenshots"
SIZE = (1280, 800)
PATIENCE_S = 240.0


def main() -> None:
    """Take all pictures, or one set of them in this process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--only", choices=("walk", "panels", "dark", "dense"), default=None)
    options = parser.parse_args()
    if options.only:
        Pictures(options.out, "dark" if options.only == "dark" else "light").take(options.only)
        return
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        # Settings and models of the person who runs this must not show in the pictures.
        places = {f"XDG_{kind}_HOME": home for kind in ("CONFIG", "CACHE", "DATA", "STATE")}
        # The walk leaves all but one image of the sample reviewed; the panels show that.
        for only, scale in (("dark", "1"), ("dense", "2"), ("walk", "1"), ("panels", "1")):
            extra = {"QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": scale, "USER": "you"}
            command = [sys.executable, __file__, "--out", str(options.out), "--only", only]
            subprocess.run(command, env=os.environ | places | extra, check=True)


class Pictures:
    """One window, driven as a person would and photographed on the way."""

    def __init__(self, out: Path, theme: str) -> None:
        from PySide6.QtWidgets import QApplication

        from spinegui.app import open_window
        from spinegui.gui.settings import Settings

        self._application = QApplication.instance() or QApplication([])
        settings = Settings()
        settings.theme = theme
        self._out = out
        self._desk: Desk = open_window(settings=settings)
        self._desk.window.resize(*SIZE)

    def take(self, which: str) -> None:
        """Take the pictures of one set."""
        self._open_sample()
        try:
            if which == "walk":
                self._walk()
            elif which == "panels":
                self._panels()
            else:
                # Larger pixels make a smaller file of a screen of twice the size.
                self._show_stack(zoom=5 if which == "dense" else 3)
                self._save(which)
        finally:
            self._desk.close()

    def _open_sample(self) -> None:
        desk = self._desk
        desk.stories.sample.run()
        self._until(lambda: desk.display.plane is not None)
        self._settle(0.5)
        self._until(lambda: all(job.is_over for job in desk.jobs.all))
        desk.notices.clear_toast()

    def _walk(self) -> None:
        self._save("start")
        self._show_stack()
        self._save("stack")
        self._review()
        self._train()
        self._compare()

    def _panels(self) -> None:
        """The panels and pages that the manual shows."""
        desk = self._desk
        document = desk.workspace.document
        assert document is not None
        last = [i for i in document.images if not document.annotation(i).is_reviewed][-1]
        desk.workspace.show_image(last)
        self._until(lambda: desk.display.plane is not None)
        desk.actions["history"].trigger()
        self._settle(0.5)
        self._save("history")
        desk.window.docks["history"].hide()
        desk.actions["queue"].trigger()
        self._settle(1.0)
        self._save("queue")
        desk.actions["queue"].trigger()
        desk.actions["gallery"].trigger()
        self._settle(2.0)
        self._save("gallery")

    def _show_stack(self, zoom: int = 3) -> None:
        """Show the first stack, with one of its spines selected, so many steps nearer."""
        desk = self._desk
        images = desk.workspace.document.images if desk.workspace.document else {}
        desk.workspace.show_image(next(key for key, ref in images.items() if ref.is_stack))
        self._until(lambda: desk.display.plane is not None)
        self._settle(0.3)
        spines = desk.workspace.shown_detections()
        spine = max(spines, key=lambda d: (d.label == "mushroom", d.score or 0.0))
        desk.navigate.go_to(spine)
        for _ in range(zoom):
            desk.canvas.zoom(1.25)
        desk.canvas.center_on(spine.box)

    def _review(self) -> None:
        """Decide on all images but the last as a person does who knows what is there."""
        from spinegui.gui.flows.review import new_id
        from spinegui.storage.exchange.coco import read_coco
        from spinegui.storage.rows import now
        from spinegui.synthesis.reviewer import Reviewer
        from spinegui.synthesis.sample_folder import ensure_sample, sample_folder

        desk = self._desk
        document = desk.workspace.document
        assert document is not None
        dataset = read_coco(ensure_sample(sample_folder()).truth)
        labels, spines = dataset.labels(), dataset.by_image()
        reviewer = Reviewer("you", now(), new_id)
        ids = {ref.name: image_id for image_id, ref in document.images.items()}
        for entry in dataset.images[:-1]:
            image_id = ids[Path(entry.file_name).name]
            size = document.pixel_size(image_id)
            annotation = document.annotation(image_id)
            for edit in reviewer.review(annotation, spines[entry.id], labels, size):
                document.push(edit)
        desk.workspace.show_image(ids[Path(dataset.images[-1].file_name).name])
        desk.notices.clear_toast()
        self._until(lambda: desk.display.plane is not None)
        self._settle(0.3)

    def _train(self) -> None:
        from spinegui.gui.dialogs.preflight import Preflight

        desk = self._desk
        desk.actions["retrain"].trigger()
        self._until(lambda: desk.window.findChild(Preflight) is not None)
        plan = desk.window.findChild(Preflight)
        assert plan is not None
        plan.accept()
        job = desk.jobs.all[0]
        self._until(lambda: bool(job.curves) or job.is_over)
        desk.navigate.step_detection(1, undecided_only=True)
        self._settle(1.0)  # the library of the curves is loaded with the first of them
        self._save("training")
        self._until(lambda: job.is_over)

    def _compare(self) -> None:
        from PySide6.QtWidgets import QPushButton

        from spinegui.gui.dialogs.comparison import ComparisonDialog

        window = self._desk.window
        self._until(lambda: bool(window.banners.texts()))
        buttons = window.banners.findChildren(QPushButton)
        next(button for button in buttons if button.text() == "Compare").click()
        self._until(lambda: window.findChild(ComparisonDialog) is not None)
        dialog = window.findChild(ComparisonDialog)
        assert dialog is not None
        dialog.tabs.setCurrentWidget(dialog.confusion)
        self._save("before_after", dialog)
        dialog.close()

    def _save(self, name: str, widget: QWidget | None = None) -> None:
        from PySide6.QtGui import QImage

        self._settle(0.6)
        picture = (widget or self._desk.window).grab().toImage()
        if picture.devicePixelRatio() > 1:
            # Six bits a channel make a file of two thirds the size.
            picture = picture.convertToFormat(QImage.Format.Format_RGB666)
        plain = picture.convertToFormat(QImage.Format.Format_RGB32)
        path = self._out / f"{name}.png"
        plain.save(str(path), quality=0)
        print(f"{path}  {path.stat().st_size // 1024} kB")

    def _until(self, condition: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE_S
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError("The window did not get there.")
            self._settle(0.02)

    def _settle(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._application.processEvents()
            time.sleep(0.005)


if __name__ == "__main__":
    main()
