/**
 * What both models of the project share in their manifests: how the photo goes in, when it is not good enough to be
 * looked at, and the sentences. Where each number comes from stands in the model cards.
 */
import { image, side } from './analytic.ts';

export const input = {
  name: image.name,
  layout: 'NHWC',
  channels: 'RGB',
  dtype: 'uint8',
  width: side,
  height: side,
  fit: 'cover',
  enlarge: false,
};

/** The gates before any look, by places in the output `quality`; `skinShare`: the least share of skin-coloured cells. */
export function photoGates(skinShare: number): readonly object[] {
  const quality = (index: number): object => ({ kind: 'value', output: 'quality', index });
  return [
    { reason: 'too-dark', read: quality(0), min: 0.1, sameAs: 'mean-luma' },
    { reason: 'too-bright', read: quality(0), max: 0.92, sameAs: 'mean-luma' },
    { reason: 'too-bright', read: quality(1), max: 0.25, sameAs: 'blown-out-share' },
    { reason: 'blurred', read: quality(2), min: -1.45, sameAs: 'sharpness' },
    { reason: 'not-enough-skin', read: quality(3), min: skinShare, sameAs: 'skin-share' },
  ];
}

/** They describe the photo; the advice is the same on every result. */
export const sentences = {
  bands: {
    'no-clear-difference': {
      sentence: 'No clear colour difference was found in the centre of this photo.',
    },
    'visible-difference': {
      sentence: 'The centre of this photo shows an area that differs in colour from the skin around it.',
    },
  },
  advice:
    'This describes the photo and says nothing about health. With any question about your skin, ask a clinician, whatever a photo shows.',
};
