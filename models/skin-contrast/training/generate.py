"""Makes the pictures that skin-contrast learns from, each from (seed, index) alone: `python generate.py --help`.

A picture is uint8 [256, 256, 3], R G B in sRGB, with a label: 0 clear, 1 change, 2 not-skin. No file is read: nobody's
photo is in it.
"""

import argparse
import csv
import multiprocessing
import pathlib
from typing import NamedTuple

import cv2
import numpy as np

cv2.setNumThreads(1)

from camera import photograph  # noqa: E402
from fields import SIDE, chance  # noqa: E402
from lesions import add_beside, add_lesion  # noqa: E402
from objects import paint_object  # noqa: E402
from skin import beside, lay_over, light, paint_layers  # noqa: E402

LABELS = ("clear", "change", "not-skin")
_SHARES = (0.37, 0.37, 0.26)


class Picture(NamedTuple):
    pixels: np.ndarray
    label: int
    kind: str
    """Family of the lesion or object; "skin" without one."""
    tone: float
    """Melanin of the clear skin, 0.05 to 2.3; NaN for objects."""


def picture(seed, index):
    rng = np.random.default_rng([seed, index])
    label = int(rng.choice(3, p=_SHARES))
    if label == 2:
        rgb, kind = paint_object(rng)
        tone = float("nan")
    else:
        layers = paint_layers(rng)
        tone = layers.tone
        kind = add_lesion(rng, layers) if label == 1 else "skin"
        # What lies at the edge says nothing of the middle.
        if chance(rng, 0.25 if label == 0 else 0.1):
            add_beside(rng, layers)
        rgb = lay_over(rng, light(rng, layers))
        if chance(rng, 0.12):
            # A finger or another limb lies there, or anything else.
            other = light(rng, paint_layers(rng)) if chance(rng, 0.3) else paint_object(rng)[0]
            rgb = beside(rng, rgb, other)
    return Picture(photograph(rng, rgb.astype(np.float32)), label, kind, tone)


def halved(pixels):
    """The 128 x 128 that the network sees: 2 x 2 pixels averaged in linear light, as in the graph."""
    linear = _TO_LINEAR[pixels].reshape(SIDE // 2, 2, SIDE // 2, 2, 3).mean((1, 3))
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.round(encoded * 255).astype(np.uint8)


_codes = np.arange(256) / 255
_TO_LINEAR = np.where(_codes <= 0.04045, _codes / 12.92, ((_codes + 0.055) / 1.055) ** 2.4).astype(np.float32)


def _small(job):
    made = picture(*job)
    return halved(made.pixels), made.label


def write_set(folder, seed, first, count, processes):
    """Writes `pixels.npy` uint8 [count, 128, 128, 3] and `labels.npy` uint8 [count]."""
    folder.mkdir(parents=True, exist_ok=True)
    shape = (count, SIDE // 2, SIDE // 2, 3)
    pixels = np.lib.format.open_memmap(folder / "pixels.npy", "w+", np.uint8, shape)
    labels = np.zeros(count, np.uint8)
    jobs = ((seed, first + i) for i in range(count))
    with multiprocessing.Pool(processes) as pool:
        for i, (small, label) in enumerate(pool.imap(_small, jobs, chunksize=32)):
            pixels[i], labels[i] = small, label
            if (i + 1) % 2000 == 0:
                print(f"{i + 1}/{count}", flush=True)
    pixels.flush()
    np.save(folder / "labels.npy", labels)


def contact_sheet(path, seed, columns=16, rows=9, tile=72):
    """One image of many pictures: a third clear, a third change, a third not-skin, row by row."""
    by_label = {0: [], 1: [], 2: []}
    index, per_label = 0, columns * rows // 3
    while min(map(len, by_label.values())) < per_label:
        made = picture(seed, index)
        by_label[made.label].append(cv2.resize(made.pixels, (tile, tile), interpolation=cv2.INTER_AREA))
        index += 1
    sheet = np.full((rows * (tile + 2), columns * (tile + 2), 3), 255, np.uint8)
    tiles = [image for label in (0, 1, 2) for image in by_label[label][:per_label]]
    for i, image in enumerate(tiles):
        y, x = (i // columns) * (tile + 2), (i % columns) * (tile + 2)
        sheet[y : y + tile, x : x + tile] = image
    cv2.imwrite(str(path), sheet[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 82])


def write_photos(folder, seed, first, count):
    """Writes a set for `npm run evaluate`: a sub-folder of PNG a class, and `groups.csv` (file, tone, kind)."""
    rows = []
    for index in range(first, first + count):
        made = picture(seed, index)
        file = f"{LABELS[made.label]}/{index:06d}.png"
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(folder / file), made.pixels[..., ::-1])
        rows.append((file, tone_group(made.tone), made.kind))
    with open(folder / "groups.csv", "w", newline="") as out:
        csv.writer(out).writerows([("file", "tone", "kind"), *rows])


def tone_group(melanin):
    return "none" if np.isnan(melanin) else "light" if melanin < 0.6 else "medium" if melanin < 1.3 else "dark"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=20261126)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--out", type=pathlib.Path)
    parser.add_argument("--photos", action="store_true", help="write full pictures for npm run evaluate")
    parser.add_argument("--contact-sheet", type=pathlib.Path)
    options = parser.parse_args()
    if options.contact_sheet:
        contact_sheet(options.contact_sheet, options.seed)
    if options.count and options.photos:
        write_photos(options.out, options.seed, options.first, options.count)
    elif options.count:
        write_set(options.out, options.seed, options.first, options.count, options.processes)


if __name__ == "__main__":
    main()
