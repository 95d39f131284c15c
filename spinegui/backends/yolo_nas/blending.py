"""Between the model before and the one after: what is learned from few images counts in part.

Weights half way from a network to the same network trained on keep most of what was learned and
nearly all of what was known (Wortsman et al. 2022, “Robust fine-tuning of zero-shot models”,
arXiv:2109.01903). How far to go is chosen on the images set aside, where there are any.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from spinegui.backends.yolo_nas.selection import judge

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spinegui.backends.yolo_nas.loop import Training

USUAL_SHARE = 0.5
_SHARES = (0.25, 0.5, 0.75, 1.0)


def copy_of(network: Any) -> dict[str, Any]:
    """Return a copy of a network's weights by name."""
    return {name: value.detach().clone() for name, value in network.state_dict().items()}


def settle(run: Training, before: Mapping[str, Any]) -> float:
    """Set the trained network's weights between those before and its own; return the share."""
    after = copy_of(run.network)
    share = USUAL_SHARE
    if run.material.selection:
        f1: dict[float, float] = {}
        for candidate in _SHARES:
            run.network.load_state_dict(_between(before, after, candidate))
            outcome = judge(run.material.selection, run.runner(), run.quiet)
            f1[candidate] = outcome.best_f1
        # Of equals, the one that leaves more as it was.
        share = max(f1, key=lambda s: (f1[s], -s))
    run.network.load_state_dict(_between(before, after, share))
    return share


def _between(before: Mapping[str, Any], after: Mapping[str, Any], share: float) -> dict[str, Any]:
    def mixed(name: str) -> Any:
        old = before[name].to(after[name].device)
        return old.lerp(after[name], share) if old.is_floating_point() else after[name]

    return {name: mixed(name) for name in after}
