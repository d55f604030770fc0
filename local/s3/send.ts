/**
 * Writes an answer to the wire, or keeps it from the client as a fault orders. Must not change what is said.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer } from './call.ts';
import type { FaultAnswer } from './faults.ts';

/** An answer on its way out. */
export interface Dispatch {
  readonly message: IncomingMessage;
  readonly response: ServerResponse;
  /** Undefined: the connection is reset without one. */
  readonly answer: Answer | undefined;
  /** What becomes of the answer; undefined: it arrives. */
  readonly answerFault: FaultAnswer | undefined;
  /** What every answer carries; the answer's own headers win. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Sends, cuts off or drops the answer. */
export function send({ message, response, answer, answerFault, headers }: Dispatch): void {
  if (answer === undefined || answerFault === 'apply-then-reset') {
    message.socket.resetAndDestroy();
    return;
  }
  const body = typeof answer.body === 'object' ? answer.body : Buffer.from(answer.body ?? '');
  response.writeHead(answer.status, {
    ...headers,
    ...(answer.status === 204 || message.method === 'HEAD' ? {} : { 'content-length': String(body.length) }),
    ...answer.headers,
  });
  if (answerFault === 'truncate') {
    response.write(body.subarray(0, Math.floor(body.length / 2)), () => message.socket.destroy());
    return;
  }
  response.end(body);
}
