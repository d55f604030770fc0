"""Writes the trained network as raw weights for `build.ts`: `python export.py --help`.

`weights.bin` holds all tensors one after another, little endian, float16 (or float32 for comparison), batch
normalisation folded into the convolutions; `weights.json` names them in that order with their shapes. With
`--examples` it also writes a few generated pictures and the logits that PyTorch gives for them, which a test
compares with the ONNX runtime's.
"""

import argparse
import json
import pathlib

import cv2
import numpy as np
import torch
from torch import nn
from torch.nn import functional

from generate import picture
from network import TO_LINEAR, ConvUnit, Network

EXAMPLES = ((90, 11), (90, 6), (90, 12), (90, 5))
"""(seed, index) of pictures that no training has seen."""


def fold(network):
    """Replaces each batch normalisation by the scale and shift of its convolution; the outputs stay the same."""
    for unit in [module for module in network.modules() if isinstance(module, ConvUnit)]:
        conv, norm = unit[0], unit[1]
        scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        folded = nn.Conv2d(conv.in_channels, conv.out_channels, conv.kernel_size, conv.stride, conv.padding)
        folded.weight.data = conv.weight.data * scale[:, None, None, None]
        folded.bias.data = norm.bias.data - norm.running_mean * scale
        unit[0], unit[1] = folded, nn.Identity()
    return network.eval()


def tensors_of(network):
    """Name to array in the order of the network; ".0." of each unit's convolution is left out of the name."""
    return {name.replace(".0.weight", ".weight").replace(".0.bias", ".bias") if name.count(".") > 2 else name: value.numpy()
            for name, value in network.state_dict().items()}  # fmt: skip


def write(tensors, folder, kind):
    """Writes both files; returns the tensors as they are stored, back in float32."""
    dtype = {"float16": "<f2", "float32": "<f4"}[kind]
    stored = {name: value.astype(dtype) for name, value in tensors.items()}
    (folder / "weights.bin").write_bytes(b"".join(value.tobytes() for value in stored.values()))
    description = {"type": kind, "tensors": {name: list(value.shape) for name, value in stored.items()}}
    text = json.dumps(description, indent=2)
    for value in stored.values():
        shape = json.dumps(list(value.shape), indent=2).replace("\n", "\n    ")
        text = text.replace(shape, json.dumps(list(value.shape)))
    (folder / "weights.json").write_text(text + "\n")
    return {name: value.astype(np.float32) for name, value in stored.items()}


@torch.no_grad()
def logits_of(network, pixels):
    """Of one uint8 [256, 256, 3], with the graph's own pre-processing and quarter turns."""
    linear = TO_LINEAR[torch.from_numpy(pixels).long()].permute(2, 0, 1)[None]
    turns = [torch.rot90(functional.avg_pool2d(linear, 2), turn, (2, 3)) for turn in range(4)]
    return network(torch.cat(turns)).mean(0).tolist()


def write_examples(network, folder):
    folder.mkdir(parents=True, exist_ok=True)
    answers = {}
    for seed, index in EXAMPLES:
        made = picture(seed, index)
        name = f"{made.kind}.png"
        cv2.imwrite(str(folder / name), made.pixels[..., ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 9])
        answers[name] = [round(value, 5) for value in logits_of(network, made.pixels)]
    lines = ",\n".join(f'  "{name}": {json.dumps(values)}' for name, values in answers.items())
    (folder / "logits.json").write_text("{\n" + lines + "\n}\n")


def load(path):
    """The trained network, folded."""
    network = Network()
    network.load_state_dict(torch.load(path))
    return fold(network)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--network", type=pathlib.Path, required=True, help="network.pt of train.py")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).parent.parent)
    parser.add_argument("--type", choices=("float16", "float32"), default="float16")
    parser.add_argument("--examples", type=pathlib.Path)
    options = parser.parse_args()
    network = load(options.network)
    stored = write(tensors_of(network), options.out, options.type)
    network.load_state_dict({key: torch.from_numpy(value) for key, value in zip(network.state_dict(), stored.values())})
    if options.examples:
        write_examples(network, options.examples)


if __name__ == "__main__":
    main()
