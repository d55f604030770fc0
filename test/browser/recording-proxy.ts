/** A proxy that writes down every byte a browser sends, whichever part of it sends them: what leaves cannot pass it by. */
import { once } from 'node:events';
import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';

/** One request as it left. Tunnels and sockets are written down by their target, and refused. */
export interface Left {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly string[];
  readonly body: Buffer;
}

export interface RecordingProxy {
  readonly url: string;
  readonly left: readonly Left[];
  close(): void;
}

/** Starts listening; the browser is launched with its address. */
export async function startRecordingProxy(): Promise<RecordingProxy> {
  const left: Left[] = [];
  const note = ({ method = '', url = '', rawHeaders: headers }: IncomingMessage, body: Buffer): void => {
    left.push({ method, url, headers, body });
  };
  const pass = async (from: IncomingMessage, to: ServerResponse): Promise<void> => {
    const body = await buffer(from);
    note(from, body);
    const onward = ask(from.url ?? '', { method: from.method, headers: from.headers });
    onward.end(body);
    const [answer]: IncomingMessage[] = await once(onward, 'response');
    if (answer === undefined) throw new Error('no answer');
    to.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    await pipeline(answer, to);
  };
  const server = createServer((from, to) => {
    // Whoever went away in the middle wants no answer.
    pass(from, to).catch(() => to.destroy());
  });
  const refuse = (from: IncomingMessage, socket: { destroy(): unknown }): void => {
    note(from, Buffer.alloc(0));
    socket.destroy();
  };
  server.on('connect', refuse);
  server.on('upgrade', refuse);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a server that listens on a port has such an address
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    left,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
