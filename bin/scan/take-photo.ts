/** One photo from its file to its result, through the client. The file name stays here. */
import { readFile, stat } from 'node:fs/promises';
import { OnceoverApiError } from '../../client/error.ts';
import type { Client, Photo } from '../../client/client.ts';
import type { ScanView } from '../../core/contract.ts';
import { errorDescriptions } from '../../core/errors.ts';
import { contentTypeOf } from './content-type.ts';
import { sentenceOf } from './find-photos.ts';
import type { Journal } from './journal.ts';
import type { PhotoResult, Refusal } from './result.ts';
import { SystemUnreachable } from './token.ts';

export interface Taking {
  readonly client: Pick<Client, 'scanPhoto' | 'getScan'>;
  /** The system's own limit; a longer file is refused unread, whatever its size. */
  readonly maxUploadBytes: number;
  readonly name: string | undefined;
  readonly signal: AbortSignal;
  /** Where earlier runs noted what they asked for. Default: nothing is noted. */
  readonly journal?: Journal;
}

/** Rejects when the signal aborts, or with what is no matter of this photo. */
export async function takePhoto(taking: Taking, photo: string): Promise<PhotoResult> {
  const { maxUploadBytes, signal } = taking;
  let bytes;
  try {
    const { size } = await stat(photo);
    if (size > maxUploadBytes) return refused(photo, tooManyBytes);
    bytes = await readFile(photo, { signal });
  } catch (error) {
    signal.throwIfAborted();
    return refused(photo, { code: 'unreadable-file', message: `The file: ${sentenceOf(error)}` });
  }
  if (bytes.byteLength === 0) {
    return refused(photo, { code: 'unreadable-file', message: 'The file is empty.' });
  }
  try {
    const contentType = contentTypeOf(photo, bytes);
    const scan = await scanOnce(taking, photo, { bytes, contentType });
    return { photo, kind: 'ended', scan };
  } catch (error) {
    if (error instanceof SystemUnreachable)
      return refused(photo, { code: 'network', message: error.message });
    if (!(error instanceof OnceoverApiError)) throw error;
    return refused(photo, {
      code: error.code,
      message: error.message,
      ...(error.status === undefined ? {} : { status: error.status }),
      ...(error.reference === undefined ? {} : { reference: error.reference }),
    });
  }
}

/** Asks for the photo's scan; of a journal's photo for the same one as before, unless no photo ever reached it. */
async function scanOnce(
  taking: Taking,
  path: string,
  photo: Photo & { readonly bytes: Uint8Array },
): Promise<ScanView> {
  const { client, name, signal, journal } = taking;
  const named = name === undefined ? {} : { name };
  if (journal === undefined) return client.scanPhoto(photo, { signal, ...named });
  const ask = async (anew: boolean): Promise<ScanView> => {
    const { idempotencyKey, scanId, isKnown } = await journal.ask(path, photo.bytes, anew);
    const noted: Promise<void>[] = [];
    try {
      const known = scanId === undefined ? undefined : await client.getScan(scanId, { signal });
      const scan =
        known !== undefined && known.endedAt !== undefined
          ? known
          : await client.scanPhoto(photo, {
              signal,
              ...named,
              idempotencyKey,
              onProgress: (progress) => {
                if (progress.stage === 'ticket-issued') noted.push(journal.issued(path, progress.scan.id));
              },
            });
      return isKnown && scan.state === 'expired' ? await ask(true) : scan;
    } catch (error) {
      const isLate = error instanceof OnceoverApiError && error.code === 'upload-expired';
      if (isKnown && isLate) return ask(true);
      throw error;
    } finally {
      await Promise.all(noted);
    }
  };
  return ask(false);
}

const tooManyBytes: Refusal = {
  code: 'too-many-bytes',
  message: errorDescriptions['too-many-bytes'].detail,
  status: errorDescriptions['too-many-bytes'].status,
};

function refused(photo: string, refusal: Refusal): PhotoResult {
  return { photo, kind: 'refused', refusal };
}
