/** A browser's XMLHttpRequest as the carrier of an upload, on a stand-in that fails on unexpected use. */
import { describe, expect, it } from 'vitest';
import { platformTransport, xhrTransport, type Put, type Xhr } from '../../client/transport.ts';

/** Records what it was asked; the test plays the browser. */
class FakeXhr implements Xhr {
  static last: FakeXhr | undefined;
  readonly calls: unknown[][] = [];
  readonly #listeners = new Map<string, () => void>();
  #onProgress: ((event: { readonly loaded: number }) => void) | undefined;
  status = 0;
  readonly upload = {
    addEventListener: (_type: 'progress', listener: (event: { readonly loaded: number }) => void) => {
      this.#onProgress = listener;
    },
  };

  constructor() {
    FakeXhr.last = this;
  }
  addEventListener(type: 'load' | 'error' | 'abort', listener: () => void): void {
    this.#listeners.set(type, listener);
  }
  open(...call: string[]): void {
    this.calls.push(['open', ...call]);
  }
  setRequestHeader(name: string, value: string): void {
    this.calls.push(['header', name, value]);
  }
  getResponseHeader(name: string): string | null {
    return name === 'retry-after' ? '7' : null;
  }
  send(body: Uint8Array<ArrayBuffer>): void {
    this.calls.push(['send', body]);
  }
  abort(): void {
    this.happen('abort');
  }
  progress(loaded: number): void {
    this.#onProgress?.({ loaded });
  }
  happen(type: string): void {
    const listener = this.#listeners.get(type);
    if (listener === undefined) throw new Error(`nobody listens to ${type}`);
    listener();
  }
}

function given(signal = new AbortController().signal) {
  const sent: number[] = [];
  const put: Put = {
    url: 'https://storage.example/upload',
    headers: { 'Content-Type': 'image/png', 'Content-Length': '3', Host: 'storage.example' },
    bytes: new Uint8Array([1, 2, 3]),
    signal,
    onProgress: ({ sentBytes }) => sent.push(sentBytes),
  };
  const answer = xhrTransport(FakeXhr)(put);
  const xhr = FakeXhr.last;
  if (xhr === undefined) throw new Error('no request was made');
  return { put, sent, answer, xhr };
}

describe('an upload by XMLHttpRequest', () => {
  it('sends the headers of the ticket except those that the browser sets itself', async () => {
    const { put, answer, xhr } = given();
    xhr.status = 503;
    xhr.happen('load');
    expect(await answer).toEqual({ status: 503, retryAfter: '7' });
    expect(xhr.calls).toEqual([
      ['open', 'PUT', put.url],
      ['header', 'Content-Type', 'image/png'],
      ['send', put.bytes],
    ]);
  });

  it('tells the progress that the browser tells', async () => {
    const { sent, answer, xhr } = given();
    xhr.progress(2);
    xhr.progress(3);
    xhr.happen('load');
    await answer;
    expect(sent).toEqual([0, 2, 3]);
  });

  it('rejects when the connection breaks', async () => {
    const { answer, xhr } = given();
    xhr.happen('error');
    await expect(answer).rejects.toThrow(TypeError);
  });

  it('rejects with the reason of a signal that aborts, before and during it', async () => {
    const stop = new AbortController();
    const { answer } = given(stop.signal);
    stop.abort(new Error('enough'));
    await expect(answer).rejects.toThrow('enough');
    const late = given(stop.signal);
    await expect(late.answer).rejects.toThrow('enough');
    expect(late.xhr.calls.map(([name]) => name)).not.toContain('send');
  });
});

it('chooses XMLHttpRequest where the platform has one', async () => {
  Reflect.set(globalThis, 'XMLHttpRequest', FakeXhr);
  try {
    FakeXhr.last = undefined;
    const { put } = given();
    FakeXhr.last = undefined;
    const answer = platformTransport()(put);
    // The assignment happens in the constructor, which the flow analysis cannot see.
    const xhr = FakeXhr.last as FakeXhr | undefined;
    if (xhr !== undefined) xhr.status = 503;
    xhr?.happen('load');
    expect(await answer).toEqual({ status: 503, retryAfter: '7' });
  } finally {
    Reflect.deleteProperty(globalThis, 'XMLHttpRequest');
  }
});
