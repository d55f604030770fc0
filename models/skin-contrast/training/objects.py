"""Anything but skin close up: materials, food, plants, print, rooms, landscapes, things, and people seen from afar.

Half of it wears colours of skin, because those pass the colour rule of the graph's quality output.
"""

import cv2
import numpy as np

from fields import SIDE, U, V, between, between_log, chance, curve, dots, field, sigmoid, soften, strokes


def _colour(rng, like_skin=0.45):
    if chance(rng, like_skin):
        r = between_log(rng, 0.06, 0.85)
        g = r * between(rng, 0.35, 0.85)
        return np.array([r, g, g * between(rng, 0.3, 0.95)], np.float32)
    if chance(rng, 0.4):
        return np.full(3, between_log(rng, 0.02, 0.9), np.float32) * np.exp(rng.normal(0, 0.1, 3)).astype(np.float32)
    return np.exp(rng.uniform(np.log(0.02), np.log(0.9), 3)).astype(np.float32)


def _mix(a, b, t):
    return a + (b - a) * t[..., None]


def fabric(rng):
    a, n = rng.uniform(0, np.pi), between_log(rng, 8, 90)
    x = (U * np.cos(a) + V * np.sin(a)) * n + 0.3 * field(rng, "soft", 0.5)
    y = (-U * np.sin(a) + V * np.cos(a)) * n * between(rng, 0.7, 1.4) + 0.3 * field(rng, "soft", 0.5)
    weave = np.sin(2 * np.pi * x) * np.sin(2 * np.pi * y) if chance(rng, 0.5) else np.sin(2 * np.pi * x)
    base = _colour(rng)
    rgb = base * (1 + between(rng, 0.05, 0.5) * weave[..., None])
    if chance(rng, 0.5):
        stripes = sigmoid(8 * np.sin(2 * np.pi * x * between(rng, 0.05, 0.3) + rng.uniform(0, 6)))
        rgb = _mix(rgb, _colour(rng) * np.ones_like(rgb), stripes * between(rng, 0.3, 1))
        if chance(rng, 0.5):
            other = sigmoid(8 * np.sin(2 * np.pi * y * between(rng, 0.05, 0.3)))
            rgb = _mix(rgb, _colour(rng) * np.ones_like(rgb), other * between(rng, 0.2, 0.6))
    folds = field(rng, "soft", between(rng, 0.4, 1.2), between(rng, 1, 3))
    return rgb * np.exp(between(rng, 0, 0.5) * folds)[..., None]


def wood(rng):
    a = rng.uniform(0, np.pi)
    lines = field(rng, "cloud", between(rng, 0.8, 2), between(rng, 6, 20), a)
    rings = np.sin(between(rng, 2, 14) * (lines + 0.5 * field(rng, "soft", 0.5)))
    light = np.array([between(rng, 0.25, 0.7), 0, 0], np.float32)
    light[1] = light[0] * between(rng, 0.45, 0.75)
    light[2] = light[1] * between(rng, 0.3, 0.7)
    rgb = light * np.exp(-between(rng, 0.1, 0.5) * (1 + rings))[..., None]
    rgb *= (1 + 0.15 * field(rng, "grain", 1, between(rng, 4, 10), a))[..., None]
    if chance(rng, 0.4):
        gap = np.abs((-U * np.sin(a) + V * np.cos(a)) * rng.integers(1, 5) % 1 - 0.5) < 0.01
        rgb *= (1 - 0.7 * soften(gap.astype(np.float32), 0.8))[..., None]
    return rgb


def grain(rng):
    """Sand, stone, carpet, crumbs: everywhere the same, rough at one scale."""
    n = int(between_log(rng, 60, 2500))
    seeds = rng.uniform(0, SIDE, (n, 2))
    small = 128
    image = np.full((small, small), 255, np.uint8)
    at = (seeds / 2).astype(int)
    image[at[:, 1], at[:, 0]] = 0
    _, labels = cv2.distanceTransformWithLabels(image, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    palette = _colour(rng) * np.exp(rng.normal(0, between(rng, 0.08, 0.6), (n + 2, 1)) + rng.normal(0, 0.08, (n + 2, 3)))
    rgb = cv2.resize(palette[labels % (n + 2)].astype(np.float32), (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)
    return rgb * np.exp(between(rng, 0.05, 0.4) * field(rng, "grain", between(rng, 0.5, 1.5)))[..., None]


def leaves(rng):
    """Overlapping discs and polygons of all sizes: the statistics of most photos of things."""
    canvas = (np.ones((SIDE, SIDE, 3), np.float32) * _colour(rng)).copy()
    palette = [_colour(rng, between(rng, 0, 1)) for _ in range(rng.integers(2, 9))]
    sizes = np.sort((rng.uniform(0.02, 1, rng.integers(15, 160)) ** -1.0) * between(rng, 0.01, 0.03))[::-1]
    for r in sizes.clip(0.008, 0.6):
        x, y = rng.uniform(-0.1, 1.1, 2)
        colour = palette[rng.integers(len(palette))] * between_log(rng, 0.5, 1.6)
        k = rng.integers(3, 7) if chance(rng, 0.5) else 24
        t = np.linspace(0, 2 * np.pi, k, endpoint=False) + rng.uniform(0, 6)
        wide = between(rng, 0.3, 1)
        spread = rng.uniform(0.7, 1.2, k) if k < 24 else np.ones(k)
        points = np.stack([x + r * spread * np.cos(t), y + r * wide * spread * np.sin(t)], 1)
        scaled = np.round(points * SIDE * 8).astype(np.int32)
        cv2.fillPoly(canvas, [scaled], [float(c) for c in colour], cv2.LINE_8, 3)
    shade = np.exp(between(rng, 0, 0.35) * field(rng, "cloud", 1) + between(rng, 0, 0.12) * field(rng, "rough", 1.2))
    return soften(canvas * shade[..., None], between(rng, 0.3, 1.2))


def things(rng):
    """A few shaded objects on a plain ground."""
    ground = _colour(rng)
    rgb = ground * np.exp(between(rng, -0.8, 0.8) * (V - 0.5) + between(rng, 0, 0.15) * field(rng, "rough", 1))[..., None]
    for _ in range(rng.integers(1, 6)):
        x, y = rng.uniform(0.1, 0.9, 2)
        w, h, a = between(rng, 0.06, 0.45), between(rng, 0.06, 0.45), rng.uniform(0, np.pi)
        along = ((U - x) * np.cos(a) + (V - y) * np.sin(a)) / w
        across = (-(U - x) * np.sin(a) + (V - y) * np.cos(a)) / h
        power = between_log(rng, 2, 12)
        d = (np.abs(along) ** power + np.abs(across) ** power) ** (1 / power)
        mask = sigmoid((1 - d) * 60)
        cast = sigmoid((1 - np.roll(d, rng.integers(-14, 15, 2), (0, 1))) * 8) * between(rng, 0, 0.6)
        rgb = rgb * (1 - cast[..., None])
        body = np.sqrt(np.clip(1 - np.minimum(along**2, 1) * between(rng, 0, 0.95), 0.03, 1))
        colour = _colour(rng) * (1 + between(rng, 0, 0.3) * field(rng, "cloud", 1))[..., None]
        shine = between(rng, 0, 0.8) * np.exp(-((along - between(rng, -0.5, 0.5)) ** 2) / between(rng, 0.003, 0.1))
        rgb = _mix(rgb, colour * body[..., None] + shine[..., None], mask)
    return rgb


def food(rng):
    rgb = np.ones((SIDE, SIDE, 3), np.float32) * _colour(rng, 0.8)
    rgb = rgb * np.exp(0.2 * field(rng, "rough", 1))[..., None]
    palette = [np.array(c, np.float32) for c in
               ((0.6, 0.08, 0.04), (0.75, 0.45, 0.12), (0.35, 0.15, 0.05), (0.15, 0.3, 0.05), (0.8, 0.7, 0.45), (0.7, 0.3, 0.2))]  # fmt: skip
    for _ in range(rng.integers(3, 9)):
        n = rng.integers(1, 30)
        lumps = dots(rng.uniform(0, 1, (n, 2)), rng.uniform(0.02, 0.14, n)) + 0.12 * field(rng, "cloud", 1.2)
        mask = sigmoid((lumps - 0.45) * between(rng, 8, 30))
        height = soften(lumps, 2)
        shade = 1 + 4 * (height - np.roll(height, (3, 3), (0, 1)))
        colour = palette[rng.integers(len(palette))] * between_log(rng, 0.6, 1.4) * np.exp(0.25 * field(rng, "rough", 1))[..., None]
        rgb = _mix(rgb, colour * shade[..., None] + 0.3 * chance(rng, 0.4) * np.clip(shade - 1.3, 0, 1)[..., None], mask)
    return rgb


def print_or_screen(rng):
    paper, ink = _colour(rng, 0.1), _colour(rng, 0.1)
    if chance(rng, 0.7):
        paper, ink = np.float32([0.8, 0.78, 0.72]) * between(rng, 0.5, 1.1), np.float32([0.03, 0.03, 0.04])
    image = np.zeros((SIDE, SIDE), np.uint8)
    height = rng.integers(6, 40)
    for y in range(int(rng.integers(0, height)), SIDE, int(height * between(rng, 1.2, 2))):
        x = rng.integers(0, 30)
        while x < SIDE:
            w = int(height * between(rng, 0.2, 0.7)) + 1
            if chance(rng, 0.85):
                for _ in range(rng.integers(1, 4)):
                    p = (int(x + rng.integers(0, w)), int(y + rng.integers(0, height)))
                    q = (int(x + rng.integers(0, w)), int(y + rng.integers(0, height)))
                    cv2.line(image, p, q, 255, max(1, height // 9), cv2.LINE_AA)
            x += w + 1 + height // 8
    mask = soften(image.astype(np.float32) / 255, 0.5)
    rgb = _mix(np.ones((SIDE, SIDE, 3), np.float32) * paper, ink * np.ones((SIDE, SIDE, 3), np.float32), mask)
    matrix = cv2.getRotationMatrix2D((SIDE / 2, SIDE / 2), between(rng, -30, 30), between(rng, 1, 1.6))
    return cv2.warpAffine(rgb, matrix, (SIDE, SIDE), borderMode=cv2.BORDER_REFLECT)


def landscape(rng):
    horizon = between(rng, 0.2, 0.8) + 0.05 * field(rng, "cloud", 0.6, 3, 0)
    sky = np.float32([0.25, 0.45, 0.8]) * between_log(rng, 0.4, 1.3) if chance(rng, 0.7) else _colour(rng, 0.7)
    clouds = sigmoid(2 * field(rng, "cloud", 0.8, 2, 0) - between(rng, -1, 2))
    above = _mix(sky * np.ones((SIDE, SIDE, 3), np.float32), np.float32([0.85, 0.85, 0.85]), clouds)
    green = np.float32([0.1, 0.2, 0.04]) * between_log(rng, 0.4, 2) if chance(rng, 0.6) else _colour(rng, 0.5)
    below = green * np.exp(0.6 * field(rng, "rough", between(rng, 0.8, 1.6)))[..., None]
    return _mix(above, below, sigmoid((V - horizon) * 80))


def _skin_colour(rng):
    m = between(rng, 0.05, 2.2)
    return (np.array([0.85, 0.62, 0.52]) * np.exp(-m * np.array([1, 1.22, 1.42]))).astype(np.float32)


def face(rng):
    """A head from arm's length: oval, hair, eyes, nose, mouth."""
    rgb = [things, leaves, landscape, fabric][rng.integers(4)](rng)
    x, y, r = between(rng, 0.3, 0.7), between(rng, 0.35, 0.65), between_log(rng, 0.15, 1.0)
    tilt = rng.normal(0, 0.2)
    du, dv = (U - x) * np.cos(tilt) + (V - y) * np.sin(tilt), -(U - x) * np.sin(tilt) + (V - y) * np.cos(tilt)
    skin = _skin_colour(rng)
    hair = np.array([(0.02, 0.015, 0.012), (0.08, 0.04, 0.02), (0.35, 0.22, 0.1), (0.4, 0.4, 0.4)][rng.integers(4)], np.float32)
    ellipse = lambda cx, cy, w, h, sharp: sigmoid((1 - np.hypot((du - cx * r) / (w * r), (dv - cy * r) / (h * r))) * sharp)
    strands = np.exp(0.4 * field(rng, "grain", 0.7, 6, np.pi / 2))[..., None]
    rgb = _mix(rgb, hair * strands, ellipse(0, -0.25, 0.85, 1.0, 25))
    neck = sigmoid((0.4 * r - np.abs(du)) * 50) * sigmoid((dv - 0.4 * r) * 30)
    rgb = _mix(rgb, skin * 0.75 * np.ones_like(rgb), neck)
    rgb = _mix(rgb, _colour(rng, 0.2) * np.ones_like(rgb), sigmoid((dv - between(rng, 1.0, 1.4) * r) * 40))
    shading = np.exp(-0.9 * (np.hypot(du, dv) / r) ** 2 + between(rng, -0.8, 0.8) * du / r + 0.06 * field(rng, "rough", 1))
    blush = between(rng, 0, 0.5) * (ellipse(-0.38, 0.2, 0.25, 0.2, 4) + ellipse(0.38, 0.2, 0.25, 0.2, 4) + ellipse(0, 0.2, 0.12, 0.15, 5))
    blush = blush + between(rng, 0.02, 0.15) * field(rng, "cloud", between(rng, 1, 2))
    complexion = skin * np.exp(-blush[..., None] * np.float32([0.1, 0.5, 0.4]))
    nose = between(rng, 0.1, 0.5) * (ellipse(0.06, 0.08, 0.05, 0.22, 6) - ellipse(-0.06, 0.08, 0.05, 0.22, 6))
    rgb = _mix(rgb, complexion * (shading * np.exp(-nose))[..., None] * 1.2, ellipse(0, 0, 0.72, 0.95, 30))
    if chance(rng, 0.3):
        beard = ellipse(0, 0.55, 0.6, 0.5, 6) * (1 - ellipse(0, 0.1, 0.55, 0.35, 8)) * between(rng, 0.3, 0.9)
        rgb = _mix(rgb, hair * strands, beard)
    for side in (-1, 1):
        rgb = _mix(rgb, np.float32([0.7, 0.68, 0.66]) * np.ones_like(rgb), ellipse(0.3 * side, -0.15, 0.15, 0.07, 12))
        rgb = _mix(rgb, np.float32([0.04, 0.03, 0.02]) * np.ones_like(rgb), ellipse(0.3 * side, -0.15, 0.06, 0.06, 12))
        rgb = _mix(rgb, hair * np.ones_like(rgb), 0.8 * ellipse(0.3 * side, -0.33, 0.2, 0.045, 10))
        rgb = _mix(rgb, skin * 0.35, 0.7 * ellipse(0.08 * side, 0.24, 0.05, 0.035, 8))
    rgb = _mix(rgb, skin * np.float32([0.8, 0.4, 0.42]), ellipse(0, 0.5, between(rng, 0.2, 0.32), between(rng, 0.05, 0.12), 12))
    if chance(rng, 0.35):
        rgb = _mix(rgb, np.float32([0.75, 0.72, 0.66]) * np.ones_like(rgb), ellipse(0, 0.5, 0.17, between(rng, 0.02, 0.06), 10))
    if chance(rng, 0.25):
        frames = sum(ellipse(0.3 * side, -0.13, 0.24, 0.2, 30) - ellipse(0.3 * side, -0.13, 0.2, 0.16, 30) for side in (-1, 1))
        rgb = _mix(rgb, np.float32([0.03, 0.03, 0.03]) * np.ones_like(rgb), np.clip(frames, 0, 1))
    return rgb * np.exp(between(rng, -0.5, 0.5) * (U - 0.5))[..., None]


def people(rng):
    """Bodies at a distance: limbs, trunks in clothes, heads, or hands full of fingers."""
    rgb = [landscape, leaves, things, fabric, wood][rng.integers(5)](rng)
    for _ in range(rng.integers(1, 5)):
        skin, cloth, x, y = _skin_colour(rng), _colour(rng, 0.25), between(rng, 0.1, 0.9), between(rng, 0.25, 0.8)
        r = between_log(rng, 0.04, 0.2)
        trunk = sigmoid((1 - np.maximum(np.abs(U - x) / (1.1 * r), np.abs(V - y - r) / (1.8 * r))) * 25)
        rgb = _mix(rgb, cloth * (1 + 0.2 * field(rng, "cloud", 1.5))[..., None], trunk)
        for _ in range(rng.integers(1, 5)):
            limb = curve(rng, (x, y + between(rng, -0.5, 3) * r), rng.uniform(0, 6.3), between(rng, 1.5, 4) * r, 1)
            mask = soften(strokes(rng, [limb], max(2, int(between(rng, 0.3, 0.7) * r * SIDE))), 0.8)
            rgb = _mix(rgb, skin * (0.8 + 0.3 * np.clip(soften(mask, 3), 0, 1))[..., None], mask)
        head = sigmoid((1 - np.hypot((U - x) / (0.5 * r), (V - y + 1.2 * r) / (0.65 * r))) * 15)
        cap = sigmoid((1 - np.hypot((U - x) / (0.55 * r), (V - y + 1.5 * r) / (0.5 * r))) * 15)
        rgb = _mix(rgb, skin * np.ones_like(rgb), head)
        rgb = _mix(rgb, np.float32([0.03, 0.02, 0.015]) * between_log(rng, 0.7, 12) * np.ones_like(rgb), cap)
    return rgb


def fur(rng):
    a, base = rng.uniform(0, np.pi), _colour(rng, 0.7)
    flow = field(rng, "grain", between(rng, 0.3, 0.8), between(rng, 5, 14), a)
    patches = sigmoid(4 * field(rng, "cloud", 0.7))
    rgb = _mix(base * np.ones((SIDE, SIDE, 3), np.float32), _colour(rng, 0.5), patches)
    return rgb * np.exp(between(rng, 0.2, 0.8) * flow + 0.3 * field(rng, "cloud", 1, 2, a))[..., None]


def plain(rng):
    """Walls, paper, leather, light: nearly nothing to see."""
    slope = between(rng, -0.8, 0.8) * (U - 0.5) + between(rng, -0.8, 0.8) * (V - 0.5)
    rough = between_log(rng, 0.005, 0.15) * field(rng, ["rough", "grain", "cloud"][rng.integers(3)], between(rng, 0.5, 1.5))
    rgb = _colour(rng, 0.15) * np.exp(slope + rough)[..., None]
    if chance(rng, 0.5):
        a = rng.uniform(0, np.pi)
        edge = sigmoid(((U - 0.5) * np.cos(a) + (V - 0.5) * np.sin(a) + between(rng, -0.3, 0.3)) * between_log(rng, 5, 200))
        rgb = _mix(rgb, _colour(rng) * np.ones_like(rgb), edge)
    return rgb


def tiles(rng):
    """Bricks, tiles, planks, paving: a grid with gaps, each piece a little different."""
    a, rows = rng.uniform(0, np.pi), between_log(rng, 2, 14)
    y = (-U * np.sin(a) + V * np.cos(a)) * rows + 0.02 * field(rng, "soft", 1)
    x = (U * np.cos(a) + V * np.sin(a)) * rows * between(rng, 0.25, 1) + (0.5 if chance(rng, 0.6) else 0) * (np.floor(y) % 2)
    at = ((np.floor(x) * 31 + np.floor(y) * 17) % 97).astype(int)
    pieces = _colour(rng, 0.6) * np.exp(rng.normal(0, between(rng, 0.03, 0.3), (97, 1)) + rng.normal(0, 0.05, (97, 3)))
    edge = np.minimum(np.minimum(x % 1, 1 - x % 1) * between(rng, 1, 3), np.minimum(y % 1, 1 - y % 1))
    gap = sigmoid((between(rng, 0.02, 0.1) - edge) * between_log(rng, 40, 200))
    rgb = pieces[at].astype(np.float32) * np.exp(between(rng, 0.02, 0.3) * field(rng, "rough", between(rng, 0.8, 2)))[..., None]
    return _mix(rgb, _colour(rng, 0.2) * np.ones_like(rgb), gap * between(rng, 0.4, 1))


def leather(rng):
    """Leather, rubber, peel: a skin of other things, bumpy, with folds and a shine."""
    bumps = np.abs(field(rng, "band", between(rng, 0.8, 3))) ** 0.5 + 0.4 * field(rng, "grain", between(rng, 0.5, 1.5))
    folds = between(rng, 0, 2) * field(rng, "soft", between(rng, 0.4, 1.2), between(rng, 1, 4))
    height = soften(bumps * between(rng, 0.3, 1.6) + 4 * folds, between(rng, 0.3, 1))
    gx, gy = (np.roll(height, 1, axis) - np.roll(height, -1, axis) for axis in (1, 0))
    t = rng.uniform(0, 2 * np.pi)
    slope = gx * np.cos(t) + gy * np.sin(t)
    rgb = _colour(rng, 0.75) * np.exp(np.clip(between(rng, 0.2, 0.9) * slope, -1.5, 0.8))[..., None]
    rgb = rgb + (between_log(rng, 0.01, 0.4) * np.exp(-((slope - between(rng, 0.2, 0.8)) ** 2) / 0.03))[..., None]
    if chance(rng, 0.3):
        a, width = rng.uniform(0, np.pi), between(rng, 0.004, 0.02)
        seam = np.abs((U - 0.5) * np.cos(a) + (V - 0.5) * np.sin(a) - between(rng, -0.3, 0.3))
        rgb = rgb * (1 - 0.7 * sigmoid((width - seam) * 400))[..., None]
    return rgb


def baked(rng):
    """Bread, biscuits, pancakes, cheese: pale to brown by how baked it is, with holes and crumbs."""
    done = sigmoid(between(rng, 0.8, 3) * (field(rng, "cloud", between(rng, 0.5, 1.6)) + 0.4 * field(rng, "rough", 1)))
    pale = np.float32([0.75, 0.52, 0.26]) * between_log(rng, 0.6, 1.3)
    brown = np.float32([0.3, 0.12, 0.04]) * between_log(rng, 0.5, 1.6)
    rgb = _mix(pale * np.ones((SIDE, SIDE, 3), np.float32), brown * np.ones((SIDE, SIDE, 3), np.float32), done)
    holes = sigmoid(between(rng, 4, 10) * (field(rng, "rough", between(rng, 0.6, 1.8)) - between(rng, 0.8, 2)))
    rgb = rgb * (1 - between(rng, 0.2, 0.8) * holes)[..., None] * np.exp(between(rng, 0.03, 0.25) * field(rng, "grain", 1))[..., None]
    if chance(rng, 0.5):
        d = np.hypot(U - between(rng, 0.3, 0.7), V - between(rng, 0.3, 0.7)) + 0.03 * field(rng, "cloud", 1)
        inside = sigmoid((between(rng, 0.25, 0.6) - d) * between_log(rng, 20, 100))
        rgb = _mix(_colour(rng, 0.3) * np.ones_like(rgb), rgb, inside)
    return rgb


def foliage(rng):
    """Leaves, petals and grass: many long pieces of a few colours, each with a lit side."""
    palette = [np.float32([0.08, 0.2, 0.03]), np.float32([0.3, 0.35, 0.05]), np.float32([0.35, 0.15, 0.04]), _colour(rng, 0.6)]
    main = palette[rng.integers(4)]
    canvas = (np.ones((SIDE, SIDE, 3), np.float32) * main * between(rng, 0.05, 0.5)).copy()
    long, wide = between_log(rng, 0.04, 0.3), between(rng, 0.1, 0.5)
    flow, spread = rng.uniform(0, np.pi), between(rng, 0.1, 1.5)
    for _ in range(int(between_log(rng, 40, 400))):
        a, length = rng.normal(flow, spread), long * between(rng, 0.5, 1.3)
        x, y = rng.uniform(-0.05, 1.05, 2)
        t = np.linspace(0, 2 * np.pi, 14, endpoint=False)
        px, py = length * np.cos(t), length * wide * np.sin(t) * np.abs(np.sin(t)) ** 0.5
        points = np.stack([x + px * np.cos(a) - py * np.sin(a), y + px * np.sin(a) + py * np.cos(a)], 1)
        colour = main * between_log(rng, 0.35, 1.9) * np.exp(rng.normal(0, 0.12, 3))
        cv2.fillPoly(canvas, [np.round(points * SIDE * 8).astype(np.int32)], [float(c) for c in colour], cv2.LINE_AA, 3)
    return soften(canvas * np.exp(0.15 * field(rng, "rough", 1))[..., None], between(rng, 0.3, 1.2))


def room(rng):
    """Streets, rooms, shelves, screens: straight edges that run to a vanishing point, in light and shade."""
    vx, vy = between(rng, 0.2, 0.8), between(rng, 0.2, 0.7)
    canvas = (np.ones((SIDE, SIDE, 3), np.float32) * _colour(rng, 0.4)).copy()
    for _ in range(rng.integers(6, 40)):
        near, far = between(rng, 0.4, 1.4), between(rng, 0.0, 0.9)
        a, b = np.sort(rng.uniform(0, 2 * np.pi, 1))[0], between(rng, 0.05, 0.9)
        corners = [(a, near), (a + b, near), (a + b, near * far), (a, near * far)]
        points = np.array([(vx + r * np.cos(t), vy + r * np.sin(t)) for t, r in corners])
        colour = _colour(rng, 0.4) * between_log(rng, 0.4, 1.4)
        cv2.fillPoly(canvas, [np.round(points * SIDE * 8).astype(np.int32)], [float(c) for c in colour], cv2.LINE_AA, 3)
    for _ in range(rng.integers(0, 12)):
        x, y, w, h = *rng.uniform(0, 1, 2), between_log(rng, 0.02, 0.4), between_log(rng, 0.02, 0.4)
        p, q = (int((x - w / 2) * SIDE), int((y - h / 2) * SIDE)), (int((x + w / 2) * SIDE), int((y + h / 2) * SIDE))
        cv2.rectangle(canvas, p, q, [float(c) for c in _colour(rng, 0.4)], -1 if chance(rng, 0.7) else 2, cv2.LINE_AA)
    shade = np.exp(between(rng, 0, 0.5) * field(rng, "soft", 0.6) + between(rng, 0.02, 0.2) * field(rng, "rough", 1))
    return soften(canvas * shade[..., None], between(rng, 0.3, 1))


def twigs(rng):
    """Branches, straw, ropes, wires, noodles: lines that cross at all angles, lit before a dark or a plain ground."""
    ground = _colour(rng, 0.5) * between_log(rng, 0.05, 1)
    rgb = ground * np.exp(between(rng, 0, 0.5) * field(rng, "cloud", 1))[..., None]
    main, spread, bend = rng.uniform(0, np.pi), between(rng, 0.2, 1.6), between(rng, 0.1, 1.6)
    colour = _colour(rng, 0.6)
    for _ in range(rng.integers(2, 6)):
        # From the back to the front, brighter and thicker.
        thick = int(between_log(rng, 1, 12))
        lines = []
        for _ in range(int(between_log(rng, 6, 70))):
            x, y, a, length = *rng.uniform(-0.1, 1.1, 2), rng.normal(main, spread), between(rng, 0.15, 1.0)
            lines.append(curve(rng, (x, y), a, length, bend))
            if chance(rng, 0.5):
                at = lines[-1][rng.integers(len(lines[-1]))]
                lines.append(curve(rng, at, a + between(rng, 0.4, 1.2) * rng.choice([-1, 1]), length * 0.5, bend))
        mask = soften(strokes(rng, lines, thick), between(rng, 0.4, 1.4))
        body = soften(mask, max(1.0, thick / 3))
        shade = np.exp(np.clip(between(rng, 1, 4) * (body - np.roll(body, (2, 2), (0, 1))), -1.5, 1.5))
        lit = colour * between_log(rng, 0.4, 1.6) * shade[..., None] * np.exp(0.2 * field(rng, "rough", 1.2))[..., None]
        rgb = _mix(rgb * (1 - 0.4 * soften(np.roll(mask, 4, 0), 2))[..., None], lit, mask)
    return rgb


def lights(rng):
    """Lamps in the dark, and what is out of focus."""
    rgb = np.ones((SIDE, SIDE, 3), np.float32) * _colour(rng, 0.4) * between_log(rng, 0.05, 0.6)
    for _ in range(rng.integers(3, 40)):
        x, y, r = *rng.uniform(0, 1, 2), between_log(rng, 0.01, 0.15)
        disc = sigmoid((1 - np.hypot(U - x, V - y) / r) * between_log(rng, 4, 40))
        rgb = rgb + disc[..., None] * _colour(rng, 0.5) * between_log(rng, 0.3, 2)
    return soften(rgb, between(rng, 0.4, 4))


def spotted(rng):
    """A spot of another colour in the middle of something plain: a coin, a stain, a knot, a button, a stamp."""
    rgb = [plain, leather, wood, fabric, baked][rng.integers(5)](rng)
    x, y, r = *rng.normal(0.5, 0.08, 2), between_log(rng, 0.04, 0.3)
    kind = rng.integers(3)
    ragged = (0, 0.15, 0.4)[kind] * field(rng, "cloud", 1.2)
    d = np.hypot(U - x, (V - y) * between(rng, 0.7, 1.4)) / r + ragged
    mask = sigmoid((1 - d) * between_log(rng, 6, 60))
    if kind == 0:
        body = _colour(rng, 0.5) * (1 + 0.3 * field(rng, "rough", 1) * (d < 0.85))[..., None] + (0.3 * np.exp(-(((d - 0.92) / 0.05) ** 2)))[..., None]
        shadow = sigmoid((1.1 - np.roll(d, (5, 5), (0, 1))) * 8) * between(rng, 0, 0.6)
        rgb = rgb * (1 - shadow * (1 - mask))[..., None]
        return _mix(rgb, body, mask)
    stain = np.exp(-between(rng, 0.3, 1.6) * np.array([between(rng, 0.1, 1), 1, between(rng, 0.4, 1.3)], np.float32))
    return rgb * (1 + mask[..., None] * (stain - 1))


_KINDS = (
    fabric, wood, grain, leaves, things, food, print_or_screen, landscape, face, people, fur, plain, tiles, leather, baked,
    foliage, room, lights, spotted, twigs,
)  # fmt: skip
_WEIGHTS = np.array([1.3, 1.1, 1.1, 1.4, 1.5, 1.1, 0.8, 0.9, 2.0, 1.6, 1.0, 0.8, 0.9, 1.3, 1.0, 0.7, 1.2, 0.4, 1.2, 1.2])


def paint_object(rng):
    """Linear light [SIDE, SIDE, 3] of something that is no close-up of skin."""
    kind = _KINDS[rng.choice(len(_KINDS), p=_WEIGHTS / _WEIGHTS.sum())]
    rgb = np.maximum(kind(rng), 0.0).astype(np.float32)
    if kind not in (face, people, spotted) and chance(rng, 0.25):
        # Two things in one picture: one in patches over the other, or one beside the other.
        other = np.maximum(_KINDS[rng.choice(len(_KINDS), p=_WEIGHTS / _WEIGHTS.sum())](rng), 0.0).astype(np.float32)
        if chance(rng, 0.5):
            mask = sigmoid(6 * field(rng, "soft", 0.5))
        else:
            a = rng.uniform(0, 2 * np.pi)
            across = (U - 0.5) * np.cos(a) + (V - 0.5) * np.sin(a) + between(rng, -0.2, 0.2) + 0.05 * field(rng, "soft", 0.5)
            mask = sigmoid(across * between_log(rng, 20, 200))
        rgb = _mix(rgb, other, mask)
    if chance(rng, 0.15):
        # By lamplight or at dusk nearly everything has one colour, often that of skin.
        grey = rgb @ np.array([0.3, 0.6, 0.1], np.float32)
        rgb = _mix(rgb, grey[..., None] * _colour(rng, 0.9) / 0.4, between(rng, 0.5, 1) * np.ones_like(grey))
    return np.ascontiguousarray(rgb.astype(np.float32)), kind.__name__
