"""A picture of the window is kept where a test of the whole program fails."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from collections.abc import Generator


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call" and report.failed:
        folder = Path(os.environ.get("SPINEGUI_SCREENSHOTS", tempfile.gettempdir()))
        for number, window in enumerate(QApplication.topLevelWidgets()):
            if window.isVisible():
                path = folder / f"{item.name}-{number}.png"
                if window.grab().save(str(path)):
                    report.sections.append(("Screenshot", str(path)))
    return report
