/** One photo from the chooser to its result, without a browser and without a system. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { OnceoverApiError, type ClientErrorCode } from '../../../client/error.ts';
import type { ScanView, Ticket } from '../../../core/contract.ts';
import { createFlow, type FlowParts } from '../../../web/flow/flow.ts';
import type { PrepareAnswer } from '../../../web/photo/measured.ts';

const scan: ScanView = {
  id: 'A'.repeat(22),
  state: 'completed',
  issuedAt: '2026-11-21T14:03:06.000Z',
  message: 'Looked at.',
  charged: true,
};
const ticket: Ticket = { scan: { ...scan, state: 'issued', charged: false } };
const file = new File([new Uint8Array([1, 2, 3])], 'secret-name.jpg', { type: 'image/jpeg' });

let isClosed: boolean;
let bytes: Uint8Array<ArrayBuffer>;
/** Keys of the tickets that were asked for. */
let keys: string[];
/** What each next upload does. */
let uploads: (ClientErrorCode | undefined)[];
let parts: FlowParts;

function prepared(): PrepareAnswer {
  return {
    kind: 'prepared',
    bytes,
    contentType: 'image/jpeg',
    sentWidth: 1024,
    sentHeight: 768,
    measured: { width: 4000, height: 3000, values: {} },
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- no ImageBitmap outside of a browser
    preview: { width: 768, height: 768, close: () => (isClosed = true) } as unknown as ImageBitmap,
  };
}

beforeEach(() => {
  isClosed = false;
  bytes = new Uint8Array([9, 9, 9]);
  keys = [];
  uploads = [];
  parts = {
    client: {
      requestTicket: async (_, options) => {
        keys.push(options?.idempotencyKey ?? '');
        return ticket;
      },
      upload: async (_, __, options) => {
        options?.onProgress?.({ sentBytes: 1, totalBytes: 2 });
        const code = uploads.shift();
        if (code !== undefined) throw new OnceoverApiError(code, 'No.');
      },
      waitForResult: async () => scan,
    },
    policy: async () => ({
      ...policyOf(),
    }),
    prepare: async () => prepared(),
  };
});

function policyOf(): Awaited<ReturnType<FlowParts['policy']>> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the flow reads these parts of a policy alone
  return {
    limits: { ticketsPerDay: 20, maxUploadBytes: 10, maxTextLength: 10, contentTypes: [] },
    model: { gates: [], input: { width: 256, height: 256, fit: 'cover', enlarge: false } },
  } as unknown as Awaited<ReturnType<FlowParts['policy']>>;
}

describe('a photo', () => {
  it('goes through every step to its result', async () => {
    const flow = createFlow(parts);
    const seen: string[] = [];
    flow.step.subscribe(() => seen.push(flow.step.get().at));
    await flow.choose(file);
    await flow.send();
    expect(seen).toEqual(['preparing', 'ready', 'sending', 'sending', 'looking', 'ended']);
    expect(flow.step.get()).toMatchObject({ scan });
  });

  it('is overwritten and freed when it is forgotten', async () => {
    const flow = createFlow(parts);
    await flow.choose(file);
    flow.forget();
    expect([...bytes]).toEqual([0, 0, 0]);
    expect(isClosed).toBe(true);
    expect(flow.step.get()).toEqual({ at: 'none' });
  });

  it('is freed at once when another was chosen while it was made ready', async () => {
    const slow = Promise.withResolvers<PrepareAnswer>();
    const flow = createFlow({ ...parts, prepare: async () => slow.promise });
    const first = flow.choose(file);
    flow.forget();
    slow.resolve(prepared());
    await first;
    expect(isClosed).toBe(true);
    expect(flow.step.get()).toEqual({ at: 'none' });
  });

  it('stays after a broken connection, and finds its own ticket again', async () => {
    uploads = ['network'];
    const flow = createFlow(parts);
    await flow.choose(file);
    await flow.send();
    expect(flow.step.get()).toMatchObject({ at: 'trouble', error: { code: 'network' } });
    expect([...bytes]).toEqual([9, 9, 9]);
    await flow.send();
    expect(flow.step.get().at).toBe('ended');
    expect(new Set(keys).size).toBe(1);
  });

  it('gets a new ticket when the place for it ran out, and a third without asking when that is old news', async () => {
    uploads = ['upload-expired', 'network', 'upload-expired'];
    const flow = createFlow(parts);
    await flow.choose(file);
    await flow.send();
    expect(flow.step.get()).toMatchObject({ at: 'trouble', error: { code: 'upload-expired' } });
    await flow.send();
    expect(flow.step.get()).toMatchObject({ at: 'trouble', error: { code: 'network' } });
    await flow.send();
    expect(flow.step.get().at).toBe('ended');
    const [first, second, third, fourth] = keys;
    expect(second).not.toBe(first);
    expect(third).toBe(second);
    expect(fourth).not.toBe(third);
  });

  it('says that it is slow', async () => {
    vi.useFakeTimers();
    try {
      const held = Promise.withResolvers<void>();
      const flow = createFlow({ ...parts, client: { ...parts.client, upload: async () => held.promise } });
      await flow.choose(file);
      const sending = flow.send();
      await vi.advanceTimersByTimeAsync(9000);
      expect(flow.step.get()).toMatchObject({ at: 'sending', slow: true });
      held.resolve();
      await sending;
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('what the device cannot decode', () => {
  const undecodable = (format: string): FlowParts => ({
    ...parts,
    prepare: async () => ({ kind: 'undecodable', format }),
  });

  it('is sent as it is only when that was agreed to', async () => {
    const flow = createFlow(undecodable('heic'));
    await flow.choose(file);
    expect(flow.step.get()).toMatchObject({ at: 'asking', contentType: 'image/heic' });
    await flow.send();
    expect(keys).toEqual([]);
    await flow.agreeToOriginal();
    expect(flow.step.get()).toMatchObject({ at: 'ended', photo: { kind: 'original' } });
  });

  it.each(['tiff', 'svg', 'gif', 'unknown'])(
    'rejects %s, which the analysis cannot read either',
    async (format) => {
      const flow = createFlow(undecodable(format));
      await flow.choose(file);
      expect(flow.step.get()).toEqual({ at: 'unreadable', why: 'format' });
    },
  );

  it.each(['jpeg', 'png', 'webp'])('calls a %s broken, and never asks for its original', async (format) => {
    const flow = createFlow(undecodable(format));
    await flow.choose(file);
    expect(flow.step.get()).toEqual({ at: 'unreadable', why: 'damaged' });
  });

  it('rejects an original that is over the limit', async () => {
    const flow = createFlow(undecodable('heic'));
    await flow.choose(new File([new Uint8Array(11)], 'large.heic'));
    expect(flow.step.get()).toEqual({ at: 'unreadable', why: 'size' });
  });

  it('goes up once when its owner presses twice', async () => {
    const flow = createFlow(undecodable('heic'));
    await flow.choose(file);
    await Promise.all([flow.agreeToOriginal(), flow.agreeToOriginal()]);
    expect(keys).toHaveLength(1);
    expect(flow.step.get()).toMatchObject({ at: 'ended', photo: { kind: 'original' } });
  });

  it('is called unreadable when the device cannot read it any more', async () => {
    const flow = createFlow(undecodable('heic'));
    const taken = new File([new Uint8Array(3)], 'taken.heic');
    taken.arrayBuffer = async () => Promise.reject(new DOMException('gone', 'NotReadableError'));
    await flow.choose(taken);
    await flow.agreeToOriginal();
    expect(flow.step.get()).toEqual({ at: 'unreadable', why: 'memory' });
    expect(keys).toEqual([]);
  });

  it('is told apart from a device without the memory for it', async () => {
    const flow = createFlow({
      ...parts,
      prepare: async () => {
        throw new Error('no memory');
      },
    });
    await flow.choose(file);
    expect(flow.step.get()).toEqual({ at: 'unreadable', why: 'memory' });
  });
});
