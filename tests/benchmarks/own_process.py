"""Measures a case in a process of its own, so that no case warms up the next."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[2]

Result = dict[str, Any]


def run_case(
    script: str, *words: str, flags: Sequence[str] = (), python: str = sys.executable
) -> Result:
    """Run `python SCRIPT WORDS` and return the JSON object in its last line."""
    done = run_script(script, *words, flags=flags, python=python)
    result: Result = json.loads(done.stdout.splitlines()[-1])
    return result


def run_script(
    script: str, *words: str, flags: Sequence[str] = (), python: str = sys.executable
) -> subprocess.CompletedProcess[str]:
    """Run `python FLAGS SCRIPT WORDS` offscreen on one thread; RuntimeError where it fails."""
    environment = {
        **os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT),
        "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen"),
    }  # fmt: skip
    done = subprocess.run(
        [python, *flags, script, *words],
        env=environment, cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)} failed:\n{done.stderr}")
    return done


def p95(values: Sequence[float]) -> float | None:
    """Return the 95th percentile; None below 20 values, where it would be the maximum."""
    return statistics.quantiles(values, n=20)[-1] if len(values) >= 20 else None


def machine() -> str:
    """Return what a reader must know to read the figures."""
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return f"{os.cpu_count()} cores, load {load} (1, 5, 15 min)"
