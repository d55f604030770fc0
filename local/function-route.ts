/**
 * A function at a local address, for whoever sits at this machine: on AWS, IAM says who may invoke it. Must not do
 * anything of its own.
 */
import type { LocalRoute } from './gateway.ts';
import { isFromElsewhere } from './loopback.ts';
import type { InvocationResult } from './runner/protocol.ts';

/** `POST` to the path: the body is the function's event, the answer its answer, or as Lambda says it what it threw. */
export function createFunctionRoute(
  path: '/local/staff' | '/local/upkeep',
  invoke: (event: unknown) => Promise<InvocationResult>,
): LocalRoute {
  return {
    method: 'POST',
    path,
    async handle(request) {
      if (isFromElsewhere(request)) return refuse(403, 'this answers to this machine only');
      const event: unknown = await request.json().catch(() => undefined);
      if (event === undefined) return refuse(400, 'the body is not JSON');
      const result = await invoke(event);
      if ('error' in result) {
        const { errorType, errorMessage } = result.error;
        return refuse(502, 'the function failed; its log says why (--verbose)', { errorType, errorMessage });
      }
      return Response.json(result.payload, { headers: { 'cache-control': 'no-store' } });
    },
  };
}

function refuse(status: number, message: string, more: object = {}): Response {
  return Response.json({ message, ...more }, { status, headers: { 'cache-control': 'no-store' } });
}
