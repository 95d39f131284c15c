"""What a headless walk through the sample came to, as a table and as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from spinegui.cli.figures import validation_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from typing import Any

    from spinegui.domain.corrections import Corrections


_TITLES = {"project": "Project", "model": "Model", "coco": "COCO", "csv": "Table"}


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts, the new model beside the shipped one, and where everything lies."""

    n_images: int
    n_spines: int
    n_reviewed: int
    corrections: Corrections
    base: str
    model: str
    seconds: float
    metrics: Mapping[str, Any]
    files: Mapping[str, Path]

    def lines(self, folder: Path) -> Iterator[str]:
        """Yield the table; files are named below the sample's folder."""
        done = self.corrections
        yield f"Sample: {self.n_images} images in {folder}"
        yield f"Spines: {self.n_spines} (score ≥ 0.5 or marked by a person)"
        yield f"Reviewed: {self.n_reviewed} images, {done.total} corrections"
        for count, what in (
            (done.confirmed, "left as the model had them"),
            (done.moved, "boxes drawn anew"),
            (done.relabelled, "labels changed"),
            (done.added, "missed spines drawn"),
            (done.rejected, "false predictions rejected"),
        ):
            yield f"  {count:>4} {what}"
        yield f"Trained: {self.model} from {self.base}, compared, in {self.seconds:.1f} s"
        for line in validation_lines(self.metrics):
            yield f"{line} ({self.base} → {self.model})" if line.startswith("Held") else line
        for what, path in self.files.items():
            yield f"{_TITLES.get(what, what)}: {path}"

    def to_json(self, folder: Path) -> dict[str, object]:
        """Return it as a JSON object."""
        return {
            "folder": str(folder),
            "images": self.n_images,
            "spines": self.n_spines,
            "reviewed_images": self.n_reviewed,
            "corrections": asdict(self.corrections),
            "base": self.base,
            "model": self.model,
            "seconds": round(self.seconds, 3),
            "metrics": self.metrics,
            "files": {what: str(path) for what, path in self.files.items()},
        }
