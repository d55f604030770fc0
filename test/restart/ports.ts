/** Ports for a system that must come back at the same addresses. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/** The first of three ports in a row that were free a moment ago, below those that systems hand out themselves. */
export async function freePorts(): Promise<number> {
  for (let port = 20_000 + (process.pid % 3_000) * 3; port < 32_000; port += 3) {
    const servers: Server[] = [];
    try {
      for (const one of [port, port + 1, port + 2]) {
        const server = createServer().listen(one, '127.0.0.1');
        servers.push(server);
        await once(server, 'listening');
      }
      return port;
    } catch {
      // Taken: the next three.
    } finally {
      for (const server of servers) server.close();
    }
  }
  throw new Error('no three free ports in a row');
}
