"""Starts a network from the exported weights of an earlier version: what it has learned is kept, layers that are new begin afresh.

The export has batch normalisation folded into the convolutions. It is unfolded here so that training starts from the
same outputs: each normalisation gets the statistics that its convolution has on a batch of pictures.
"""

import json

import numpy as np
import torch

from network import ConvUnit

_BYTES = {"float16": 2, "float32": 4}


def read(folder):
    """Name to float32 tensor, of `weights.json` and `weights.bin`."""
    described = json.loads((folder / "weights.json").read_text())
    data, kind, at, tensors = (folder / "weights.bin").read_bytes(), described["type"], 0, {}
    for name, shape in described["tensors"].items():
        size = int(np.prod(shape)) * _BYTES[kind]
        values = np.frombuffer(data[at : at + size], "<f2" if kind == "float16" else "<f4")
        tensors[name] = torch.from_numpy(values.astype(np.float32).reshape(shape))
        at += size
    return tensors


@torch.no_grad()
def begin(network, folder, linear):
    """Fills the network from the folder; `linear` is a batch of pictures in linear light [n, 3, 128, 128]."""
    tensors = read(folder)
    units = {name: module for name, module in network.named_modules() if isinstance(module, ConvUnit)}
    known = {name: unit for name, unit in units.items() if f"{name}.weight" in tensors}
    for name, unit in known.items():
        unit[0].weight.copy_(tensors[f"{name}.weight"])
        unit[1].weight.fill_((1 + unit[1].eps) ** 0.5)
        unit[1].bias.copy_(tensors[f"{name}.bias"])
    for name in ("skin_head", "object_head"):
        _widen(getattr(network, name), tensors[f"{name}.weight"], tensors[f"{name}.bias"], network)
    network.eval()
    seen = {}
    hooks = [unit[0].register_forward_hook(_note(seen, name)) for name, unit in known.items()]
    network(linear)
    for hook in hooks:
        hook.remove()
    for name, (mean, variance) in seen.items():
        norm = known[name][1]
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(variance)
        norm.weight.copy_((variance + norm.eps).sqrt())
        norm.bias.add_(mean)


def _note(seen, name):
    def note(_module, _inputs, output):
        seen[name] = (output.mean((0, 2, 3)), output.var((0, 2, 3), unbiased=False))

    return note


def _widen(head, weight, bias, network):
    """Inputs of the earlier version keep their weights; those of the new layers start with none."""
    fine = 2 * network.main[-1].second[0].out_channels
    new = head.weight.shape[1] - weight.shape[1]
    head.weight.zero_()
    head.weight[:, :fine] = weight[:, :fine]
    head.weight[:, fine + new :] = weight[:, fine:]
    head.bias.copy_(bias)
