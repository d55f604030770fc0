"""Measures float32, float16-stored and int8 forms of the graph side by side: `python variants.py --help`.

Takes the two graphs that build.ts can write (from float32 and from float16 weights), makes an int8 one with
onnxruntime's quantizer, calibrated on generated pictures, and prints a Markdown table: bytes, milliseconds of CPU,
and how well each tells generated classes apart. The photos' figures come from `npm run evaluate` on the same files.
"""

import argparse
import pathlib
import time

import numpy as np
import onnx
import onnxruntime
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

from generate import picture
from train import area_under_curve

CALIBRATION, MEASUREMENT = 77, 78
"""Seeds; neither is used in training."""


class Pictures(CalibrationDataReader):
    def __init__(self, count):
        self.inputs = ({"image": picture(CALIBRATION, i).pixels[None]} for i in range(count))

    def get_next(self):
        return next(self.inputs, None)


def quantize(source, target):
    """Convolutions of the network to int8; the analytic part and the heads stay as they are."""
    model = onnx.load(source)
    shapes = {tensor.name: tuple(tensor.dims) for tensor in model.graph.initializer}
    convolutions = [
        node.name for node in model.graph.node if node.op_type == "Conv" and shapes.get(node.input[1], (0,))[0] >= 16
    ]
    quantize_static(
        source, target, Pictures(200), quant_format=QuantFormat.QDQ, nodes_to_quantize=convolutions,
        activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8, per_channel=True,
    )  # fmt: skip


def session_of(path):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(path, options)


def measure(path, made):
    began = time.process_time()
    session = session_of(path)
    started = (time.process_time() - began) * 1000
    logits, spent = [], []
    for each in made:
        began = time.process_time()
        (answer,) = session.run(["logits"], {"image": each.pixels[None]})
        session.run(None, {"image": each.pixels[None]})
        spent.append((time.process_time() - began) * 1000 / 2)
        logits.append(answer[0])
    return started, np.percentile(spent, [50, 95]), np.array(logits)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--float32", type=pathlib.Path, required=True)
    parser.add_argument("--float16", type=pathlib.Path, required=True)
    parser.add_argument("--int8", type=pathlib.Path, required=True, help="where the int8 graph is written")
    parser.add_argument("--count", type=int, default=600)
    options = parser.parse_args()
    quantize(options.float32, options.int8)
    made = [picture(MEASUREMENT, i) for i in range(options.count)]
    labels = np.array([each.label for each in made])
    skin = labels < 2
    exact = None
    print("| | bytes | load, ms | run p50, ms | run p95, ms | AUC change | AUC not-skin | logits moved, p99 |")
    print("|---|---|---|---|---|---|---|---|")
    for name, path in (("float32", options.float32), ("float16", options.float16), ("int8", options.int8)):
        started, (middle, slow), logits = measure(path, made)
        exact = logits if exact is None else exact
        change = area_under_curve((logits[:, 1] - logits[:, 0])[skin], labels[skin] == 1)
        objects = area_under_curve(logits[:, 2] - np.logaddexp(logits[:, 0], logits[:, 1]), labels == 2)
        moved = np.percentile(np.abs(logits - exact).max(1), 99)
        size = path.stat().st_size
        print(f"| {name} | {size} | {started:.0f} | {middle:.1f} | {slow:.1f} | {change:.4f} | {objects:.4f} | {moved:.4f} |")


if __name__ == "__main__":
    main()
