"""Networks without normalisation layers: what is shipped, run, and retrained.

While a network learns from scratch its blocks have parallel branches and batch normalisation; for
running they are one convolution each (Ding et al. 2021, arXiv:2101.03697; QARepVGG, Chu et al.
2022, arXiv:2212.01593). A person's few corrections would only spoil the running statistics, so
retraining begins from the folded network and has none.
"""

from __future__ import annotations

from typing import Any

_PAIRS = (("conv", "bn"), ("rbr_reparam", "post_bn"))
_ANY_SIZE = (1, 3, 320, 320)


def folded(network: Any) -> Any:
    """Fold a network in place and return it; it computes the same as before in eval mode."""
    import torch
    from torch.nn.utils.fusion import fuse_conv_bn_eval

    network.eval()
    if not any(isinstance(part, torch.nn.BatchNorm2d) for part in network.modules()):
        return network
    network.prep_model_for_conversion(input_size=_ANY_SIZE)
    for part in network.modules():
        children = dict(part.named_children())
        for convolution, norm in _PAIRS:
            if isinstance(children.get(norm), torch.nn.BatchNorm2d):
                fused = fuse_conv_bn_eval(children[convolution], children[norm])
                setattr(part, convolution, fused)
                setattr(part, norm, torch.nn.Identity())
    for parameter in network.parameters():
        parameter.requires_grad_(requires_grad=True)
    return network
