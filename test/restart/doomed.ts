/**
 * A process that dies: starts the embedded cloud on a data folder, sends one photo through it, and kills itself with
 * SIGKILL at a named point. Prints the scan's id first. Arguments: folder, point.
 */
import { readFileSync, writeSync } from 'node:fs';
import { createClient } from '../../client/client.ts';
import { startCloud, type CloudObservation } from '../../local/cloud.ts';

const [data = '', point = ''] = process.argv.slice(2);

/** What is seen at each point; storage tells before it answers. */
const points: Readonly<Record<string, (seen: CloudObservation) => boolean>> = {
  'the object is stored and its event is not taken over': (seen) => isAnswer(seen, 'PutObject', 200),
  'the analysis reads the object': (seen) => isAnswer(seen, 'GetObject', 200),
  'the object is deleted': (seen) => isAnswer(seen, 'DeleteObject', 204),
  'the deletion is verified': (seen) => isAnswer(seen, 'HeadObject', 404),
};

function isAnswer(seen: CloudObservation, operation: string, status: number): boolean {
  return seen.source === 'storage' && seen.operation === operation && seen.status === status;
}

const cloud = await startCloud({
  data,
  seed: 'scenario',
  model: 'colour-contrast',
  scans: 20,
  log: () => {},
  observe(seen) {
    if (points[point]?.(seen) === true) process.kill(process.pid, 'SIGKILL');
  },
});
const client = createClient({
  baseUrl: cloud.apiUrl,
  getToken: () => cloud.issuer.issueToken(cloud.accountId),
});
const bytes = new Uint8Array(readFileSync(new URL('../../local/sample/photo.jpg', import.meta.url)));
const ticket = await client.requestTicket({ bytes, contentType: 'image/jpeg' });
writeSync(1, `${ticket.scan.id}\n`);
await client.upload(ticket, bytes);
await client.waitForResult(ticket.scan.id);
throw new Error(`never came to where ${point}`);
