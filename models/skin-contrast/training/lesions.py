"""Areas that differ from the skin around them: a table of painters that change the layers of clear skin.

They are shapes and colours that photos of skin show, named by what they look like. None of them stands for a
disease, and no picture of one was copied.
"""

import cv2
import numpy as np

from fields import SIDE, U, V, between, between_log, chance, curve, dots, field, sigmoid, soften, strokes


class Shape:
    """Where the area lies: `d` is 0 in its middle and 1 on its rim."""

    def __init__(self, rng, radius=None):
        self.x, self.y = rng.normal(0.5, 0.07, 2).clip(0.32, 0.68)
        self.radius = between_log(rng, 0.055, 0.36) if radius is None else radius
        self.edge = between_log(rng, 0.04, 0.5)
        self.d = distance(rng, self.x, self.y, self.radius, between(rng, 0.05, 0.45))

    def inside(self, rim=1.0, edge=None):
        return sigmoid((rim - self.d) / (self.edge if edge is None else edge) * 2.5)


def distance(rng, x, y, radius, wobble):
    """Distance from a point in units of the radius, turned, stretched and made uneven."""
    a, stretch = rng.uniform(0, np.pi), between_log(rng, 1, 1.9) ** 0.5
    dx, dy = U - x, V - y
    along = (dx * np.cos(a) + dy * np.sin(a)) / (radius * stretch)
    across = (-dx * np.sin(a) + dy * np.cos(a)) / (radius / stretch)
    size = np.clip(0.14 / radius, 0.3, 1.8)
    finer = between(rng, 0, 0.12) * field(rng, "rough", 2 * size)
    return np.hypot(along, across) + wobble * field(rng, "cloud", size) * 0.6 + finer


def _texture(rng, layers, mask, amount):
    layers.relief += amount * mask * field(rng, "rough", between(rng, 0.6, 1.6))


def macule(rng, layers, s):
    shape = Shape(rng)
    mask = shape.inside() * np.clip(1 + 0.35 * field(rng, "cloud", 1), 0.3, 1.7)
    layers.blood += 0.75 * s * mask
    if chance(rng, 0.3):
        layers.melanin += 0.3 * s * mask


def papules(rng, layers, s):
    shape = Shape(rng, between(rng, 0.12, 0.4))
    n = rng.integers(3, 40)
    centres = rng.normal((shape.x, shape.y), shape.radius * 0.45, (n, 2))
    radii = np.exp(rng.normal(np.log(between_log(rng, 0.012, 0.04)), 0.25, n))
    bumps = dots(centres, radii, rng.uniform(0.5, 1, n))
    layers.blood += 0.9 * s * bumps + 0.25 * s * soften(bumps, 8) + 0.2 * s * chance(rng, 0.4) * shape.inside()
    layers.relief += between(rng, 0, 3) * bumps
    layers.gloss += between(rng, 0, 0.6) * bumps


def plaque(rng, layers, s):
    shape = Shape(rng, between_log(rng, 0.09, 0.38))
    mask = shape.inside(edge=between_log(rng, 0.03, 0.15))
    layers.blood += 0.8 * s * mask
    layers.melanin += between(rng, -0.1, 0.35) * s * mask
    layers.relief += between(rng, 0.5, 4) * soften(mask, 3)
    _texture(rng, layers, mask, between(rng, 0.1, 0.8))
    scales = sigmoid(between(rng, 2, 6) * (field(rng, "rough", between(rng, 0.6, 1.4)) - between(rng, 0.2, 1.4)))
    layers.pale += between(rng, 0, 0.75) * scales * mask


def pigmented(rng, layers, s):
    shape = Shape(rng, between_log(rng, 0.05, 0.32))
    edge = between_log(rng, 0.03, 0.3)
    mask = shape.inside(edge=edge)
    inner = np.clip(1 + between(rng, 0, 0.6) * field(rng, "cloud", between(rng, 0.6, 1.5)), 0.15, 2)
    layers.melanin += between_log(rng, 0.5, 2.2) * s * mask * inner
    layers.blood += between(rng, 0, 0.4) * s * mask
    if chance(rng, 0.4):
        layers.blood += 0.3 * s * shape.inside(1.3)
    if chance(rng, 0.4):
        layers.relief += between(rng, 0.5, 5) * soften(mask, 4)
        _texture(rng, layers, mask, between(rng, 0, 0.8))


def ulcer(rng, layers, s):
    shape = Shape(rng, between_log(rng, 0.07, 0.34))
    s = max(s, 0.3)
    bed = shape.inside(0.75, between_log(rng, 0.04, 0.2))
    layers.blood += 1.3 * s * bed + 0.55 * s * shape.inside(1.4, 0.6)
    layers.melanin *= 1 - 0.6 * bed
    slough = bed * sigmoid(4 * (field(rng, "cloud", 1.2) - between(rng, -0.3, 1.2)))
    layers.blood *= 1 - 0.6 * slough
    layers.yellow += between(rng, 0.2, 0.9) * slough
    layers.pale += between(rng, 0, 0.45) * slough
    layers.dark += between(rng, 0, 0.8) * s * bed * sigmoid(3 * field(rng, "rough", 1) - 1)
    rim = np.exp(-(((shape.d - 0.85) / 0.15) ** 2))
    layers.relief += between(rng, 0, 4) * rim - between(rng, 0, 5) * soften(bed, 3)
    layers.gloss += between(rng, 0.2, 1.1) * bed
    _texture(rng, layers, bed, between(rng, 0.2, 1.2))


def necrosis(rng, layers, s):
    shape = Shape(rng, between_log(rng, 0.06, 0.3))
    core = shape.inside(between(rng, 0.5, 0.9), between_log(rng, 0.04, 0.2))
    layers.dark += between_log(rng, 0.6, 2.2) * max(s, 0.35) * core * np.clip(1 + 0.4 * field(rng, "rough", 1), 0.2, 2)
    layers.melanin += 0.5 * s * core
    layers.blood += between(rng, 0.2, 0.9) * s * shape.inside(1.25, 0.4)
    _texture(rng, layers, core, between(rng, 0.2, 1.5))
    layers.gloss += between(rng, 0, 0.7) * core


def ring(rng, layers, s):
    shape = Shape(rng, between(rng, 0.13, 0.36))
    width = between(rng, 0.1, 0.3)
    rim = np.exp(-(((shape.d - 0.85) / width) ** 2)) * np.clip(1 + 0.4 * field(rng, "cloud", 1), 0.2, 1.8)
    layers.blood += 0.85 * s * rim + between(rng, -0.1, 0.25) * s * shape.inside(0.8)
    layers.relief += between(rng, 0, 3) * rim
    if chance(rng, 0.4):
        layers.pale += between(rng, 0.1, 0.5) * rim * sigmoid(4 * field(rng, "rough", 1.2) - 2)


def pustules(rng, layers, s):
    shape = Shape(rng, between(rng, 0.1, 0.38))
    s = max(s, 0.3)
    n = rng.integers(1, 18)
    centres = rng.normal((shape.x, shape.y), shape.radius * (0.1 if n < 3 else 0.45), (n, 2))
    radii = np.exp(rng.normal(np.log(between_log(rng, 0.015, 0.045)), 0.2, n))
    halo, head = dots(centres, radii * 1.7), dots(centres, radii * between(rng, 0.4, 0.8))
    layers.blood += 0.9 * s * halo - 0.5 * s * head
    layers.pale += between(rng, 0.3, 0.8) * head
    layers.yellow += between(rng, 0, 0.6) * head
    layers.relief += between(rng, 1, 4) * dots(centres, radii)
    layers.gloss += between(rng, 0, 0.6) * head


def paler(rng, layers, s):
    shape = Shape(rng)
    mask = shape.inside(edge=between_log(rng, 0.04, 0.3))
    s = max(s, 0.3)
    layers.melanin -= np.minimum(layers.melanin, (0.25 + 0.75 * layers.tone) * between(rng, 0.5, 1) * s) * mask
    layers.blood *= 1 - between(rng, 0.2, 0.9) * s * mask
    layers.pale += between(rng, 0.05, 0.35) * s * mask
    if chance(rng, 0.35):
        layers.blood += 0.5 * s * np.exp(-(((shape.d - 1.05) / 0.25) ** 2))


def bruise(rng, layers, s):
    shape = Shape(rng, between(rng, 0.14, 0.4))
    mask = shape.inside(edge=between(rng, 0.3, 0.8)) * np.clip(1 + 0.5 * field(rng, "cloud", 0.8), 0.1, 2)
    layers.stale += 1.0 * s * mask
    layers.blood += between(rng, 0, 0.5) * s * mask
    layers.yellow += between(rng, 0, 0.6) * s * shape.inside(1.3, 0.7)


def nodule(rng, layers, s):
    shape = Shape(rng, between_log(rng, 0.06, 0.26))
    dome = np.sqrt(np.clip(1 - shape.d**2, 0, 1)).astype(np.float32)
    layers.relief += between(rng, 0.1, 0.4) * shape.radius * SIDE * soften(dome, 2)
    layers.blood += (0.2 + 0.6 * s) * shape.inside()
    layers.melanin *= 1 - between(rng, 0, 0.4) * shape.inside()
    layers.gloss += between(rng, 0.2, 1.2) * shape.inside()
    if chance(rng, 0.5):
        lines = []
        for _ in range(rng.integers(2, 9)):
            a = rng.uniform(0, 2 * np.pi)
            start = (shape.x + shape.radius * np.cos(a), shape.y + shape.radius * np.sin(a))
            lines.append(curve(rng, start, a + np.pi + rng.normal(0, 0.7), shape.radius * between(rng, 0.5, 1.6), 1.5))
        layers.blood += between(rng, 0.2, 0.8) * soften(strokes(rng, lines, 1), 0.7)
    if chance(rng, 0.35):
        pit = sigmoid((between(rng, 0.2, 0.5) - shape.d) / 0.06)
        layers.dark += between(rng, 0.1, 1.2) * pit
        layers.blood += between(rng, 0, 0.8) * pit


def crust(rng, layers, s):
    shape = Shape(rng, between_log(rng, 0.06, 0.34))
    s = max(s, 0.3)
    layers.blood += between(rng, 0.3, 0.9) * s * shape.inside(1.2, 0.4)
    flakes = shape.inside(0.85) * sigmoid(5 * (field(rng, "rough", between(rng, 0.5, 1.3)) + between(rng, -0.8, 0.8)))
    layers.yellow += between(rng, 0.3, 1.3) * s * flakes
    layers.melanin += between(rng, 0, 0.8) * s * flakes
    layers.pale += between(rng, 0.1, 0.6) * flakes
    layers.relief += between(rng, 0.5, 3) * soften(flakes, 1)
    _texture(rng, layers, flakes, between(rng, 0.3, 1.5))


def scaly(rng, layers, s):
    """Fine whitish scales on little colour."""
    shape = Shape(rng, between_log(rng, 0.07, 0.34))
    mask = shape.inside()
    layers.blood += between(rng, 0.25, 0.7) * s * mask
    flakes = sigmoid(6 * (field(rng, "rough", between(rng, 0.8, 1.8)) - between(rng, -0.2, 0.8))) * mask
    layers.pale += between(rng, 0.2, 0.6) * max(s, 0.35) * flakes
    _texture(rng, layers, mask, between(rng, 0.2, 1.2))


def diffuse(rng, layers, s):
    shape = Shape(rng, between(rng, 0.3, 0.5))
    s = max(s, 0.35)
    mask = shape.inside(edge=between(rng, 0.25, 0.7)) * np.clip(1 + 0.4 * field(rng, "cloud", 0.8), 0.2, 2)
    layers.blood += 0.9 * s * mask
    layers.gloss += between(rng, 0, 0.6) * mask


def waxy(rng, layers, s):
    """A raised brown or grey area with a rough surface and a sharp rim."""
    shape = Shape(rng, between_log(rng, 0.06, 0.3))
    mask = shape.inside(edge=between_log(rng, 0.03, 0.1))
    layers.melanin += between(rng, 0.3, 1.2) * s * mask * np.clip(1 + 0.4 * field(rng, "rough", 1), 0.2, 2)
    layers.dark += between(rng, 0, 0.5) * s * mask
    layers.pale += between(rng, 0, 0.3) * mask * sigmoid(3 * field(rng, "rough", 1.3))
    layers.relief += between(rng, 1, 5) * soften(mask, 2)
    _texture(rng, layers, mask, between(rng, 0.3, 1.4))
    pits = dots(rng.normal((shape.x, shape.y), shape.radius * 0.4, (12, 2)), rng.uniform(0.004, 0.012, 12))
    layers.dark += between(rng, 0, 0.8) * pits * mask


def scar(rng, layers, s):
    a, length = rng.uniform(0, np.pi), between(rng, 0.15, 0.6)
    start = 0.5 + rng.normal(0, 0.05, 2) - 0.5 * length * np.array([np.cos(a), np.sin(a)])
    lines = [curve(rng, start, a, length, 0.6) for _ in range(rng.integers(1, 3))]
    mask = np.clip(soften(strokes(rng, lines, rng.integers(5, 22)), between(rng, 1, 4)), 0, 1)
    s = max(s, 0.35)
    if chance(rng, 0.5):
        layers.blood += 0.9 * s * mask
    else:
        layers.melanin *= 1 - 0.6 * s * mask
        layers.pale += 0.35 * s * mask
    layers.relief += between(rng, 0, 4) * soften(mask, 2)
    layers.gloss += between(rng, 0, 0.9) * mask


def scratches(rng, layers, s):
    main = rng.uniform(0, np.pi)
    lines = [
        curve(rng, rng.normal(0.5, 0.12, 2), main + rng.normal(0, 0.3), between(rng, 0.08, 0.4), 0.5)
        for _ in range(rng.integers(2, 9))
    ]
    mask = soften(strokes(rng, lines, rng.integers(2, 5)), between(rng, 0.6, 1.6))
    s = max(s, 0.4)
    broken = np.clip(0.8 + 0.6 * field(rng, "rough", 1.2), 0, 1.6)
    layers.blood += 1.2 * s * mask * broken + 0.35 * s * soften(mask, 7)
    layers.dark += between(rng, 0, 0.9) * s * mask * np.clip(field(rng, "rough", 1.5), 0, 1)


def blisters(rng, layers, s):
    shape = Shape(rng, between(rng, 0.1, 0.34))
    n = rng.integers(2, 14)
    centres = rng.normal((shape.x, shape.y), shape.radius * 0.4, (n, 2))
    bumps = dots(centres, np.exp(rng.normal(np.log(0.03), 0.3, n)))
    layers.blood += 0.6 * max(s, 0.3) * shape.inside(1.1, 0.5)
    layers.yellow += between(rng, 0, 0.3) * bumps
    layers.relief += between(rng, 2, 7) * bumps
    layers.gloss += between(rng, 0.3, 1.2) * bumps


def pearly(rng, layers, s):
    """A pale, shining rise in a pink surrounding, often with fine vessels and a small dark or open spot."""
    shape = Shape(rng, between_log(rng, 0.06, 0.26))
    mask = shape.inside(edge=between_log(rng, 0.05, 0.3))
    layers.blood += between(rng, 0.3, 0.9) * s * shape.inside(1.25, 0.5)
    layers.blood *= 1 - between(rng, 0, 0.5) * mask
    layers.pale += between(rng, 0.05, 0.4) * max(s, 0.3) * mask * np.clip(1 + 0.5 * field(rng, "cloud", 1.3), 0.1, 2)
    layers.relief += between(rng, 1, 6) * soften(mask, 3)
    layers.gloss += between(rng, 0.3, 1.6) * mask
    if chance(rng, 0.5):
        n = rng.integers(1, 7)
        spots = dots(rng.normal((shape.x, shape.y), shape.radius * 0.5, (n, 2)), rng.uniform(0.006, 0.03, n))
        layers.blood += between(rng, 0.2, 1.1) * spots
        layers.dark += between(rng, 0, 0.9) * spots * chance(rng, 0.5)
    _texture(rng, layers, mask, between(rng, 0, 0.9))


def keratin(rng, layers, s):
    """A yellowish, rough middle in a reddish or brown rim."""
    shape = Shape(rng, between_log(rng, 0.05, 0.22))
    core, rim = shape.inside(0.7, between_log(rng, 0.05, 0.2)), np.exp(-(((shape.d - 0.95) / between(rng, 0.15, 0.4)) ** 2))
    s = max(s, 0.3)
    rough = np.clip(0.8 + 0.5 * field(rng, "rough", between(rng, 1, 2)), 0.1, 2)
    layers.yellow += between(rng, 0.3, 1.2) * s * core * rough
    layers.pale += between(rng, 0.1, 0.5) * core * rough
    layers.dark += between(rng, 0, 0.7) * s * core * np.clip(field(rng, "rough", 1.5), 0, 1.5)
    layers.blood += between(rng, 0.3, 0.9) * s * rim
    layers.melanin += between(rng, 0, 0.5) * s * rim
    layers.relief += between(rng, 1, 6) * soften(shape.inside(), 2)
    _texture(rng, layers, core, between(rng, 0.4, 1.6))


FAMILIES = (
    macule, papules, plaque, pigmented, ulcer, necrosis, ring, pustules, paler, bruise, nodule, crust, scaly,
    diffuse, waxy, scar, scratches, blisters, pearly, keratin,
)  # fmt: skip
_WEIGHTS = np.array([2, 1, 1.5, 2, 1.2, 0.8, 0.8, 0.7, 0.8, 0.8, 2, 1, 1.5, 0.7, 1.2, 0.5, 0.5, 0.5, 1.6, 0.9])


def add_lesion(rng, layers):
    """Adds one area, or two kinds in one place, at a strength from hardly visible to glaring."""
    strength = between(rng, 0.14, 0.4) if chance(rng, 0.5) else between(rng, 0.4, 1.0)
    # On uneven skin less than its own unevenness would be no difference at all.
    strength += 1.2 * layers.mottle
    first, second = rng.choice(len(FAMILIES), 2, p=_WEIGHTS / _WEIGHTS.sum())
    FAMILIES[first](rng, layers, strength)
    if chance(rng, 0.4):
        FAMILIES[second](rng, layers, between(rng, 0.3, 0.8) * strength)
    if chance(rng, 0.35):
        # Most irritated areas have a soft reddish surrounding.
        around = Shape(rng, between(rng, 0.15, 0.4)).inside(edge=between(rng, 0.4, 1))
        layers.blood += between(rng, 0.2, 0.6) * strength * around
    return FAMILIES[first].__name__


_PLANES = ("melanin", "blood", "stale", "yellow", "dark", "pale", "relief", "gloss")


def add_beside(rng, layers):
    """Adds an area at the edge of the picture, or cut by it: the middle stays as clear as it was."""
    before = {name: getattr(layers, name).copy() for name in _PLANES}
    add_lesion(rng, layers)
    a, reach = rng.uniform(0, 2 * np.pi), between(rng, 0.4, 0.62)
    added = {name: getattr(layers, name) - before[name] for name in _PLANES}
    middle = np.hypot(U - 0.5, V - 0.5) < 0.28
    for _ in range(6):
        matrix = np.float32([[1, 0, SIDE * reach * np.cos(a)], [0, 1, SIDE * reach * np.sin(a)]])
        moved = {name: cv2.warpAffine(plane, matrix, (SIDE, SIDE)) for name, plane in added.items()}
        colours = sum(np.abs(moved[name]) for name in _PLANES[:6])
        # It is in nobody's way when the middle has less of it than the skin's own unevenness.
        if colours[middle].mean() < 0.5 * layers.mottle:
            for name in _PLANES:
                setattr(layers, name, before[name] + moved[name])
            return
        reach += 0.08
    for name in _PLANES:
        setattr(layers, name, before[name])
