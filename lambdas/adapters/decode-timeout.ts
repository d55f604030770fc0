/** Decoding was stopped. The photo may be sound, on a machine that was busy: it must not be called damaged. */
export class DecodeTimeoutError extends Error {
  override readonly name = 'DecodeTimeoutError';
  readonly code = 'decode-timeout';
}
