/** Why a model is not loaded. */

/** In the order in which a model is checked; the codes are stable. */
export const modelLoadCodes = [
  'model-unreadable',
  'model-too-large',
  'model-manifest-invalid',
  'model-digest-mismatch',
  'model-digest-not-pinned',
  'model-file-invalid',
  'model-external-data',
  'model-custom-operators',
  'model-graph-invalid',
  'model-signature-mismatch',
] as const;
export type ModelLoadCode = (typeof modelLoadCodes)[number];

/** A model that must not be used: the function does not start. The message says what to do. */
export class ModelLoadError extends Error {
  override readonly name = 'ModelLoadError';
  readonly code: ModelLoadCode;

  constructor(code: ModelLoadCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
