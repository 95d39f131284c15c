"""What a task gets besides its payload."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from spinegui.jobs.results import result_dir

if TYPE_CHECKING:
    from pathlib import Path

    from spinegui.worker.models import ModelCache
    from spinegui.worker.reporter import JobReporter


@dataclass(frozen=True, slots=True)
class JobContext:
    """The job's folder, its way to report and the loaded models."""

    job_dir: Path
    reporter: JobReporter
    models: ModelCache

    @property
    def result_dir(self) -> Path:
        return result_dir(self.job_dir)
