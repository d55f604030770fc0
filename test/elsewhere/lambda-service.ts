/**
 * The few calls to Lambda that the suites make. The product itself has no use for Lambda's SDK client.
 * @see https://docs.aws.amazon.com/lambda/latest/api/welcome.html
 */
import { z } from 'zod';
import type { FunctionDefinition } from '../../lib/functions.ts';
import { architecture } from './function-archive.ts';
import { createSignedCall } from './signed-call.ts';

export interface LambdaService {
  /** Creates the function with the limits of its definition and waits until it is active; answers its ARN. */
  create(name: string, definition: FunctionDefinition, code: Deployable): Promise<string>;
  /** Lets storage invoke it. */
  permitStorage(name: string, bucket: string): Promise<void>;
  /** Invokes it and waits. */
  invoke(name: string, event: unknown): Promise<Invoked>;
  /** Puts an event in the function's queue, as storage does. */
  invokeAsync(name: string, event: unknown): Promise<void>;
  remove(name: string): Promise<void>;
}

export interface Deployable {
  readonly archive: Buffer;
  readonly environment: Readonly<Record<string, string>>;
}

/** What a function answered, or that it failed. */
export type Invoked = { readonly payload: unknown } | { readonly failed: unknown };

const activeLimitMs = 30_000;
const createdSchema = z.object({ FunctionArn: z.string() });
const stateSchema = z.object({
  Configuration: z.object({ State: z.string().optional(), LastUpdateStatus: z.string().optional() }),
});

/** Lambda at an endpoint. */
export function createLambdaService(endpoint: string): LambdaService {
  const call = createSignedCall('lambda', endpoint);
  const functions = '/2015-03-31/functions';

  async function waitUntilActive(name: string): Promise<void> {
    const until = Date.now() + activeLimitMs;
    for (;;) {
      const { Configuration } = stateSchema.parse(await (await call('GET', `${functions}/${name}`)).json());
      // Emulators that make functions at once leave the state out.
      if ((Configuration.State ?? 'Active') === 'Active') return;
      if (Configuration.State === 'Failed' || Date.now() > until) {
        throw new Error(`${name} did not become active: ${Configuration.State}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  return {
    async create(name, definition, { archive, environment }) {
      const answer = await call('POST', functions, {
        FunctionName: name,
        Runtime: 'nodejs24.x',
        Architectures: [architecture],
        Role: 'arn:aws:iam::000000000000:role/onceover-elsewhere',
        Handler: `index.${definition.handler}`,
        Timeout: definition.timeoutMs / 1000,
        MemorySize: definition.memoryMb,
        Environment: { Variables: environment },
        Code: { ZipFile: archive.toString('base64') },
      });
      const { FunctionArn } = createdSchema.parse(await answer.json());
      await waitUntilActive(name);
      await call('PUT', `/2019-09-25/functions/${name}/event-invoke-config`, {
        MaximumRetryAttempts: definition.asyncRetries,
        MaximumEventAgeInSeconds: definition.maximumEventAgeMs / 1000,
      });
      return FunctionArn;
    },
    async permitStorage(name, bucket) {
      await call('POST', `${functions}/${name}/policy`, {
        StatementId: 'storage',
        Action: 'lambda:InvokeFunction',
        Principal: 's3.amazonaws.com',
        SourceArn: `arn:aws:s3:::${bucket}`,
      });
    },
    async invoke(name, event) {
      const answer = await call('POST', `${functions}/${name}/invocations`, event);
      const text = await answer.text();
      const payload: unknown = text === '' ? undefined : JSON.parse(text);
      return answer.headers.has('x-amz-function-error') ? { failed: payload } : { payload };
    },
    async invokeAsync(name, event) {
      await call('POST', `${functions}/${name}/invocations`, event, { 'x-amz-invocation-type': 'Event' });
    },
    async remove(name) {
      await call('DELETE', `${functions}/${name}`);
    },
  };
}
