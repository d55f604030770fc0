/**
 * The variables of a function environment: Lambda's own and the function's, nothing of the parent's. A
 * function must never see a secret or a setting of the shell that started the embedded cloud.
 */
import type { FunctionDefinition } from '../../lib/functions.ts';

/** Region of the embedded cloud unless the function's variables name another. */
export const defaultRegion = 'us-east-1';

/**
 * All variables of one environment. `given` wins, so that the wiring sets region, credentials and endpoints.
 * HOME is the bundle's folder: the SDK looks for shared configuration there and must not find a person's.
 */
export function environmentVariables(
  definition: FunctionDefinition,
  dir: string,
  environmentId: string,
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    HOME: dir,
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    _HANDLER: `index.${definition.handler}`,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_REGION: defaultRegion,
    AWS_DEFAULT_REGION: given['AWS_REGION'] ?? defaultRegion,
    AWS_LAMBDA_FUNCTION_NAME: definition.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${definition.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: environmentId,
    LAMBDA_TASK_ROOT: dir,
    ...given,
  };
}
