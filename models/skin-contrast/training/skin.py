"""Clear skin, close up: layers of optical density and relief, and how light makes a picture of them.

A picture of skin is base x exp(-density): melanin and blood absorb, each with its own ratio of red, green and
blue. Lesions (lesions.py) only change the layers; hair, ink, shadow and background are laid over both kinds of
skin alike, so that none of them tells the classes apart.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from fields import SIDE, U, V, between, between_log, chance, curve, dots, field, sigmoid, soften, strokes


@dataclass
class Layers:
    """What skin is made of, each [SIDE, SIDE] float32. Densities are natural logs; relief is in pixels."""

    melanin: np.ndarray
    blood: np.ndarray
    stale: np.ndarray
    """Blood without oxygen: bruises and veins."""
    yellow: np.ndarray
    dark: np.ndarray
    """Absorbs all colours alike."""
    pale: np.ndarray
    """Share of white scattering on top, 0 to 1."""
    relief: np.ndarray
    gloss: np.ndarray
    mottle: float
    """How uneven the clear skin already is (density): a lesion must be more than that."""
    tone: float
    """Melanin of the clear skin, 0.05 (palest) to 2.3 (darkest)."""


def paint_layers(rng):
    """Layers of clear skin of any tone, with its freckles, pores, creases and veins."""
    tone = between(rng, 0.05, 2.3) if chance(rng, 0.75) else between(rng, 0.15, 0.8)
    zoom = between_log(rng, 0.35, 1.9)
    mottle = between_log(rng, 0.015, 0.1)
    zeros = lambda: np.zeros((SIDE, SIDE), np.float32)
    layers = Layers(zeros(), zeros(), zeros(), zeros(), zeros(), zeros(), zeros(), zeros(), mottle, tone)
    uneven = between(rng, 0.4, 1) * mottle
    layers.melanin += tone + uneven * field(rng, "cloud", between(rng, 0.5, 1.5) / zoom)
    layers.blood += between(rng, 0.0, 0.5) + mottle * field(rng, "cloud", between(rng, 0.3, 1.5) / zoom)
    layers.blood += between(rng, 0, 0.8) * mottle * field(rng, "rough", between(rng, 0.5, 1.6) / zoom)
    if chance(rng, 0.35):
        # Blotches: the marbling of cold or flushed skin, everywhere alike.
        layers.blood += between(rng, 0.3, 1.0) * mottle * np.maximum(0, field(rng, "band", between(rng, 0.3, 0.9)))
    if chance(rng, 0.4):
        # One side is redder or browner than the other: sun, a joint, the rim of the lips.
        slope = _slope(rng)
        layers.blood += between(rng, 0, 0.35) * slope
        layers.melanin += between(rng, -0.25, 0.25) * slope
    _freckle(rng, layers)
    _weathered(rng, layers)
    _relief(rng, layers, zoom)
    _crease(rng, layers)
    _veins(rng, layers)
    _fold(rng, layers)
    oily = between_log(rng, 0.05, 1.6) if chance(rng, 0.85) else between(rng, 1.2, 3)
    layers.gloss += oily * sigmoid(2 * field(rng, "soft", 0.6) + between(rng, -2.5, 1))
    return layers


def _slope(rng):
    a = rng.uniform(0, 2 * np.pi)
    t = (U - 0.5) * np.cos(a) + (V - 0.5) * np.sin(a) + 0.12 * field(rng, "soft", 0.5)
    return sigmoid(t / between(rng, 0.12, 0.5) + between(rng, -1, 1))


def _freckle(rng, layers):
    if not chance(rng, 0.35):
        return
    n = int(between_log(rng, 6, 160))
    radii = np.exp(rng.normal(np.log(between_log(rng, 0.004, 0.014)), 0.35, n))
    spots = dots(rng.uniform(-0.05, 1.05, (n, 2)), radii, rng.uniform(0.2, 1, n))
    layers.melanin += between(rng, 0.06, 0.4) * spots * sigmoid(3 + field(rng, "cloud", 1))
    if chance(rng, 0.15):
        m = rng.integers(1, 12)
        points = dots(rng.uniform(0, 1, (m, 2)), rng.uniform(0.002, 0.006, m))
        layers.blood += between(rng, 0.3, 0.8) * points


def _weathered(rng, layers):
    """Skin that has seen much sun: blots of many sizes, redder and browner, nowhere in the middle."""
    if not chance(rng, 0.2):
        return
    n = int(between_log(rng, 3, 30))
    a, reach = rng.uniform(0, 2 * np.pi, n), rng.uniform(0.3, 0.75, n)
    centres = 0.5 + np.stack([reach * np.cos(a), reach * np.sin(a)], 1)
    blots = dots(centres, np.exp(rng.normal(np.log(between_log(rng, 0.012, 0.04)), 0.4, n)), rng.uniform(0.2, 1, n))
    blots *= np.clip(1 + 0.5 * field(rng, "rough", 1), 0.2, 2)
    layers.melanin += between(rng, 0.0, 0.35) * blots
    layers.blood += between(rng, 0.0, 0.3) * blots


def _relief(rng, layers, zoom):
    """Furrows that cross at an angle, grain, and pores."""
    a = rng.uniform(0, np.pi)
    depth = between_log(rng, 0.03, 0.5)
    furrows = np.zeros((SIDE, SIDE), np.float32)
    for turn in (0, between(rng, 0.7, 1.6)):
        lines = field(rng, "band", between(rng, 0.8, 2.0) / zoom, between(rng, 1.5, 4), a + turn)
        furrows -= np.exp(-np.abs(lines) * 3) * between(rng, 0.3, 1)
    layers.relief += depth * furrows + between(rng, 0.02, 0.2) * field(rng, "grain", between(rng, 0.5, 1.2) / zoom)
    layers.relief += between(rng, 0, 3) * field(rng, "soft", between(rng, 0.4, 1))
    if chance(rng, 0.3):
        # Long wrinkles that run one way.
        wrinkles = field(rng, "band", between(rng, 0.4, 1.1), between(rng, 3, 9), a + between(rng, -0.4, 0.4))
        layers.relief -= between(rng, 0.2, 1.6) * np.exp(-np.abs(wrinkles) * between(rng, 1.5, 4))
        layers.blood += between(rng, 0, 0.4) * layers.mottle * wrinkles
    if chance(rng, 0.4):
        n = int(between_log(rng, 30, 350))
        pores = dots(rng.uniform(0, 1, (n, 2)), rng.uniform(0.003, 0.008, n) / zoom**0.5, rng.uniform(0.3, 1, n))
        layers.relief -= between(rng, 0.1, 0.9) * pores
        layers.dark += between(rng, 0, 0.25) * pores
        layers.blood += between(rng, -0.1, 0.2) * soften(pores, 1)


def _crease(rng, layers):
    if not chance(rng, 0.35):
        return
    a = rng.uniform(0, 2 * np.pi)
    for _ in range(rng.integers(1, 8)):
        start = rng.uniform(-0.1, 1.1, 2)
        line = curve(rng, start, a + rng.normal(0, 0.25), between(rng, 0.2, 1.2), 0.8)
        broken = np.clip(0.7 + 0.5 * field(rng, "cloud", 1), 0, 1.5)
        mask = soften(strokes(rng, [line], rng.integers(1, 3)), between_log(rng, 0.6, 4)) * broken
        layers.relief -= between_log(rng, 0.2, 2) * mask
        layers.dark += between(rng, 0, 0.35) * mask
        layers.blood += between(rng, -0.1, 0.3) * soften(mask, 3)


def _fold(rng, layers):
    """A deep fold, as between fingers or under a joint: dark, soft, redder beside it."""
    if not chance(rng, 0.12):
        return
    a = rng.uniform(0, 2 * np.pi)
    start = np.array([0.5, 0.5]) + rng.uniform(-0.45, 0.45, 2) - 0.8 * np.array([np.cos(a), np.sin(a)])
    mask = strokes(rng, [curve(rng, start, a, 1.6, 0.4)], rng.integers(2, 9))
    near = soften(mask, between(rng, 1, 4))
    layers.dark += between(rng, 0.2, 1.5) * near
    layers.blood += between(rng, 0, 0.6) * near + between(rng, 0, 0.5) * soften(mask, between(rng, 6, 16))
    layers.relief -= between(rng, 0, 8) * soften(mask, between(rng, 3, 8))


def _veins(rng, layers):
    if not chance(rng, 0.15):
        return
    for _ in range(rng.integers(1, 4)):
        line = curve(rng, rng.uniform(0, 1, 2), rng.uniform(0, 6.3), between(rng, 0.5, 1.5), 1.2)
        mask = soften(strokes(rng, [line], rng.integers(2, 9)), between(rng, 2, 5))
        layers.stale += between(rng, 0.05, 0.3) * mask
        layers.blood -= between(rng, 0.0, 0.12) * mask


def _absorption(rng):
    """Optical density of one unit of each absorber in red, green and blue; green of melanin is about 1.2."""
    jitter = lambda: np.exp(rng.normal(0, 0.06, 3))
    return {
        "melanin": np.array([1.0, between(rng, 1.17, 1.4), between(rng, 1.33, 1.8)]) * jitter(),
        "blood": np.array([between(rng, 0.12, 0.34), 1.0, between(rng, 0.65, 0.95)]) * jitter(),
        "stale": np.array([between(rng, 0.7, 1.0), 1.0, between(rng, 0.45, 0.75)]) * jitter(),
        "yellow": np.array([0.03, between(rng, 0.15, 0.4), 1.0]),
        "dark": np.array([0.95, 1.0, 1.02]),
    }


def light(rng, layers):
    """Layers to linear light [SIDE, SIDE, 3]: absorption, shading of the relief, highlights."""
    absorption = _absorption(rng)
    base = np.array([0.86, between(rng, 0.62, 0.72), between(rng, 0.5, 0.62)])
    stack = np.stack([getattr(layers, name) for name in absorption], 2)
    density = stack @ np.stack(list(absorption.values())).astype(np.float32)
    rgb = base.astype(np.float32) * np.exp(-np.maximum(density, 0))
    # Scales and scars scatter white light of their own, a little of the skin's colour.
    white = np.array([0.82, between(rng, 0.74, 0.82), between(rng, 0.62, 0.8)], np.float32) * (0.55 + 0.45 * np.exp(-layers.tone))
    rgb += np.clip(layers.pale, 0, 0.95)[..., None] * (white - rgb)
    gx = cv2.Sobel(layers.relief, cv2.CV_32F, 1, 0, scale=0.125, borderType=cv2.BORDER_REFLECT)
    gy = cv2.Sobel(layers.relief, cv2.CV_32F, 0, 1, scale=0.125, borderType=cv2.BORDER_REFLECT)
    a = rng.uniform(0, 2 * np.pi)
    slope = between(rng, 0.3, 1.4)
    shade = np.exp(np.clip(slope * (gx * np.cos(a) + gy * np.sin(a)), -1.2, 0.5))
    rgb *= shade[..., None]
    # Highlights where the surface mirrors the lamp.
    lean = between(rng, 0.02, 0.25)
    width = between(rng, 0.02, 0.1)
    mirror = np.exp(-((gx - lean * np.cos(a)) ** 2 + (gy - lean * np.sin(a)) ** 2) / width**2)
    rgb += (between(rng, 0.02, 0.45) * np.clip(layers.gloss, 0, 1.5) * mirror)[..., None]
    if chance(rng, 0.18):
        # Moist skin, or a flash: fine glints on the furrows, in places.
        fine = field(rng, "rough", between(rng, 1.2, 2.6)) + 0.6 * (gx * np.cos(a) + gy * np.sin(a)) / (gx.std() + 0.05)
        places = sigmoid(3 * field(rng, "cloud", between(rng, 0.5, 1.2)) + between(rng, -2, 1.5))
        glints = sigmoid(between(rng, 3, 9) * (fine - between(rng, 1.0, 2.2))) * places
        rgb += (between_log(rng, 0.08, 0.7) * glints)[..., None]
    return rgb


def lay_over(rng, rgb):
    """Hair, stubble, ink, uneven light, shadows, and what is beside the skin."""
    if chance(rng, 0.45):
        rgb = _hair(rng, rgb)
    if chance(rng, 0.12):
        rgb = _stubble(rng, rgb)
    if chance(rng, 0.12):
        rgb = _ink(rng, rgb)
    return _uneven_light(rng, rgb)


def _hair(rng, rgb):
    n = int(between_log(rng, 4, 900))
    # Hair grows in places, or everywhere.
    places = sigmoid(3 * field(rng, "cloud", 0.6) + between(rng, -1, 2)) if chance(rng, 0.35) else 1.0
    main, spread = rng.uniform(0, 2 * np.pi), between(rng, 0.1, 1.0)
    colour = np.array(
        [(0.03, 0.022, 0.018), (0.09, 0.05, 0.03), (0.3, 0.2, 0.11), (0.55, 0.5, 0.45), (0.62, 0.45, 0.25), (0.8, 0.76, 0.7)][
            rng.integers(6)
        ],
        np.float32,
    )
    # Some hair is greying: strands of two colours.
    second = np.float32([0.7, 0.66, 0.6]) if chance(rng, 0.2) else colour
    softness = between(rng, 0.2, 0.8) if chance(rng, 0.75) else between(rng, 0.8, 2)
    longest, bend = between_log(rng, 0.08, 0.9), between(rng, 0.1, 1.0)
    thick = int(rng.choice([1, 2, 3], p=[0.76, 0.18, 0.06])) if longest > 0.3 else 1
    flow = field(rng, "soft", 0.4) * between(rng, 0, 0.6)
    for layer in range(3):
        lines = []
        for _ in range(max(1, n // 3)):
            start = rng.uniform(-0.15, 1.1, 2)
            at = np.clip((start * SIDE).astype(int), 0, SIDE - 1)
            angle = main + rng.normal(0, spread) * 0.6 + flow[at[1], at[0]]
            lines.append(curve(rng, start, angle, longest * between(rng, 0.3, 1), bend, 7))
        mask = soften(strokes(rng, lines, thick), softness) * between_log(rng, 0.2, 0.95) * places
        shadow = soften(np.roll(mask, rng.integers(-4, 5, 2), (0, 1)), 1.2) * between(rng, 0, 0.35)
        rgb = rgb * (1 - shadow[..., None])
        shine = np.clip(1 + 0.6 * field(rng, "cloud", 1.5), 0.4, 3)[..., None]
        rgb = rgb + mask[..., None] * ((second if layer == 1 else colour) * shine * between(rng, 0.6, 1.4) - rgb)
    return rgb


def _stubble(rng, rgb):
    n = int(between_log(rng, 30, 400))
    main = rng.uniform(0, 2 * np.pi)
    lines = [
        curve(rng, rng.uniform(0, 1, 2), main + rng.normal(0, 0.5), between(rng, 0.006, 0.03), 0.3, 3) for _ in range(n)
    ]
    mask = soften(strokes(rng, lines, 1), between(rng, 0.3, 0.9)) * between(rng, 0.3, 0.85)
    return rgb * (1 - mask[..., None] * np.array([0.9, 0.88, 0.84], np.float32))


def _ink(rng, rgb):
    """Lines of a marker: often around what is photographed, but also on skin with nothing to see."""
    centre, r = rng.uniform(0.3, 0.7, 2), between(rng, 0.25, 0.55)
    if chance(rng, 0.5):
        t = np.linspace(0, between(rng, 2, 6.5), 40) + rng.uniform(0, 6)
        wobble = r * (1 + 0.15 * np.sin(2 * t + rng.uniform(0, 6)))
        lines = [np.stack([centre[0] + wobble * np.cos(t), centre[1] + wobble * between(rng, 0.6, 1) * np.sin(t)], 1)]
    else:
        lines = []
        for _ in range(rng.integers(1, 4)):
            a = rng.uniform(0, 2 * np.pi)
            start = np.array([0.5 + 0.42 * np.cos(a), 0.5 + 0.42 * np.sin(a)])
            lines.append(curve(rng, start, a + between(rng, 1, 2), between(rng, 0.1, 0.35), 0.6))
    wide = rng.integers(6, 24) if chance(rng, 0.2) else rng.integers(1, 5)
    mask = soften(strokes(rng, lines, wide), between(rng, 0.5, 1.5))
    mask *= between(rng, 0.3, 0.9) * np.clip(0.7 + 0.4 * field(rng, "rough", 1), 0.1, 1)
    ink = np.array([(0.08, 0.06, 0.3), (0.05, 0.12, 0.4), (0.12, 0.04, 0.2), (0.03, 0.03, 0.03)][rng.integers(4)], np.float32)
    return rgb + mask[..., None] * (rgb * ink * 1.5 + ink * 0.2 - rgb)


def _uneven_light(rng, rgb):
    a = rng.uniform(0, 2 * np.pi)
    t = (U - 0.5) * np.cos(a) + (V - 0.5) * np.sin(a)
    shade = np.exp(between(rng, 0, 0.9) * t)
    if chance(rng, 0.3):
        # A limb or a finger is round: it darkens towards its rim.
        across = t * between(rng, 0.8, 1.9) + between(rng, -0.35, 0.35)
        shade *= np.sqrt(np.clip(1 - across**2, 0.04, 1))
    if chance(rng, 0.3):
        edge = t + between(rng, -0.4, 0.4) + 0.15 * field(rng, "soft", between(rng, 0.3, 0.8))
        depth = between(rng, 0.15, 0.7)
        shade *= 1 - depth * sigmoid(edge / between_log(rng, 0.01, 0.25))
    warm = np.array([between(rng, 0, 0.25), 0, between(rng, -0.25, 0)], np.float32)
    tint = 1 + warm * (between(rng, -0.6, 0.6) * t[..., None])
    if chance(rng, 0.15):
        # The lamp mirrors in a patch of the skin, finely broken.
        d2 = (U - rng.uniform(0, 1)) ** 2 + (V - rng.uniform(0, 1)) ** 2
        glare = np.exp(-d2 / between(rng, 0.01, 0.12)) * np.clip(0.6 + 0.5 * field(rng, "rough", 1.2), 0, 2)
        rgb = rgb + (between_log(rng, 0.02, 0.25) * glare)[..., None]
    return rgb * shade[..., None] * tint


def beside(rng, rgb, other):
    """Puts `other` beside the skin: beyond a rim that is nearly straight or round and leaves the middle alone."""
    a = rng.uniform(0, 2 * np.pi)
    t = (U - 0.5) * np.cos(a) + (V - 0.5) * np.sin(a) + 0.06 * field(rng, "soft", 0.4)
    across = -(U - 0.5) * np.sin(a) + (V - 0.5) * np.cos(a)
    t = t + between(rng, -0.5, 0.5) * across**2
    reach = between(rng, 0.24, 0.5)
    mask = sigmoid((t - reach) / between_log(rng, 0.002, 0.02))[..., None]
    rim = np.exp(-np.maximum(0, reach - t) / between(rng, 0.01, 0.1)) * between(rng, 0, 0.6)
    return (rgb * (1 - rim)[..., None]) * (1 - mask) + other * mask
