"""InceptionV3 up to its 2048 features, written once for every framework that has to build it.

Szegedy et al. 2016 (CVPR, p. 2818), in the variant of the usual feature vectors: no auxiliary
output, averages that leave the border out. Each convolution is followed by a rectifier. Our base
halves its 224 x 224 crops first: a crop shows a head on 37 px where microscopes give it 5 to 15, so
nothing is lost, and two cores train and run it four times as fast.
"""

from __future__ import annotations

from typing import Protocol, TypeVar

N_FEATURES = 2048

X = TypeVar("X")


class Ops(Protocol[X]):
    """What a framework does with a tensor; convolutions come in one fixed order."""

    def conv(
        self, x: X, filters: int, kernel: tuple[int, int], *, stride: int = 1, same: bool = True
    ) -> X:
        """Convolve, add the bias (or normalise), rectify."""
        ...

    def max_pool(self, x: X) -> X:
        """Take the maximum of 3 x 3, every second pixel, whole windows only."""
        ...

    def average(self, x: X) -> X:
        """Average 3 x 3 around each pixel, of those that are inside."""
        ...

    def halve(self, x: X) -> X:
        """Average each 2 x 2 pixels to one."""
        ...

    def concat(self, parts: list[X]) -> X:
        """Join along the channels."""
        ...

    def mean(self, x: X) -> X:
        """Average over all pixels."""
        ...


def build(ops: Ops[X], image: X) -> X:
    """Return the features (n, 2048) of images (n, 224, 224, 3) from -1 to 1.

    Axes may be in the framework's own order.
    """
    x = ops.conv(ops.halve(image), 32, (3, 3), stride=2, same=False)
    x = ops.conv(x, 32, (3, 3), same=False)
    x = ops.max_pool(ops.conv(x, 64, (3, 3)))
    x = ops.conv(x, 80, (1, 1), same=False)
    x = ops.max_pool(ops.conv(x, 192, (3, 3), same=False))
    for n in (32, 64, 64):
        x = _fine(ops, x, n)
    x = _coarser(ops, x)
    for n in (128, 160, 160, 192):
        x = _long(ops, x, n)
    x = _coarsest(ops, x)
    for _ in range(2):
        x = _wide(ops, x)
    return ops.mean(x)


def _pooled(ops: Ops[X], x: X, filters: int) -> X:
    return ops.conv(ops.average(x), filters, (1, 1))


def _fine(ops: Ops[X], x: X, n_pooled: int) -> X:
    plain = ops.conv(x, 64, (1, 1))
    five = ops.conv(ops.conv(x, 48, (1, 1)), 64, (5, 5))
    double = ops.conv(ops.conv(ops.conv(x, 64, (1, 1)), 96, (3, 3)), 96, (3, 3))
    return ops.concat([plain, five, double, _pooled(ops, x, n_pooled)])


def _coarser(ops: Ops[X], x: X) -> X:
    three = ops.conv(x, 384, (3, 3), stride=2, same=False)
    double = ops.conv(ops.conv(x, 64, (1, 1)), 96, (3, 3))
    double = ops.conv(double, 96, (3, 3), stride=2, same=False)
    return ops.concat([three, double, ops.max_pool(x)])


def _long(ops: Ops[X], x: X, n: int) -> X:
    plain = ops.conv(x, 192, (1, 1))
    seven = ops.conv(ops.conv(x, n, (1, 1)), n, (1, 7))
    seven = ops.conv(seven, 192, (7, 1))
    double = ops.conv(ops.conv(x, n, (1, 1)), n, (7, 1))
    double = ops.conv(ops.conv(double, n, (1, 7)), n, (7, 1))
    double = ops.conv(double, 192, (1, 7))
    return ops.concat([plain, seven, double, _pooled(ops, x, 192)])


def _coarsest(ops: Ops[X], x: X) -> X:
    three = ops.conv(ops.conv(x, 192, (1, 1)), 320, (3, 3), stride=2, same=False)
    seven = ops.conv(ops.conv(ops.conv(x, 192, (1, 1)), 192, (1, 7)), 192, (7, 1))
    seven = ops.conv(seven, 192, (3, 3), stride=2, same=False)
    return ops.concat([three, seven, ops.max_pool(x)])


def _wide(ops: Ops[X], x: X) -> X:
    plain = ops.conv(x, 320, (1, 1))
    three = ops.conv(x, 384, (1, 1))
    three = ops.concat([ops.conv(three, 384, (1, 3)), ops.conv(three, 384, (3, 1))])
    double = ops.conv(ops.conv(x, 448, (1, 1)), 384, (3, 3))
    double = ops.concat([ops.conv(double, 384, (1, 3)), ops.conv(double, 384, (3, 1))])
    return ops.concat([plain, three, double, _pooled(ops, x, 192)])
