"""Draws the failure gallery: generated pictures on which the network is most wrong: `python gallery.py --help`.

One row a mistake: changed skin that it takes for clear, clear skin that it takes for changed, things that it takes
for skin. The tile's number is its confidence in the wrong answer, per cent.
"""

import argparse
import pathlib

import cv2
import numpy as np

from generate import picture
from variants import MEASUREMENT, session_of

_ROWS = ((1, 0), (0, 1), (2, None))
"""True class and the class that was taken for it; None: any but the true one."""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=pathlib.Path, default=pathlib.Path(__file__).parent.parent / "model.onnx")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).parent / "failures.jpg")
    parser.add_argument("--count", type=int, default=1500)
    options = parser.parse_args()
    session = session_of(options.model)
    made = [picture(MEASUREMENT, i) for i in range(options.count)]
    logits = np.array([session.run(["logits"], {"image": each.pixels[None]})[0][0] for each in made])
    shares = np.exp(logits - logits.max(1, keepdims=True))
    shares /= shares.sum(1, keepdims=True)
    tile, columns = 112, 10
    sheet = np.full((len(_ROWS) * (tile + 3), columns * (tile + 3), 3), 255, np.uint8)
    for row, (true, taken) in enumerate(_ROWS):
        wrong = 1 - shares[:, true] if taken is None else shares[:, taken]
        candidates = [i for i in np.argsort(-wrong) if made[i].label == true][:columns]
        for column, i in enumerate(candidates):
            image = cv2.resize(made[i].pixels, (tile, tile), interpolation=cv2.INTER_AREA)
            caption = f"{made[i].kind} {100 * wrong[i]:.0f}"
            for colour, width in ((0, 3), (255, 1)):
                cv2.putText(image, caption, (4, 13), cv2.FONT_HERSHEY_SIMPLEX, 0.36, (colour,) * 3, width, cv2.LINE_AA)
            y, x = row * (tile + 3), column * (tile + 3)
            sheet[y : y + tile, x : x + tile] = image
    cv2.imwrite(str(options.out), sheet[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 85])


if __name__ == "__main__":
    main()
