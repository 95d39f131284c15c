"""labelme's canvas with the same picture and boxes: PYTHON labelme_canvas.py BOXES."""

from __future__ import annotations

import sys
import time

from clock import HEIGHT, SIDE, VIEWS, WIDTH, median_ms, picture, say, wait_until_exposed
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


def shown(n: int) -> tuple[QtWidgets.QScrollArea, Canvas, float]:
    """Return the scrolled canvas with its shapes, and the CPU s that taking them cost."""
    plane, boxes = picture(n)
    grey = (plane // 16).astype("uint8")
    height, width = grey.shape
    image = QtGui.QImage(grey.data, width, height, width, QtGui.QImage.Format_Grayscale8)
    canvas, area = Canvas(), QtWidgets.QScrollArea()
    area.setWidget(canvas)
    area.setWidgetResizable(True)
    area.resize(WIDTH, HEIGHT)
    canvas.load_pixmap(QtGui.QPixmap.fromImage(image))
    start = time.process_time()
    canvas.load_shapes(
        [rectangle(*box, COLOURS[i % len(COLOURS)]) for i, box in enumerate(boxes.tolist())]
    )
    spent = time.process_time() - start
    area.show()
    wait_until_exposed(area, QtWidgets.QApplication.processEvents)
    return area, canvas, spent


def look(area: QtWidgets.QScrollArea, canvas: Canvas, scale: float) -> None:
    canvas.scale = scale
    canvas.adjustSize()
    canvas.update()
    QtWidgets.QApplication.processEvents()
    for bar in (area.horizontalScrollBar(), area.verticalScrollBar()):
        bar.setValue(bar.maximum() // 2)
    QtWidgets.QApplication.processEvents()


def hit_ms(canvas: Canvas, calls: int = 50) -> float:
    """Return what one move of the mouse costs."""
    start = time.process_time()
    for i in range(calls):
        at = QtCore.QPointF(WIDTH / 2 + i % 3, HEIGHT / 2)
        none = QtCore.Qt.NoButton
        canvas.mouseMoveEvent(
            QtGui.QMouseEvent(QtCore.QEvent.MouseMove, at, none, none, QtCore.Qt.NoModifier)
        )
    return (time.process_time() - start) / calls * 1000


def main(n: int) -> None:
    application = QtWidgets.QApplication([])
    area, canvas, spent = shown(n)
    result: dict[str, object] = {"renderer": "labelme", "n": n, "build s": spent}
    for view, scale in VIEWS.items():
        look(area, canvas, scale or min(WIDTH, HEIGHT) / SIDE)
        result[view] = median_ms(QtCore, canvas, lambda _: canvas.repaint())
    middle = canvas.shapes[n // 2]

    def edit(i: int) -> None:
        step = QtCore.QPointF(1 if i % 2 else -1, 0)
        middle.points = [point + step for point in middle.points]
        canvas.repaint()

    result |= {"edit": median_ms(QtCore, canvas, edit), "hit": hit_ms(canvas)}
    application.processEvents()
    say(result)


if __name__ == "__main__":
    main(int(sys.argv[1]))
