/**
 * One photo through what the function runs, in a process of its own, so that its peak of resident memory belongs to
 * that photo alone, with the process of the model: `node bench/memory-child.ts FILE`, on Linux. Prints one line of JSON.
 * It writes nothing.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startAnalyzer } from '../lambdas/adapters/analyzer-host.ts';
import { createDynamoClient, createS3Client } from '../lambdas/adapters/aws-clients.ts';
import { createImageDecoder } from '../lambdas/adapters/image-decoder.ts';
import { useOfChildren } from './children.ts';

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: node bench/memory-child.ts FILE');

// Never used: only what they load counts.
const clients = [createDynamoClient(), createS3Client()];
const threads = 1;
const decoder = createImageDecoder({ threads });
const model = fileURLToPath(new URL('../models/skin-contrast', import.meta.url));
const analyzer = await startAnalyzer(model, { threads });

const startedAt = performance.now();
const bytes = new Uint8Array(readFileSync(file));
const decoded = await decoder.decode(bytes, analyzer.geometry);
const outcome = decoded.ok ? (await analyzer.analyze(decoded.pixels)).kind : decoded.reason;
bytes.fill(0);
for (const client of clients) client.destroy();
const ms = Math.round(performance.now() - startedAt);
console.log(JSON.stringify({ outcome, ms, peakBytes: ownPeakBytes() + useOfChildren().peakBytes }));

/** `maxRSS` of a fresh process starts from that of the process that started it (getrusage(2) keeps it across exec). */
function ownPeakBytes(): number {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024;
}
