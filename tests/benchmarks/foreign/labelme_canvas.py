"""labelme's canvas with the same picture and boxes: PYTHON labelme_canvas.py BOXES."""

from __future__ import annotations

import sys
import time

from clock import HEIGHT, VIEWS, WIDTH, median_ms, picture, say, wait_until_exposed
from labelme._shape import Shape
from labelme.widgets.canvas import Canvas
from PyQt5 import QtCore, QtGui, QtWidgets

COLOURS = ("#E69F00", "#56B4E9", "#009E73", "#CC79A7")


def rectangle(x0: float, y0: float, x1: float, y1: float, colour: str) -> Shape:
    shape = Shape(label="spine", shape_type="rectangle")
    shape.line_color = QtGui.QColor(colour)
    shape.add_point(QtCore.QPointF(x0, y0))
    shape.add_point(QtCore.QPointF(x1, y1))
    shape.close()
    return shape


def main(n: int) -> None:
    application = QtWidgets.QApplication([])
    plane, boxes = picture(n)
    grey = (plane // 16).astype("uint8")
    image = QtGui.QImage(
        grey.data, *grey.shape[::-1], grey.shape[1], QtGui.QImage.Format_Grayscale8
    )
    canvas = Canvas()
    area = QtWidgets.QScrollArea()
    area.setWidget(canvas)
    area.setWidgetResizable(True)
    area.resize(WIDTH, HEIGHT)
    canvas.load_pixmap(QtGui.QPixmap.fromImage(image))
    start = time.process_time()
    shapes = [rectangle(*box, COLOURS[i % len(COLOURS)]) for i, box in enumerate(boxes.tolist())]
    canvas.load_shapes(shapes)
    result: dict[str, object] = {
        "renderer": "labelme", "n": n, "build s": time.process_time() - start,
    }  # fmt: skip
    area.show()
    wait_until_exposed(area, application.processEvents)

    def paint(_: int) -> None:
        area.viewport().repaint()
        canvas.repaint()

    for view, scale in VIEWS.items():
        canvas.scale = scale or min(WIDTH, HEIGHT) / plane.shape[0]
        canvas.adjustSize()
        canvas.update()
        application.processEvents()
        for bar in (area.horizontalScrollBar(), area.verticalScrollBar()):
            bar.setValue(bar.maximum() // 2)
        application.processEvents()
        result[view] = median_ms(QtCore, canvas, paint)
    middle = shapes[n // 2]

    def edit(i: int) -> None:
        step = QtCore.QPointF(1 if i % 2 else -1, 0)
        middle.points = [point + step for point in middle.points]
        canvas.repaint()

    result["edit"] = median_ms(QtCore, canvas, edit)

    def point_at(i: int) -> None:
        at = QtCore.QPointF(WIDTH / 2 + i % 3, HEIGHT / 2)
        event = QtGui.QMouseEvent(
            QtCore.QEvent.MouseMove,
            at,
            QtCore.Qt.NoButton,
            QtCore.Qt.NoButton,
            QtCore.Qt.NoModifier,
        )
        canvas.mouseMoveEvent(event)

    start = time.process_time()
    for i in range(50):
        point_at(i)
    result["hit"] = (time.process_time() - start) / 50 * 1000
    say(result)


if __name__ == "__main__":
    main(int(sys.argv[1]))
