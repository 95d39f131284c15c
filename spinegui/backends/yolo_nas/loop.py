"""The training loop: steps, running average of weights, best epoch, checkpoints."""

from __future__ import annotations

import json
import math
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from spinegui.backends.base import BackendError
from spinegui.backends.yolo_nas.crops import draw_crop
from spinegui.backends.yolo_nas.loss import ReviewedLoss
from spinegui.backends.yolo_nas.network import boxes_and_scores, raw_outputs
from spinegui.backends.yolo_nas.selection import judge

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from spinegui.backends.base import Reporter
    from spinegui.backends.yolo_nas.crops import Crop
    from spinegui.backends.yolo_nas.linking import Runner
    from spinegui.backends.yolo_nas.material import Material
    from spinegui.backends.yolo_nas.schedule import Plan

CHECKPOINT = "training.safetensors"
_LONGEST_GRADIENT = 20.0
_STEPS_TIMED = 3


class Training:
    """One run: `run` trains until the plan ends, patience ends or the user wants the best so far.

    The same material, plan and number of threads give the same curve on a CPU. A GPU adds up in
    another order each time; how far its curves part was not measured.
    """

    def __init__(
        self, network: torch.nn.Module, material: Material, plan: Plan, reporter: Reporter
    ) -> None:
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.network = network.to(self.device, memory_format=self._layout)
        self.material, self.plan, self.reporter = material, plan, reporter
        self.average = {k: v.detach().clone() for k, v in self.network.state_dict().items()}
        self.best: dict[str, torch.Tensor] = {k: v.clone() for k, v in self.average.items()}
        self.best_f1, self.best_epoch = -1.0, -1
        self.step, self._first_epoch = 0, 0
        self.quiet = _Quiet(reporter)
        self._told: list[tuple[str, float, int]] = []
        self._loss = ReviewedLoss()
        self._optimizer = torch.optim.AdamW(
            _groups(self.network, plan.decay), lr=plan.rate, fused=self.device.type == "cuda"
        )

    def run(self, checkpoint: Path | None = None) -> None:
        """Train; afterwards `network` holds the best weights. Raises CancelledError."""
        # A checkpoint is written after an epoch, so a resumed run begins with the next one.
        self._first_epoch = self.step // self.plan.steps
        saved_at = -math.inf  # the first epoch, which may be long, is always kept
        for epoch in range(self._first_epoch, self.plan.epochs):
            losses = self._epoch(epoch)
            self._tell("loss", losses, epoch + 1)
            self._select(epoch)
            if checkpoint is not None and time.monotonic() - saved_at >= self.plan.save_every_s:
                self.save(checkpoint)
                self.reporter.checkpoint(checkpoint)
                saved_at = time.monotonic()
            if self.reporter.should_stop_early():
                self.reporter.log(
                    f"Stopped early after epoch {epoch + 1}; the best so far is kept."
                )
                break
            patience = self.plan.patience
            if patience is not None and epoch - self.best_epoch >= patience:
                self.reporter.log(f"No better for {patience} epochs: ended.")
                break
        self.network.load_state_dict(self.best)

    def runner(self) -> Runner:
        """Return the network as it is now, as `linking.find` takes it."""
        self.network.eval()

        def run(images: NDArray[np.float32]) -> tuple[Any, Any]:
            tensor = torch.from_numpy(images).to(self.device, memory_format=self._layout)
            with torch.inference_mode(), self._precision():
                boxes, scores = boxes_and_scores(self.network, tensor)
            return boxes.float().cpu().numpy(), scores.float().cpu().numpy()[..., 0]

        return run

    def save(self, path: Path) -> None:
        """Write everything that going on needs; the old file stays whole until this one is."""
        tensors = {f"network.{k}": v for k, v in self.network.state_dict().items()}
        tensors |= {f"average.{k}": v for k, v in self.average.items()}
        tensors |= {f"best.{k}": v for k, v in self.best.items()}
        for i, state in self._optimizer.state_dict()["state"].items():
            tensors |= {f"optimizer.{i}.{k}": v for k, v in state.items()}
        facts = {
            "step": self.step,
            "batch": self.plan.batch,
            "best_f1": self.best_f1,
            "best_epoch": self.best_epoch,
            "told": self._told,
        }
        staged = path.with_suffix(".part")
        copies = {k: v.detach().cpu().clone().contiguous() for k, v in tensors.items()}
        save_file(copies, staged, metadata={"facts": json.dumps(facts)})
        staged.replace(path)

    def load(self, path: Path) -> None:
        """Go on where a checkpoint ended. Raises ValueError for one that does not fit."""
        try:
            with safe_open(path, framework="pt") as file:
                facts = json.loads((file.metadata() or {})["facts"])
                tensors = {k: file.get_tensor(k).to(self.device) for k in file.keys()}  # noqa: SIM118
            self._restore(tensors)
            self.step = int(facts["step"])
            self.best_f1, self.best_epoch = float(facts["best_f1"]), int(facts["best_epoch"])
            self.plan = replace(self.plan, batch=int(facts["batch"]))
            told = [(str(name), float(value), int(at)) for name, value, at in facts["told"]]
        except (OSError, SafetensorError, KeyError, TypeError, ValueError, RuntimeError) as err:
            raise ValueError(f"{path.name} cannot be continued from: {err}") from err
        for name, value, at in told:
            self._tell(name, value, at)

    def _tell(self, name: str, value: float, epoch: int) -> None:
        self._told.append((name, value, epoch))
        self.reporter.metric(name, value, epoch)

    def _restore(self, tensors: dict[str, torch.Tensor]) -> None:
        def under(prefix: str) -> dict[str, torch.Tensor]:
            return {k[len(prefix) :]: v for k, v in tensors.items() if k.startswith(prefix)}

        self.network.load_state_dict(under("network."))
        self.average, self.best = under("average."), under("best.")
        state: dict[int, dict[str, torch.Tensor]] = {}
        for key, value in under("optimizer.").items():
            i, _, name = key.partition(".")
            state.setdefault(int(i), {})[name] = value
        self._optimizer.load_state_dict({**self._optimizer.state_dict(), "state": state})

    def _epoch(self, epoch: int) -> float:
        """Take one epoch's steps and return their mean loss."""
        total, n, began = 0.0, 0, time.monotonic()
        for crops in self._batches():
            self.reporter.check_cancelled()
            total += self._step(crops)
            n += 1
            self.step += 1
            self.reporter.progress(self.step, self.plan.n_steps, f"Epoch {epoch + 1}")
            if epoch == self._first_epoch and n == _STEPS_TIMED:
                self._announce((time.monotonic() - began) / n)
        return total / max(1, n)

    def _announce(self, seconds: float) -> None:
        left = seconds * (self.plan.n_steps - self.step) / 60
        device = "a GPU" if self.device.type == "cuda" else f"{torch.get_num_threads()} CPU cores"
        self.reporter.log(
            f"Training on {device}: {self.plan.n_steps} steps of {self.plan.batch} crops, at most "
            f"about {max(1, round(left))} min."
        )

    def _batches(self) -> Iterator[list[Crop]]:
        """Draw this epoch's batches, one ahead of the step that uses it."""
        end = (self.step // self.plan.steps + 1) * self.plan.steps
        with ThreadPoolExecutor(1) as drawer:
            ahead = drawer.submit(self._draw, self.step)
            for step in range(self.step, end):
                crops = ahead.result()[: self.plan.batch]  # which may have been halved meanwhile
                if step + 1 < end:
                    ahead = drawer.submit(self._draw, step + 1)
                yield crops

    def _draw(self, step: int) -> list[Crop]:
        plan, material = self.plan, self.material
        return [
            draw_crop(material.scenes, material.weights, plan.side, (plan.seed, step, i))
            for i in range(plan.batch)
        ]

    def _step(self, crops: list[Crop]) -> float:
        """Take one step; a batch that the memory cannot hold is halved, and so are all later."""
        try:
            return self._learn(crops)
        except (torch.cuda.OutOfMemoryError, MemoryError, RuntimeError) as err:
            if len(crops) == 1 or not _is_memory(err):
                raise
        half = len(crops) // 2
        self.plan = replace(self.plan, batch=half)
        self._optimizer.zero_grad(set_to_none=True)
        if self.device.type == "cuda":
            torch.cuda.empty_cache()
        self.reporter.log(f"Out of memory: going on with batches of {half} crops.")
        return self._step(crops[:half])

    def _learn(self, crops: list[Crop]) -> float:
        self.network.train()
        images = torch.from_numpy(np.stack([c.image for c in crops]))
        images = images.to(self.device, memory_format=self._layout)
        with self._precision():
            outputs = raw_outputs(self.network, images)
        loss, _parts = self._loss.of(outputs, crops)
        for group in self._optimizer.param_groups:
            group["lr"] = self.plan.rate_at(self.step)
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), _LONGEST_GRADIENT)
        self._optimizer.step()
        self._follow()
        value = float(loss.detach())
        if not math.isfinite(value):
            raise BackendError(
                "The network's weights grew beyond all bounds. Train again with another seed."
            )
        return value

    def _follow(self) -> None:
        keep = self.plan.averaging_at(self.step)
        with torch.no_grad():
            for name, value in self.network.state_dict().items():
                if value.is_floating_point():
                    self.average[name].lerp_(value, 1 - keep)
                else:
                    self.average[name].copy_(value)

    def _select(self, epoch: int) -> None:
        """Measure the averaged network on the selection images; keep it where it is the best."""
        if not self.material.selection:
            self.best, self.best_epoch = {k: v.clone() for k, v in self.average.items()}, epoch
            return
        trained = {k: v.detach().clone() for k, v in self.network.state_dict().items()}
        self.network.load_state_dict(self.average)
        outcome = judge(self.material.selection, self.runner(), self.quiet)
        self.network.load_state_dict(trained)
        self._tell("validation F1", outcome.best_f1, epoch + 1)
        if outcome.best_f1 > self.best_f1:
            self.best_f1, self.best_epoch = outcome.best_f1, epoch
            self.best = {k: v.clone() for k, v in self.average.items()}

    @property
    def _layout(self) -> torch.memory_format:
        """Return how tensors lie in memory.

        Channels last is quicker on a GPU. On CPUs without matrix tiles the backward pass of some
        convolutions then writes past its memory: wrong losses, and a crash soon after.
        """
        is_cuda = self.device.type == "cuda"
        return torch.channels_last if is_cuda else torch.contiguous_format

    def _precision(self) -> Any:
        """Return the context in which the network computes: bfloat16 where that is fast."""
        if self.device.type == "cuda":
            return torch.autocast("cuda", dtype=torch.bfloat16)
        return torch.autocast("cpu", dtype=torch.bfloat16, enabled=_has_bfloat16())


class _Quiet:
    """A reporter for measuring between steps: it hears of a cancel and shows no progress."""

    def __init__(self, reporter: Reporter) -> None:
        self.metric, self.log, self.checkpoint = reporter.metric, reporter.log, reporter.checkpoint
        self.should_stop_early = reporter.should_stop_early
        self.check_cancelled = reporter.check_cancelled

    def progress(self, done: int, total: int, stage: str = "") -> None:
        del done, total, stage


def _groups(network: torch.nn.Module, decay: float) -> list[dict[str, Any]]:
    """Return the optimizer's groups: vectors (biases, norms) are not drawn towards zero."""
    parameters = [p for p in network.parameters() if p.requires_grad]
    return [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": decay},
        {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
    ]


def _is_memory(err: BaseException) -> bool:
    text = str(err).lower()
    return isinstance(err, MemoryError) or "out of memory" in text or "can't allocate" in text


def _has_bfloat16() -> bool:
    """Tell whether this CPU multiplies bfloat16 itself; emulated it would be slower than float."""
    return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())  # noqa: SLF001  torch's own query
