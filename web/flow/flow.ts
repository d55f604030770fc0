/**
 * One photo from the file chooser to its result: the steps, and what a person may do at each. The photo is held here,
 * in memory, until it was looked at or given up; nothing of it is written anywhere. Knows nothing of pages.
 */
import type { Client } from '../../client/client.ts';
import { OnceoverApiError, type ClientErrorCode } from '../../client/error.ts';
import type { PolicyView, ScanView } from '../../core/contract.ts';
import { judge, type Check } from '../photo/checks.ts';
import type { PrepareAnswer, PrepareRequest, Prepared } from '../photo/measured.ts';
import { createStore, type Store } from '../store.ts';

/** Photos are shrunk to this before they are sent, unless the model needs more. */
export const longEdge = 1024;

/** What is sent: a photo made on the device, or, agreed to, the original. */
export type Sendable =
  | ({ readonly kind: 'prepared'; readonly checks: readonly Check[] } & Omit<Prepared, 'kind'>)
  | { readonly kind: 'original'; readonly bytes: Uint8Array<ArrayBuffer>; readonly contentType: string };

/** Where the photo is. */
export type Step =
  | { readonly at: 'none' }
  | { readonly at: 'preparing' }
  | { readonly at: 'unreadable'; readonly why: 'format' | 'damaged' | 'size' | 'memory' }
  /** The browser cannot decode it: may the original go up, with its metadata? */
  | { readonly at: 'asking'; readonly format: string; readonly file: File; readonly contentType: string }
  | { readonly at: 'ready'; readonly photo: Sendable }
  | { readonly at: 'sending'; readonly photo: Sendable; readonly share: number; readonly slow: boolean }
  | { readonly at: 'looking'; readonly photo: Sendable; readonly scanId: string }
  /** The photo's pixels are kept until the page has shown them fade. */
  | { readonly at: 'ended'; readonly photo: Sendable; readonly scan: ScanView }
  | { readonly at: 'trouble'; readonly photo: Sendable | undefined; readonly error: Trouble };

/** What went wrong, as far as a person is concerned. */
export interface Trouble {
  readonly code: ClientErrorCode;
  readonly reference: string | undefined;
}

export interface Flow {
  readonly step: Store<Step>;
  choose(file: File): Promise<void>;
  /** Agrees that the original goes up with its metadata. */
  agreeToOriginal(): Promise<void>;
  /** Sends what is ready, or what could not be sent before. */
  send(): Promise<void>;
  /** Gives up and forgets the photo. */
  forget(): void;
}

export interface FlowParts {
  readonly client: Pick<Client, 'requestTicket' | 'upload' | 'waitForResult'>;
  readonly policy: () => Promise<PolicyView>;
  readonly prepare: (request: PrepareRequest) => Promise<PrepareAnswer>;
  /** An upload that takes longer is called slow. Default: 8 s */
  readonly slowAfterMs?: number;
}

/** Formats that the analysis can read although this browser may not. */
const originals: Readonly<Record<string, string>> = { heic: 'image/heic', avif: 'image/avif' };

/** Formats that every browser reads: one that it cannot read is broken, and its original would be no better. */
const common: ReadonlySet<string> = new Set(['jpeg', 'png', 'webp']);

export function createFlow(parts: FlowParts): Flow {
  const step = createStore<Step>({ at: 'none' });
  let running = new AbortController();
  /** The same for every try with one ticket, so that a repeated request finds the scan of the first. */
  let ticketKey = freshKey();

  const startOver = (): AbortSignal => {
    running.abort();
    release(step.get());
    running = new AbortController();
    ticketKey = freshKey();
    return running.signal;
  };
  const tell = (signal: AbortSignal, next: Step): void => {
    if (!signal.aborted) step.set(next);
  };

  const send = async (photo: Sendable, signal: AbortSignal): Promise<void> => {
    let slow = false;
    let share = 0;
    const show = (): void => tell(signal, { at: 'sending', photo, share, slow });
    show();
    const timer = setTimeout(() => {
      slow = true;
      if (step.get().at === 'sending') show();
    }, parts.slowAfterMs ?? 8000);
    const wasUsed = ticketKey.used;
    ticketKey.used = true;
    try {
      const ticket = await parts.client.requestTicket(photo, { idempotencyKey: ticketKey.key, signal });
      await parts.client.upload(ticket, photo.bytes, {
        signal,
        onProgress({ sentBytes, totalBytes }) {
          share = totalBytes === 0 ? 1 : sentBytes / totalBytes;
          show();
        },
      });
      clearTimeout(timer);
      tell(signal, { at: 'looking', photo, scanId: ticket.scan.id });
      const scan = await parts.client.waitForResult(ticket.scan.id, { signal });
      tell(signal, { at: 'ended', photo, scan });
    } catch (error) {
      if (signal.aborted) return;
      const trouble = troubleOf(error);
      // Another try needs another ticket: the address of this one is past its time, or its bytes were refused.
      if (needsNewTicket.has(trouble.code)) ticketKey = freshKey();
      if (trouble.code === 'upload-expired' && wasUsed) {
        // The ticket of an earlier try ran out meanwhile, which is no news to a person who asks again.
        clearTimeout(timer);
        await send(photo, signal);
        return;
      }
      tell(signal, { at: 'trouble', photo, error: trouble });
    } finally {
      clearTimeout(timer);
    }
  };

  return {
    step,
    async choose(file) {
      const signal = startOver();
      tell(signal, { at: 'preparing' });
      try {
        const { model, limits } = await parts.policy();
        const answer = await parts.prepare({ file, longEdge, input: model.input });
        if (answer.kind === 'prepared') {
          if (signal.aborted) {
            answer.preview.close();
            return;
          }
          const checks = judge(answer.measured, model);
          tell(signal, { at: 'ready', photo: { ...answer, checks } });
          return;
        }
        const contentType = originals[answer.format];
        if (common.has(answer.format)) tell(signal, { at: 'unreadable', why: 'damaged' });
        else if (contentType === undefined) tell(signal, { at: 'unreadable', why: 'format' });
        else if (file.size > limits.maxUploadBytes) tell(signal, { at: 'unreadable', why: 'size' });
        else tell(signal, { at: 'asking', format: answer.format, file, contentType });
      } catch (error) {
        if (error instanceof OnceoverApiError) {
          tell(signal, { at: 'trouble', photo: undefined, error: troubleOf(error) });
        } else {
          tell(signal, { at: 'unreadable', why: 'memory' });
        }
      }
    },
    async agreeToOriginal() {
      const now = step.get();
      if (now.at !== 'asking') return;
      const { signal } = running;
      // Whoever presses twice agrees once.
      tell(signal, { at: 'preparing' });
      // A device may take a file back, or have no room for it, after it was chosen.
      const bytes = await now.file.arrayBuffer().catch(() => undefined);
      if (bytes === undefined) {
        tell(signal, { at: 'unreadable', why: 'memory' });
        return;
      }
      const original = {
        kind: 'original',
        bytes: new Uint8Array(bytes),
        contentType: now.contentType,
      } as const;
      await send(original, signal);
    },
    async send() {
      const now = step.get();
      if (now.at !== 'ready' && now.at !== 'trouble') return;
      if (now.photo === undefined) return;
      running = new AbortController();
      await send(now.photo, running.signal);
    },
    forget() {
      startOver();
      step.set({ at: 'none' });
    },
  };
}

function freshKey(): { readonly key: string; used: boolean } {
  return { key: crypto.randomUUID(), used: false };
}

const needsNewTicket: ReadonlySet<ClientErrorCode> = new Set([
  'upload-expired',
  'upload-refused',
  'idempotency-key-reused',
  'scan-gone',
]);

/** Overwrites the bytes and frees the pixels, so that nothing of the photo waits for the garbage collector. */
function release(step: Step): void {
  if (!('photo' in step) || step.photo === undefined) return;
  step.photo.bytes.fill(0);
  if (step.photo.kind === 'prepared') step.photo.preview.close();
}

/** The code of whatever a request may throw. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof OnceoverApiError) return { code: error.code, reference: error.reference };
  return { code: 'internal', reference: undefined };
}
