"""Trains the whole base on crops of known class, on one core in less than an hour.

    python packaging/models/inception_base.py --windows FOLDER --out BASE.pt [--size 128] ...

FOLDER holds windows in `synthetic` and `meng` (see fit_inception_v3.py). First small crops, many of
them, synthetic only; then, from that checkpoint, full-sized ones with people's labels among them.
"""

from __future__ import annotations

import argparse
import math
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from classifier_examples import CLASSES
from inception_crops import Pool, load, straight
from inception_torch import Network
from torch.utils.data import DataLoader, IterableDataset

from spinegui.backends.inception_v3.crops import CropGeometry

if TYPE_CHECKING:
    from collections.abc import Iterator

# Twice as quick on a CPU with matrix tiles; on others the backward pass of some convolutions was
# seen to write past its memory.
_HAS_TILES = torch.cpu._is_amx_tile_supported()  # noqa: SLF001  torch's own query
LAYOUT = torch.channels_last if _HAS_TILES else torch.contiguous_format
SOURCES = ("synthetic", "meng")
EPOCH = 100
SMOOTHING = 0.05
N_HELD_OUT = 40
"""Synthetic images that only measure how far training came."""


class Stream(IterableDataset):  # type: ignore[type-arg]
    """Endless varied crops: (3, s, s) float32, class, source."""

    def __init__(self, pools: dict[int, Pool], share: float, size: int, seed: int) -> None:
        self.pools, self.share, self.seed = pools, share, seed
        self.geometry = CropGeometry(size)

    def __iter__(self) -> Iterator[tuple[torch.Tensor, int, int]]:
        info = torch.utils.data.get_worker_info()
        rng = np.random.default_rng([self.seed, info.id if info else 0])
        even = np.full(len(CLASSES), 1 / len(CLASSES))
        while True:
            source = int(1 in self.pools and rng.random() < self.share)
            shares = even
            if source:
                counts = np.array([len(e) for e in self.pools[1].entries]) ** 0.5
                shares = counts / counts.sum()
            crop, label = self.pools[source].draw(rng, self.geometry, shares)
            yield torch.from_numpy(crop.transpose(2, 0, 1).copy()), label, source


def folder_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.pkl"))


def measure(network: Network, files: list[Path], source: int, size: int) -> tuple[float, float]:
    """Return accuracy and balanced accuracy on straight crops of four-class spines."""
    truth, guess = [], []
    network.eval()
    for path in files:
        windows = load(path)
        known = np.flatnonzero(windows.labels >= 0)
        if len(known) == 0:
            continue
        crops = np.stack([straight(windows, int(i), CropGeometry(size)) for i in known])
        x = torch.from_numpy(crops).permute(0, 3, 1, 2)
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
            logits = network(x, torch.full((len(x),), source)).float()
        truth.append(windows.labels[known])
        guess.append(logits.argmax(1).numpy())
    network.train()
    t, g = np.concatenate(truth), np.concatenate(guess)
    return float((t == g).mean()), float(np.mean([(g[t == c] == c).mean() for c in np.unique(t)]))


def settle(network: Network, stream: Stream, batch: int, n_batches: int = 16) -> None:
    """Measure the normalisations anew: while weights move fast, running means lag behind."""
    norms = [m for m in network.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    for norm in norms:
        norm.momentum = None
        norm.reset_running_stats()
    crops = iter(stream)
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        for _ in range(n_batches):
            x, _, source = zip(*(next(crops) for _ in range(batch)), strict=True)
            stacked = torch.stack(x).contiguous(memory_format=LAYOUT)
            network(stacked, torch.tensor(source))
    for norm in norms:
        norm.momentum = 0.1


def rate_at(step: int, steps: int, peak: float, started: float) -> float:
    """Return the learning rate: a short warm-up, then half a cosine."""
    warm = min(1.0, (step + 1) / max(started * steps, 1))
    return peak * warm * (0.5 + 0.5 * math.cos(math.pi * step / steps))


def save(path: Path, network: Network, step: int) -> None:
    part = path.with_suffix(".part")
    torch.save({"network": network.state_dict(), "step": step}, part)
    part.replace(path)


def pools_of(args: argparse.Namespace) -> tuple[dict[int, Pool], list[Path], list[Path]]:
    made = folder_files(args.windows / "synthetic")
    probes, made = made[:N_HELD_OUT], made[N_HELD_OUT:]
    people = folder_files(args.windows / "meng")
    if args.leave_out:
        left = {name for name in args.leave_out.read_text().split("\n") if name}
        people = [path for path in people if path.stem not in left]
    pools = {0: Pool.of(made)}
    if args.people:
        pools[1] = Pool.of(people)
    return pools, probes, people


def optimiser(network: Network, args: argparse.Namespace) -> torch.optim.Optimizer:
    decayed = [p for p in network.parameters() if p.ndim > 1]
    others = [p for p in network.parameters() if p.ndim <= 1]
    groups = [{"params": decayed, "weight_decay": args.decay}, {"params": others}]
    return torch.optim.AdamW(groups, lr=args.rate, weight_decay=0.0)


def run_epoch(
    network: Network,
    optimizer: torch.optim.Optimizer,
    stream: Stream,
    steps: range,
    args: argparse.Namespace,
) -> tuple[float, float]:
    """Train for these steps; return mean loss and accuracy on what was trained on."""
    loader = iter(DataLoader(stream, args.batch, num_workers=args.workers, prefetch_factor=4))
    losses, hits = [], []
    for step in steps:
        for group in optimizer.param_groups:
            group["lr"] = rate_at(step, args.steps, args.rate, args.warm)
        x, labels, source = next(loader)
        x = x.contiguous(memory_format=LAYOUT)
        with torch.autocast("cpu", torch.bfloat16):
            logits = network(x, source).float()
        loss = torch.nn.functional.cross_entropy(logits, labels, label_smoothing=SMOOTHING)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimizer.step()
        losses.append(loss.item())
        hits.append((logits.argmax(1) == labels).float().mean().item())
    return float(np.mean(losses)), float(np.mean(hits))


def train(args: argparse.Namespace) -> None:
    torch.manual_seed(args.seed)
    torch.set_num_threads(args.threads)
    network = Network(len(CLASSES), len(SOURCES)).to(memory_format=LAYOUT)
    if args.init:
        network.load_state_dict(torch.load(args.init, weights_only=True)["network"])
    optimizer = optimiser(network, args)
    network.train()
    step, began = 0, time.time()
    end = args.stop or args.steps
    while step < end:
        pools, probes, people = pools_of(args)
        stream = Stream(pools, args.people, args.size, args.seed * 1000 + step)
        steps = range(step, min(step + args.epoch, end))
        loss, hits = run_epoch(network, optimizer, stream, steps, args)
        step = steps.stop
        if step == end:
            settle(network, stream, args.batch)
        save(args.out, network, step)
        made = measure(network, probes, 0, args.size)
        print(
            f"step {step} of {args.steps}, {time.time() - began:.0f} s, loss {loss:.3f}, training "
            f"{hits:.3f}, synthetic {made[0]:.3f} {made[1]:.3f}, {len(pools[0].files)} images",
            flush=True,
        )
        if args.probe:
            real = measure(network, people, int(args.people > 0), args.size)
            print(f"  people's spines {real[0]:.3f} {real[1]:.3f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--windows", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--init", type=Path, help="go on from this checkpoint")
    parser.add_argument("--size", type=int, default=128)
    parser.add_argument("--steps", type=int, default=1800)
    parser.add_argument("--stop", type=int, help="end here, before the rate has fallen to nothing")
    parser.add_argument("--epoch", type=int, default=EPOCH)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=1.5e-3)
    parser.add_argument("--warm", type=float, default=0.05)
    parser.add_argument("--decay", type=float, default=0.02)
    parser.add_argument("--people", type=float, default=0.0, help="share of people's spines")
    parser.add_argument("--probe", action="store_true", help="measure on people's spines too")
    parser.add_argument("--leave-out", type=Path, help="a list of people's images to leave out")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    train(parser.parse_args())


if __name__ == "__main__":
    main()
