"""The running job in the status bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spinegui.gui.job_strip import JobStrip
from spinegui.jobs.events import Cancelled, Progress
from spinegui.jobs.spec import JobKind
from tests.support.desks import open_images

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk


def test_that_a_running_detection_is_told_of_until_it_is_cancelled(
    qtbot: QtBot, desk: Desk, images: tuple[Path, ...]
) -> None:
    strip = desk.window.findChild(JobStrip, "job_strip")
    assert strip is not None
    open_images(qtbot, desk, images[0])
    assert strip.isHidden()
    desk.detect.run_on_shown()
    job = desk.jobs.all[0]
    desk.bridge.job_event.emit(Progress(job.id, 1, 2, 8, 40.0, "detecting"))
    qtbot.waitUntil(lambda: strip.isVisible() or job.is_over)
    strip.cancel.click()
    qtbot.waitUntil(lambda: job.is_over, timeout=30_000)
    qtbot.waitUntil(strip.isHidden)
    assert isinstance(job.ending, Cancelled)
    assert job.kind is JobKind.DETECT


def test_that_a_click_on_the_job_shows_its_card(desk: Desk, qtbot: QtBot) -> None:
    strip = desk.window.findChild(JobStrip, "job_strip")
    assert strip is not None
    cards = desk.jobs_panel.widget()  # it covers all of the panel, which counts as hidden then
    assert cards.visibleRegion().isEmpty()
    strip.text.click()
    qtbot.waitUntil(lambda: not cards.visibleRegion().isEmpty())
