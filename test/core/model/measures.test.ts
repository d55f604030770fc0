import { describe, expect, test } from 'vitest';
import { firstShutGate, photoGatesOf } from '../../../core/model/gates.ts';
import { parseManifest } from '../../../core/model/manifest.ts';
import { measureNames, measurePhoto, type PhotoPixels } from '../../../core/model/measures.ts';
import { aManifest } from './a-manifest.ts';

function flat(side: number, [r, g, b]: readonly [number, number, number], channels: 3 | 4 = 3): PhotoPixels {
  const pixel = channels === 3 ? [r, g, b] : [r, g, b, 255];
  const data = Uint8ClampedArray.from(
    { length: side * side * channels },
    (_, at) => pixel[at % channels] ?? 0,
  );
  return { width: side, height: side, data };
}

/** A reading on the left half, another on the right. */
function halves(
  side: number,
  left: readonly [number, number, number],
  right: readonly [number, number, number],
): PhotoPixels {
  const data = Uint8Array.from({ length: side * side * 3 }, (_, at) => {
    const x = Math.floor(at / 3) % side;
    return (x < side / 2 ? left : right)[at % 3] ?? 0;
  });
  return { width: side, height: side, data };
}

const lightSkin = [224, 172, 150] as const;
const darkSkin = [92, 62, 50] as const;
const blue = [40, 80, 200] as const;

describe('measurePhoto', () => {
  test('mean luma is Rec. 601 on encoded values', () => {
    expect(measurePhoto(flat(8, [255, 255, 255]), 'mean-luma')).toBeCloseTo(1, 10);
    expect(measurePhoto(flat(8, [0, 255, 0]), 'mean-luma')).toBeCloseTo(0.587, 10);
    expect(measurePhoto(halves(8, [0, 0, 0], [100, 100, 100]), 'mean-luma')).toBeCloseTo(50 / 255, 10);
  });

  test('a share counts cells', () => {
    expect(measurePhoto(halves(64, [255, 10, 10], [249, 249, 249]), 'blown-out-share')).toBe(0.5);
    expect(measurePhoto(halves(64, lightSkin, blue), 'skin-share')).toBe(0.5);
    expect(measurePhoto(flat(64, darkSkin), 'skin-share')).toBe(1);
  });

  test('a photo without detail is as blurred as a photo can be', () => {
    expect(measurePhoto(flat(64, lightSkin), 'sharpness')).toBeLessThan(-4);
  });

  test('sharpness falls when fine detail is gone', () => {
    const noise = (i: number) => (i * 2654435761) >>> 24;
    const sharp = Uint8Array.from({ length: 128 * 128 * 3 }, (_, at) => noise(Math.floor(at / 3)));
    const coarse = Uint8Array.from({ length: 128 * 128 * 3 }, (_, at) => {
      const pixel = Math.floor(at / 3);
      return noise(Math.floor((pixel % 128) / 8) + 16 * Math.floor(pixel / 128 / 8));
    });
    const of = (data: Uint8Array) => measurePhoto({ width: 128, height: 128, data }, 'sharpness');
    expect(of(sharp)).toBeGreaterThan(0);
    expect(of(coarse)).toBeLessThan(of(sharp) - 1);
  });

  test.each(measureNames)('%s of a canvas with its fourth channel is the same', (name) => {
    expect(measurePhoto(flat(64, lightSkin, 4), name)).toBe(measurePhoto(flat(64, lightSkin), name));
  });

  test.each(measureNames)('%s of pixels that are not what their size says is no number', (name) => {
    expect(measurePhoto({ width: 64, height: 64, data: new Uint8Array(5) }, name)).toBeNaN();
    expect(measurePhoto({ width: 0, height: 0, data: new Uint8Array() }, name)).toBeNaN();
  });

  test('sharpness of a photo too small to have one is no number', () => {
    expect(measurePhoto(flat(32, lightSkin), 'sharpness')).toBeNaN();
  });
});

describe('the gates of a device', () => {
  const { gates } = parseManifest({
    ...aManifest(),
    gates: [
      { reason: 'too-dark', read: { kind: 'photo', measure: 'mean-luma' }, min: 0.2 },
      {
        reason: 'not-enough-skin',
        read: { kind: 'value', output: 'quality', index: 2 },
        min: 0.6,
        sameAs: 'skin-share',
      },
      { reason: 'not-skin', read: { kind: 'value', output: 'quality', index: 3 }, max: 0.5 },
    ],
  });
  const onDevice = photoGatesOf(gates);
  const shut = (photo: PhotoPixels) => firstShutGate(onDevice, ({ measure }) => measurePhoto(photo, measure));

  test('are those that need no model', () => {
    expect(onDevice.map(({ reason, measure }) => [reason, measure])).toEqual([
      ['too-dark', 'mean-luma'],
      ['not-enough-skin', 'skin-share'],
    ]);
  });

  test('name the first reason, or none', () => {
    expect(shut(flat(64, lightSkin, 4))).toBeUndefined();
    expect(shut(flat(64, [5, 5, 60], 4))).toBe('too-dark');
    expect(shut(flat(64, blue, 4))).toBe('not-enough-skin');
    expect(shut({ width: 9, height: 9, data: new Uint8Array() })).toBe('too-dark');
  });
});
