"""Writes the colour tables of the window (resources/luts) from matplotlib's.

    python packaging/make_luts.py

Run once, when a table is added; the window, which must not load matplotlib,
reads the few kilobytes that this leaves.
"""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import numpy as np

NAMES = ("viridis", "magma", "inferno", "cividis")
TARGET = Path(__file__).resolve().parents[1] / "resources" / "luts" / "luts.npz"


def main() -> None:
    """Write 256 x 3 bytes (red, green, blue; dark first) a table."""
    tables = {
        name: np.rint(255 * mpl.colormaps[name](np.arange(256))[:, :3]).astype(np.uint8)
        for name in NAMES
    }
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(TARGET, **tables)
    print(TARGET, TARGET.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
