import { createServer } from 'node:http';
import { once } from 'node:events';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { emulatorAt } from './emulator.ts';
import { anyHostFlag, endpointOf } from './endpoint.ts';

it.each([
  ['http://127.0.0.1:4566', 'http://127.0.0.1:4566'],
  ['http://localhost:4566/', 'http://localhost:4566'],
  ['http://[::1]:9297', 'http://[::1]:9297'],
  ['https://localhost.localstack.localhost:4566', 'https://localhost.localstack.localhost:4566'],
])('takes %s, which is this machine', (given, origin) => {
  expect(endpointOf({ AWS_ENDPOINT_URL: given })).toBe(origin);
});

it.each([
  'https://dynamodb.us-east-1.amazonaws.com',
  'http://192.168.1.2:4566',
  'http://127.0.0.1.example.com:4566',
  'http://localhost.example.com',
  'http://1270.0.0.1.nip.io',
])('rejects %s, which is another machine, unless a flag allows it', (given) => {
  expect(() => endpointOf({ AWS_ENDPOINT_URL: given })).toThrow(anyHostFlag);
  expect(endpointOf({ AWS_ENDPOINT_URL: given, [anyHostFlag]: '1' })).toBe(new URL(given).origin);
});

it.each([undefined, '', 'localhost:4566', 'ftp://127.0.0.1', 'nonsense'])(
  'rejects %s, which is no address',
  (given) => {
    expect(() => endpointOf({ AWS_ENDPOINT_URL: given, [anyHostFlag]: '1' })).toThrow(
      expect.objectContaining({ code: 'endpoint' }),
    );
  },
);

it('knows an emulator by its health page, and MiniStack although it has both', async () => {
  const answers = new Map<string, string>();
  const server = createServer((request, response) => {
    const body = answers.get(request.url ?? '');
    response.writeHead(body === undefined ? 404 : 200).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '';
  expect(await emulatorAt(url)).toBeUndefined();
  answers.set('/_localstack/health', '{"version":"1"}');
  expect(await emulatorAt(url)).toBe('localstack');
  answers.set('/_ministack/health', '{"version":"1"}');
  expect(await emulatorAt(url)).toBe('ministack');
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
  expect(await emulatorAt(url)).toBeUndefined();
});

const script = fileURLToPath(new URL('run.ts', import.meta.url));

it.each([
  ['http://203.0.113.7:4566', 'which is not this machine'],
  ['http://127.0.0.1:1', 'Nothing answers'],
  ['nonsense', 'must be an http or https address'],
])('rejects to run at %s with a sentence and code 2', async (endpoint, sentence) => {
  const { promise, resolve } = Promise.withResolvers<{ code: unknown; stderr: string }>();
  const env = { PATH: '/nowhere', AWS_ENDPOINT_URL: endpoint };
  execFile(process.execPath, [script], { env, timeout: 200_000 }, (error, _stdout, stderr) =>
    resolve({ code: error?.code, stderr }),
  );
  const { code, stderr } = await promise;
  expect(code).toBe(2);
  expect(stderr).toContain(sentence);
  expect(stderr.trim().split('\n')).toHaveLength(1);
});
