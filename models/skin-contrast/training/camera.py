"""From linear light to the bytes a phone would hand over: exposure, white balance, blur, noise, tone, JPEG."""

import cv2
import numpy as np

from fields import between, between_log, chance, soften, white_noise


def encode(linear):
    """Linear light to sRGB (IEC 61966-2-1), both 0 to 1."""
    return _ENCODED[np.minimum(linear * 8192, 8192).astype(np.int32)]


_steps = np.arange(8193) / 8192
_ENCODED = np.where(_steps <= 0.0031308, 12.92 * _steps, 1.055 * np.maximum(_steps, 1e-6) ** (1 / 2.4) - 0.055).astype(np.float32)


def photograph(rng, rgb):
    """uint8 [SIDE, SIDE, 3], R G B in sRGB."""
    rgb = np.maximum(rgb, 0)
    level = float(np.mean(rgb))
    wanted = between_log(rng, 0.12, 0.5)
    # Automatic exposure meets its aim only in part: dark skin stays darker than light skin.
    rgb = rgb * (wanted / max(level, 1e-3)) ** between(rng, 0.4, 1.0)
    # One in five has the light of a lamp or of shade that the camera did not correct.
    cast = 2 if chance(rng, 0.2) else 1
    gains = np.exp(cast * np.array([rng.normal(0, 0.08), rng.normal(0, 0.025), rng.normal(0, 0.1)]))
    rgb = rgb * gains.astype(np.float32)
    grey = rgb @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    saturation = between(rng, 0.75, 1.3) if chance(rng, 0.8) else between(rng, 0.55, 1.75)
    rgb = np.maximum(0, grey[..., None] + (rgb - grey[..., None]) * saturation)
    focus = between(rng, 0, 1.0) if chance(rng, 0.85) else between(rng, 1.0, 1.7)
    rgb = soften(rgb, focus)
    rgb = _noise(rng, rgb)
    if chance(rng, 0.15):
        rgb = soften(rgb, between(rng, 0.6, 1.5))
    out = encode(rgb)
    if chance(rng, 0.2):
        out = _enlarged(rng, out)
    if chance(rng, 0.25):
        out = _blotched(rng, out)
    bend = between(rng, -0.06, 0.06) if chance(rng, 0.8) else between(rng, -0.16, 0.12)
    # A cubic that leaves 0, 1/2 and 1 where they are.
    out = out - 10 * bend * out * (1 - out) * (0.5 - out)
    if chance(rng, 0.6):
        out = out + between(rng, 0.1, 0.9) * (out - soften(out, between(rng, 0.7, 1.6)))
    pixels = np.clip(np.round(out * 255), 0, 255).astype(np.uint8)
    pixels = _jpeg(rng, pixels) if chance(rng, 0.85) else pixels
    # Sent on by another program: packed a second time.
    return _jpeg(rng, pixels) if chance(rng, 0.15) else pixels


def _enlarged(rng, out):
    """Taken with fewer pixels (a digital zoom, a front camera) and brought to size."""
    small = int(round(out.shape[0] * between(rng, 0.45, 0.95)))
    ways = (cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_LANCZOS4)
    reduced = cv2.resize(out, (small, small), interpolation=cv2.INTER_AREA)
    return np.clip(cv2.resize(reduced, out.shape[1::-1], interpolation=ways[rng.integers(3)]), 0, 1)


def _blotched(rng, out):
    """Denoised as phones do: colour much more than light, which leaves blotches; sometimes texture goes as well."""
    luma = out @ np.array([0.299, 0.587, 0.114], np.float32)
    colour = soften(out - luma[..., None], between_log(rng, 0.8, 5))
    if chance(rng, 0.4):
        luma = cv2.bilateralFilter(luma, 5, between(rng, 0.02, 0.08), 3)
    return np.clip(luma[..., None] + colour, 0, 1)


def _noise(rng, rgb):
    strength = between_log(rng, 0.002, 0.03)
    luma = soften(white_noise(rng), between(rng, 0, 0.8))[..., None]
    chroma = soften(np.stack([white_noise(rng) for _ in range(3)], 2), between(rng, 0.3, 1.5))
    amount = strength * np.sqrt(np.maximum(rgb, 0.002))
    return np.maximum(0, rgb + amount * (luma + between(rng, 0.1, 0.7) * chroma))


def _jpeg(rng, pixels):
    quality = int(between(rng, 40, 96))
    _, data = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.ascontiguousarray(cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1])
