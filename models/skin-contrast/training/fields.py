"""Random fields that the painters share: noise of several kinds, cut at any scale and angle from a small bank.

Everything is deterministic: the bank comes from a fixed seed, each cut from the picture's own generator.
Must never read an image file.
"""

import cv2
import numpy as np

SIDE = 256
"""Side of a picture, pixels; all lengths below are in shares of it unless they say pixels."""

_BANK_SIDE = 512
_ys, _xs = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32)
U = (_xs + 0.5) / SIDE
V = (_ys + 0.5) / SIDE


def _noise(rng, weight):
    """Periodic Gaussian noise whose spectrum is shaped by `weight(frequency)`; mean 0, deviation 1."""
    frequency = np.hypot(
        np.fft.fftfreq(_BANK_SIDE)[:, None] * _BANK_SIDE, np.fft.rfftfreq(_BANK_SIDE)[None, :] * _BANK_SIDE
    )
    spectrum = np.fft.rfft2(rng.standard_normal((_BANK_SIDE, _BANK_SIDE))) * weight(frequency)
    spectrum[0, 0] = 0
    field = np.fft.irfft2(spectrum, s=(_BANK_SIDE, _BANK_SIDE))
    return (field / field.std()).astype(np.float32)


def _band(centre):
    return lambda f: np.exp(-((np.log((f + 1e-3) / centre) / 0.45) ** 2))


def _power(exponent):
    return lambda f: (np.maximum(f, 2.0)) ** -exponent


def _make_bank():
    rng = np.random.default_rng(1)
    kinds = {
        "soft": _power(2.2),
        "cloud": _power(1.6),
        "rough": _power(1.0),
        "band": _band(40),
        "grain": _band(130),
        "white": lambda f: np.ones_like(f),
    }
    return {kind: [_noise(rng, weight) for _ in range(4)] for kind, weight in kinds.items()}


_bank = _make_bank()


def field(rng, kind, scale=1.0, stretch=1.0, angle=None):
    """A cut of SIDE x SIDE. `scale` above 1 makes structures smaller, `stretch` makes them longer along `angle`."""
    source = _bank[kind][rng.integers(4)]
    a = rng.uniform(0, np.pi) if angle is None else angle
    # Smooth fields are cut at half the size and enlarged: a third of the time.
    step = 2 if kind in ("soft", "cloud") else 1
    c, s = np.cos(a) * scale * step, np.sin(a) * scale * step
    shift = rng.uniform(0, _BANK_SIDE, 2)
    matrix = np.array([[c / stretch, s / stretch, shift[0]], [-s, c, shift[1]]], np.float32)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    cut = cv2.warpAffine(source, matrix, (SIDE // step, SIDE // step), flags=flags, borderMode=cv2.BORDER_WRAP)
    return cut if step == 1 else cv2.resize(cut, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)


def white_noise(rng):
    """Independent noise of deviation 1 in each pixel."""
    x, y = rng.integers(0, _BANK_SIDE - SIDE, 2)
    return _bank["white"][rng.integers(4)][y : y + SIDE, x : x + SIDE]


def soften(plane, sigma_pixels):
    """Gaussian blur."""
    if sigma_pixels < 0.2:
        return plane
    return cv2.GaussianBlur(plane, (0, 0), float(sigma_pixels), borderType=cv2.BORDER_REFLECT)


def sigmoid(x):
    return 1 / (1 + np.exp(-np.clip(x, -30, 30)))


def chance(rng, p):
    return rng.random() < p


def between(rng, low, high):
    return float(rng.uniform(low, high))


def between_log(rng, low, high):
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def strokes(rng, lines, thickness=1, shift=3):
    """Draws polylines, given in shares of the side, as an antialiased mask from 0 to 1."""
    mask = np.zeros((SIDE, SIDE), np.uint8)
    scaled = [np.round(np.asarray(line) * SIDE * (1 << shift)).astype(np.int32).reshape(-1, 1, 2) for line in lines]
    cv2.polylines(mask, scaled, False, 255, thickness, cv2.LINE_AA, shift)
    return mask.astype(np.float32) / 255


def dots(centres, radii, values=None):
    """Soft discs, given in shares of the side, as the maximum of their profiles (0 to 1)."""
    out = np.zeros((SIDE, SIDE), np.float32)
    for i, ((x, y), r) in enumerate(zip(centres, radii)):
        reach = 2.2 * r
        x0, x1 = int(max(0, (x - reach) * SIDE)), int(min(SIDE, (x + reach) * SIDE + 2))
        y0, y1 = int(max(0, (y - reach) * SIDE)), int(min(SIDE, (y + reach) * SIDE + 2))
        if x0 >= x1 or y0 >= y1:
            continue
        d2 = ((U[y0:y1, x0:x1] - x) ** 2 + (V[y0:y1, x0:x1] - y) ** 2) / (r * r)
        value = 1.0 if values is None else values[i]
        np.maximum(out[y0:y1, x0:x1], value * np.exp(-(d2**1.5)), out=out[y0:y1, x0:x1])
    return out


def curve(rng, start, angle, length, bend, points=14):
    """A wandering line: shares of the side, shape [points, 2]."""
    turns = angle + np.cumsum(rng.normal(0, bend / points, points)) + np.linspace(0, rng.normal(0, bend), points)
    steps = np.stack([np.cos(turns), np.sin(turns)], 1) * (length / points)
    return np.concatenate([[start], np.asarray(start) + np.cumsum(steps, 0)])
