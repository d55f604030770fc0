/** What the front door does for many at once: it waits for room, and tells people apart where a test asks for it. */
import { afterEach, expect, it } from 'vitest';
import { createVirtualClock } from '../../local/clock.ts';
import { startGateway, type Gateway, type GatewayOptions } from '../../local/gateway.ts';

let gateway: Gateway | undefined;
afterEach(() => gateway?.close());

const throttled = { error: { kind: 'throttled', errorType: 'x', errorMessage: 'x' } } as const;
const done = { payload: { statusCode: 200, body: 'done' } };

async function given(options: Partial<GatewayOptions>): Promise<string> {
  gateway = await startGateway({ clock: createVirtualClock(), invoke: async () => done, ...options });
  return gateway.url;
}

it('waits for room when it is told to be patient, and says 503 when there is none in time', async () => {
  let full = 3;
  const url = await given({ patienceMs: 5_000, invoke: async () => ((full -= 1) >= 0 ? throttled : done) });
  expect((await fetch(url)).status).toBe(200);
  await gateway?.close();
  const never = await given({ patienceMs: 60, invoke: async () => throttled });
  expect((await fetch(never)).status).toBe(503);
});

it('takes the connection as the source, and what a header says only where it may', async () => {
  const sources: unknown[] = [];
  const invoke: GatewayOptions['invoke'] = async (event) => {
    sources.push(/"sourceIp":"([^"]*)"/.exec(JSON.stringify(event))?.[1]);
    return done;
  };
  const headers = { 'x-forwarded-for': '198.51.100.7, 10.0.0.1' };
  await fetch(await given({ invoke }), { headers });
  await gateway?.close();
  await fetch(await given({ invoke, trustForwarded: true }), { headers });
  expect(sources).toEqual(['127.0.0.1', '198.51.100.7']);
});
