/** One function environment of a bench: loads a bundle, handles the events it is sent, answers its own CPU time. */
import { useOfChildren } from './children.ts';

const file = process.argv[2];
if (file === undefined) throw new Error('usage: worker.ts BUNDLE');
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a bundle's export is unknown; both benches export a handler
const { handler } = (await import(file)) as {
  handler: (event: unknown, context: unknown) => Promise<void>;
};

process.on('message', (event) => {
  void (async () => {
    const before = used();
    await handler(event, { getRemainingTimeInMillis: () => 30_000 });
    const after = used();
    process.send?.({ cpuMs: after.cpuMs - before.cpuMs, rssMb: after.rssBytes / 2 ** 20 });
  })();
});

/** Of this process and of those that it started. */
function used(): { readonly cpuMs: number; readonly rssBytes: number } {
  const { user, system } = process.cpuUsage();
  const children = useOfChildren();
  return {
    cpuMs: (user + system) / 1000 + children.cpuMs,
    rssBytes: process.memoryUsage.rss() + children.rssBytes,
  };
}

process.send?.('ready');
