"""napari's viewer with the same picture and boxes: PYTHON napari_viewer.py BOXES.

It draws with OpenGL: on a machine without a GPU this times the software renderer, so its figures
are reported and never a goal.
"""

from __future__ import annotations

import sys
import time

import napari
import numpy as np
from clock import FRAMES, HEIGHT, VIEWS, WIDTH, picture, say
from qtpy import QtWidgets

COLOURS = ("#E69F00", "#56B4E9", "#009E73", "#CC79A7")
FEWER = FRAMES // 2


def main(n: int) -> None:
    plane, boxes = picture(n)
    viewer = napari.Viewer(show=True)
    viewer.window._qt_window.resize(WIDTH, HEIGHT)
    viewer.add_image(plane, contrast_limits=(0, 4000))
    start = time.process_time()
    corners = [np.array([[y0, x0], [y1, x1]]) for x0, y0, x1, y1 in boxes.tolist()]
    colours = [COLOURS[i % len(COLOURS)] for i in range(n)]
    layer = viewer.add_shapes(
        corners, shape_type="rectangle", edge_color=colours, face_color="transparent", edge_width=1
    )
    result: dict[str, object] = {
        "renderer": "napari", "n": n, "build s": time.process_time() - start,
    }  # fmt: skip
    canvas = viewer.window._qt_viewer.canvas

    def frame(_: int = 0) -> None:
        canvas._scene_canvas.render()
        QtWidgets.QApplication.processEvents()

    for view, scale in VIEWS.items():
        viewer.reset_view()
        if scale is not None:
            viewer.scene.camera.zoom = scale
        for i in range(2):
            frame(i)
        times = []
        for i in range(FEWER):
            begun = time.process_time()
            frame(i)
            times.append(time.process_time() - begun)
        result[view] = float(np.median(times)) * 1000
    begun = time.process_time()
    for _ in range(20):
        layer.get_value((plane.shape[0] / 2, plane.shape[1] / 2))
    result["hit"] = (time.process_time() - begun) / 20 * 1000
    begun = time.process_time()
    for i in range(3):
        data = list(layer.data)
        data[n // 2] = data[n // 2] + (1 if i % 2 else -1)
        layer.data = data
        frame()
    result["edit"] = (time.process_time() - begun) / 3 * 1000
    viewer.close()
    say(result)


if __name__ == "__main__":
    main(int(sys.argv[1]))
