/**
 * Brings the bytes of a photo to a ticket's upload address, at most once as far as anyone can tell: before a
 * PUT is repeated, the scan is asked whether the first one arrived after all, so that no image is sent again
 * that was already looked at and deleted.
 */
import type { Ticket } from '../core/contract.ts';
import { OnceoverApiError } from './error.ts';
import { observed, type Wire } from './http.ts';
import { mayPass, parseRetryAfter, retrying, type Attempt } from './retry.ts';
import type { PutAnswer, Transport, UploadProgress } from './transport.ts';
import type { GetScan } from './wait.ts';

export interface UploadOptions {
  readonly onProgress?: (progress: UploadProgress) => void;
  readonly signal?: AbortSignal;
}

/** What an upload needs besides the photo. */
export interface Uploader {
  readonly wire: Pick<Wire, 'timing' | 'onRequest'>;
  readonly transport: Transport;
  readonly getScan: GetScan;
}

/** The address lives 60 s and no claim is made 120 s after the ticket: longer is of no use. */
const uploadTimeoutMs = 120_000;

/**
 * Resolves once storage has the bytes, or had them before. Throws `upload-expired` when the address is past
 * its time, `upload-refused` when the bytes are not what the ticket was made for.
 */
export async function uploadPhoto(
  uploader: Uploader,
  ticket: Ticket,
  bytes: Uint8Array<ArrayBuffer>,
  { onProgress = () => undefined, signal }: UploadOptions = {},
): Promise<void> {
  const address = ticket.upload;
  if (address === undefined) {
    // A ticket asked for again names no address once the image came, the scan ended, or 60 s went by.
    if (ticket.scan.state === 'issued') throw expired();
    return;
  }
  const wire = { ...uploader.wire, requestTimeoutMs: uploadTimeoutMs };
  await retrying(wire.timing, signal, async (number): Promise<Attempt<void>> => {
    if (number > 1 && (await hasArrived(uploader, ticket.scan.id, signal))) return done;
    const attempt = await observed(wire, { route: 'PUT upload', signal }, number, async (limit) =>
      uploader.transport({ url: address.url, headers: address.headers, bytes, signal: limit, onProgress }),
    );
    return attempt.ok ? judge(attempt.value, address.expiresAt) : attempt;
  });
}

const done = { ok: true, value: undefined } as const;

/** Best effort: when the API cannot tell either, the PUT itself will (412, or a harmless second deletion). */
async function hasArrived(uploader: Uploader, scanId: string, signal: AbortSignal | undefined) {
  try {
    return (await uploader.getScan(scanId, 0, signal)).state !== 'issued';
  } catch (error) {
    if (error instanceof OnceoverApiError) return false;
    throw error;
  }
}

function judge({ status, retryAfter }: PutAnswer, expiresAt: string): Attempt<void> {
  // 412: the key of the upload is this scan's own and its checksum is pinned, so the same bytes are there.
  if ((status >= 200 && status < 300) || status === 412) return done;
  const retryAfterSeconds = parseRetryAfter(retryAfter);
  if (mayPass(status, retryAfterSeconds)) {
    const details = retryAfterSeconds === undefined ? { status } : { status, retryAfterSeconds };
    const error = new OnceoverApiError('network', `Storage cannot take the photo now (${status}).`, details);
    return { ok: false, error, again: true };
  }
  // The device's clock may be wrong, so it only chooses the sentence; storage decided.
  const isLate = status === 403 && Date.now() >= Date.parse(expiresAt);
  return { ok: false, error: isLate ? expired(status) : refused(status), again: false };
}

function expired(status?: number): OnceoverApiError {
  return new OnceoverApiError(
    'upload-expired',
    'The upload address was valid for 60 seconds and is no longer. Start again with the photo; nothing is charged.',
    status === undefined ? {} : { status },
  );
}

function refused(status: number): OnceoverApiError {
  return new OnceoverApiError(
    'upload-refused',
    `Storage refused the photo (${status}): it is not what the ticket was made for, or the address is too old. Start again with the photo; nothing is charged.`,
    { status },
  );
}
