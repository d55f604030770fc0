/**
 * What a function throws at its runtime, so that an asynchronous event is tried again and an alarm counts it. The
 * runtime prints a thrown error with its message and fields, which libraries fill with keys and values (ONE-6);
 * so the cause is logged as name, code and frames before, and this says nothing of it.
 */
export class InvocationFailed extends Error {
  override readonly name = 'InvocationFailed';
  readonly code = 'invocation-failed';

  constructor() {
    super('the invocation failed; the lines before say why');
  }
}
