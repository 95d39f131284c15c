"""The base in torch, where a CPU with bfloat16 trains it three times as fast as elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional as fn

from spinegui.backends.inception_v3.architecture import N_FEATURES, build
from spinegui.backends.inception_v3.crops import SIZE_PX

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

_EPSILON = 1e-3


class _Conv(nn.Module):
    def __init__(
        self, inputs: int, filters: int, kernel: tuple[int, int], stride: int, *, same: bool
    ) -> None:
        super().__init__()
        padding = (kernel[0] // 2, kernel[1] // 2) if same else (0, 0)
        self.conv = nn.Conv2d(inputs, filters, kernel, stride, padding, bias=False)
        self.norm = nn.BatchNorm2d(filters, eps=_EPSILON)
        nn.init.kaiming_normal_(self.conv.weight, mode="fan_in", nonlinearity="relu")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return fn.relu(self.norm(self.conv(x)), inplace=True)

    def folded(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return kernel (out, in, h, w) and bias (out,) with the normalisation multiplied in."""
        norm = self.norm
        assert norm.running_mean is not None
        assert norm.running_var is not None
        factor = norm.weight / torch.sqrt(norm.running_var + _EPSILON)
        kernel = self.conv.weight * factor[:, None, None, None]
        bias = norm.bias - norm.running_mean * factor
        return kernel.detach().numpy().copy(), bias.detach().numpy().copy()


class _Pools:
    @staticmethod
    def max_pool(x: torch.Tensor) -> torch.Tensor:
        return fn.max_pool2d(x, 3, 2)

    @staticmethod
    def average(x: torch.Tensor) -> torch.Tensor:
        return fn.avg_pool2d(x, 3, 1, 1, count_include_pad=False)

    @staticmethod
    def halve(x: torch.Tensor) -> torch.Tensor:
        # Training cuts crops of half the size at once: cheaper, and nearly the same.
        return fn.avg_pool2d(x, 2) if x.shape[-1] == SIZE_PX else x

    @staticmethod
    def concat(parts: list[torch.Tensor]) -> torch.Tensor:
        return torch.cat(parts, 1)

    @staticmethod
    def mean(x: torch.Tensor) -> torch.Tensor:
        return x.mean((2, 3))


class _Making(_Pools):
    """Makes the layers while it runs for the first time."""

    def __init__(self) -> None:
        self.layers: list[_Conv] = []

    def conv(
        self,
        x: torch.Tensor,
        filters: int,
        kernel: tuple[int, int],
        *,
        stride: int = 1,
        same: bool = True,
    ) -> torch.Tensor:
        self.layers.append(_Conv(x.shape[1], filters, kernel, stride, same=same))
        return self.layers[-1](x)


class _Running(_Pools):
    """Runs through layers made before, in the same order."""

    def __init__(self, layers: nn.ModuleList) -> None:
        self.layers: Iterator[nn.Module] = iter(layers)

    def conv(
        self,
        x: torch.Tensor,
        filters: int,  # noqa: ARG002  decided when the layers were made
        kernel: tuple[int, int],  # noqa: ARG002
        *,
        stride: int = 1,  # noqa: ARG002
        same: bool = True,  # noqa: ARG002
    ) -> torch.Tensor:
        return next(self.layers)(x)


class Base(nn.Module):
    """InceptionV3 to 2048 features; crops (n, 3, s, s) from 0 to 1, s being 224 or half of it."""

    def __init__(self) -> None:
        super().__init__()
        making = _Making()
        with torch.no_grad():
            build(making, torch.zeros(2, 3, 96, 96))
        self.layers = nn.ModuleList(making.layers)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return build(_Running(self.layers), x * 2 - 1)

    def folded(self) -> list[tuple[NDArray[np.float32], NDArray[np.float32]]]:
        """Return kernel and bias of each convolution, in order."""
        return [layer.folded() for layer in self.layers]  # type: ignore[operator]


class Network(nn.Module):
    """The base under one linear answer a source of labels: their authors mean different things."""

    def __init__(self, n_labels: int, n_sources: int) -> None:
        super().__init__()
        self.base = Base()
        self.heads = nn.ModuleList(nn.Linear(N_FEATURES, n_labels) for _ in range(n_sources))
        self.dropout = nn.Dropout(0.3)

    def forward(self, x: torch.Tensor, source: torch.Tensor) -> torch.Tensor:
        """Return logits (n, k) of crops, each by the head of its source (n,)."""
        features = self.dropout(self.base(x))
        answers = torch.stack([head(features) for head in self.heads], 1)
        return answers[torch.arange(len(x)), source]
