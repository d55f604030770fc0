/**
 * An error as a log may show it (ONE-6): its name, its code and where it was thrown. Never its message, which
 * libraries fill with keys, addresses and values; never an attribute beyond these.
 */

/** What is printed of one error; `cause` is described the same way. */
export interface DescribedError {
  readonly name: string;
  readonly code?: string;
  /** HTTP status of a service's answer. */
  readonly status?: number;
  /** `function (file:line:column)`, innermost first, file names without their folders. */
  readonly frames: readonly string[];
  readonly cause?: DescribedError;
}

const maxFrames = 12;
const maxCauses = 4;

/** Names are given by classes: a capital, then letters and digits. */
const namePattern = /^[A-Z][A-Za-z0-9]{2,60}$/;
/** System and library codes (`ECONNRESET`, `ERR_JWT_EXPIRED`) or our own (`no-scans-left`). */
const codePattern = /^(?:[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*|[a-z]+(?:-[a-z]+)*)$/;
/** V8's frame of a script or a Node built-in; what does not look exactly so is not printed. */
const framePattern =
  /^ {4}at (?:(?:async )?(?:new )?([\w$.<>#]{1,80})(?: \[as [\w$.<>#]{1,80}\])? \()?(?:file:\/\/\/?|\/|node:|[A-Z]:\\)[^()\n]*?([\w.-]{1,60}\.[cm]?[jt]s|(?<=node:)[\w/]{1,60}):(\d{1,7}):(\d{1,7})\)?$/;

/** Describes anything that was thrown. */
export function describeError(error: unknown): DescribedError {
  return describe(error, 0);
}

function describe(error: unknown, depth: number): DescribedError {
  if (!(error instanceof Error)) return { name: 'NotAnError', frames: [] };
  const code = codeOf(error);
  const status = statusOf(error);
  const hasCause = error.cause !== undefined && error.cause !== null && depth < maxCauses;
  return {
    name: namePattern.test(error.name) ? error.name : 'Error',
    ...(code === undefined ? {} : { code }),
    ...(status === undefined ? {} : { status }),
    frames: framesOf(error),
    ...(hasCause ? { cause: describe(error.cause, depth + 1) } : {}),
  };
}

function codeOf(error: Error): string | undefined {
  const code = 'code' in error ? error.code : undefined;
  return typeof code === 'string' && code.length <= 60 && codePattern.test(code) ? code : undefined;
}

/** AWS SDK errors carry the answer's status in `$metadata`. */
function statusOf(error: Error): number | undefined {
  const metadata = '$metadata' in error ? error.$metadata : undefined;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return undefined;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}

/** The stack opens with the message, which may imitate frames; so it is cut off before frames are read. */
function framesOf(error: Error): readonly string[] {
  const stack = typeof error.stack === 'string' ? error.stack : '';
  const messageAt = error.message === '' ? -1 : stack.indexOf(error.message);
  const below = messageAt === -1 ? stack : stack.slice(messageAt + error.message.length);
  return below
    .split('\n')
    .flatMap((line) => {
      const frame = framePattern.exec(line);
      if (frame === null) return [];
      const [, functionName = '<anonymous>', file, atLine, atColumn] = frame;
      return [`${functionName} (${file}:${atLine}:${atColumn})`];
    })
    .slice(0, maxFrames);
}
