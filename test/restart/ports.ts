/** Ports for a system that must come back at the same addresses. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/** API, storage, database and payments. */
const inARow = [0, 1, 2, 3];

/** The first of four ports in a row that were free a moment ago, below those that systems hand out themselves. */
export async function freePorts(): Promise<number> {
  for (let port = 20_000 + (process.pid % 2_500) * inARow.length; port < 32_000; port += inARow.length) {
    const servers: Server[] = [];
    try {
      for (const offset of inARow) {
        const server = createServer().listen(port + offset, '127.0.0.1');
        servers.push(server);
        await once(server, 'listening');
      }
      return port;
    } catch {
      // Taken: the next four.
    } finally {
      for (const server of servers) server.close();
    }
  }
  throw new Error('no four free ports in a row');
}
