"""napari's viewer with the same picture and boxes: PYTHON napari_viewer.py BOXES.

It draws with OpenGL: on a machine without a GPU this times the software renderer, so its figures
are reported and never a goal.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import napari
import numpy as np
from clock import FRAMES, HEIGHT, VIEWS, WIDTH, picture, say
from qtpy import QtWidgets

if TYPE_CHECKING:
    from collections.abc import Callable

COLOURS = ("#E69F00", "#56B4E9", "#009E73", "#CC79A7")
FEWER = FRAMES // 2


def cpu_ms(step: Callable[[int], object], times: int) -> float:
    """Return the median CPU ms of a step."""
    found = []
    for i in range(times):
        begun = time.process_time()
        step(i)
        found.append(time.process_time() - begun)
    return float(np.median(found)) * 1000


def main(n: int) -> None:
    plane, boxes = picture(n)
    viewer = napari.Viewer(show=True)
    viewer.window._qt_window.resize(WIDTH, HEIGHT)
    viewer.add_image(plane, contrast_limits=(0, 4000))
    start = time.process_time()
    layer = viewer.add_shapes(
        [np.array([[y0, x0], [y1, x1]]) for x0, y0, x1, y1 in boxes.tolist()],
        shape_type="rectangle",
        edge_color=[COLOURS[i % len(COLOURS)] for i in range(n)],
        face_color="transparent",
        edge_width=1,
    )
    spent = time.process_time() - start
    result: dict[str, object] = {"renderer": "napari", "n": n, "build s": spent}

    def frame(_: int) -> None:
        viewer.window._qt_viewer.canvas._scene_canvas.render()  # waits until it is drawn
        QtWidgets.QApplication.processEvents()

    def edit(i: int) -> None:
        data = list(layer.data)
        data[n // 2] = data[n // 2] + (1 if i % 2 else -1)
        layer.data = data
        frame(i)

    for view, scale in VIEWS.items():
        viewer.reset_view()
        if scale is not None:
            viewer.scene.camera.zoom = scale
        frame(0)
        result[view] = cpu_ms(frame, FEWER)
    middle = (plane.shape[0] / 2, plane.shape[1] / 2)
    result["hit"] = cpu_ms(lambda _: layer.get_value(middle), 20)
    result["edit"] = cpu_ms(edit, 3)
    viewer.close()
    say(result)


if __name__ == "__main__":
    main(int(sys.argv[1]))
