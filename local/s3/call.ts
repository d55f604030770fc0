/**
 * What an operation is given and what it gives back: the seam between HTTP and the operations, which know
 * neither sockets nor signatures.
 */
import type { ReceivedBody } from './body.ts';
import type { Faults } from './faults.ts';
import type { Principal } from './operations.ts';
import type { S3Request } from './request.ts';
import type { Storage, StoredObject } from './storage.ts';

/** An authenticated, admitted request with its verified body. */
export interface Call {
  readonly request: S3Request;
  readonly principal: Principal;
  readonly body: ReceivedBody;
  readonly bucket: string;
  /** The clock, epoch ms, when the body had arrived. */
  readonly at: number;
  readonly storage: Storage;
  readonly faults: Faults;
}

/** An answer without the headers that every answer carries. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
  /** The object that the call made appear, if any: the server announces it. */
  readonly created?: StoredObject;
}

/** An answer whose body is XML. */
export function xmlAnswer(body: string): Answer {
  return { status: 200, headers: { 'content-type': 'application/xml' }, body };
}
