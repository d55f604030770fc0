/** A valid manifest as JSON, for tests to change one thing of. */

/** A manifest as a team would write it: not checked yet. */
export type ManifestJson = ReturnType<typeof aManifest>;

/** Makes a fresh one. */
export function aManifest() {
  return {
    format: 2,
    name: 'test-model',
    version: '1.2.3',
    sha256: 'a'.repeat(64),
    input: {
      name: 'image',
      layout: 'NHWC',
      channels: 'RGB',
      dtype: 'uint8',
      width: 4,
      height: 2,
      fit: 'cover',
      enlarge: false,
    },
    outputs: {
      features: { dtype: 'float32', shape: [1, 1] },
      quality: { dtype: 'float32', shape: [1, 4] },
    },
    gates: [
      { reason: 'too-dark', read: quality(0), min: 0.1 },
      { reason: 'too-bright', read: quality(0), max: 0.9 },
      { reason: 'blurred', read: quality(1), min: -1 },
      { reason: 'not-enough-skin', read: quality(2), min: 0.6 },
      { reason: 'not-skin', read: quality(3), max: 0.5 },
    ],
    decision: {
      kind: 'score',
      score: { kind: 'value', output: 'features', index: 0 },
      lo: 0.2,
      hi: 0.4,
      below: 'no-clear-difference',
      above: 'visible-difference',
    },
    bands: {
      'no-clear-difference': { sentence: 'Nothing differs.' },
      'visible-difference': { sentence: 'Something differs.' },
    },
    advice: 'This describes the photo.',
  };
}

function quality(index: number) {
  return { kind: 'value', output: 'quality', index };
}
