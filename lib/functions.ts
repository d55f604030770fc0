/**
 * The functions of the product as data: what each runs, its limits and what it may do to an image.
 * Read by the embedded runner and by the CDK app, so that both enforce the same numbers. No I/O, no code
 * of a function: a handler is named by its path only.
 */

export type FunctionName = 'analyze' | 'sweep' | 'api' | 'staff' | 'bounces' | 'upkeep';

/** What a role may do in the upload bucket; each name is the IAM action behind `s3:`. */
export type UploadBucketAction =
  | 'GetObject'
  | 'PutObject'
  | 'DeleteObject'
  | 'ListBucket'
  | 'AbortMultipartUpload'
  | 'ListBucketMultipartUploads';

/** Files copied beside the bundle: those of the folder `from` (from the repository's root), any depth. */
export interface FunctionAssets {
  readonly from: string;
  /** Folder beside the bundle that receives them, with the sub-folders of `from`. */
  readonly to: string;
  /** File names to copy; everything else (training scripts, cards) stays out of the package. */
  readonly fileNames: readonly string[];
  /** Single files to copy, by their path below `from`, `/` between folders. Default: none but those above. */
  readonly paths?: readonly string[];
}

/** One of several things that a function does by the clock. */
export interface FunctionTask {
  readonly task: string;
  readonly everyMs: number;
  /** What its runs are for. */
  readonly description: string;
}

/** One function: its code, its limits as Lambda counts them, and its rights to images. */
export interface FunctionDefinition {
  readonly name: FunctionName;
  /** Source file of the handler, from the repository's root. */
  readonly entry: string;
  /** Export of `entry` that is called. */
  readonly handler: string;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly reservedConcurrency: number;
  /** Further attempts after a failed asynchronous invocation, 0 to 2. */
  readonly asyncRetries: 0 | 1 | 2;
  /** Age at which an asynchronous event that was not handled is dropped. */
  readonly maximumEventAgeMs: number;
  /** Period of the schedule that invokes it; absent: nothing but its trigger does. */
  readonly everyMs?: number;
  /** What the clock asks it for, each by a schedule of its own, which hands over `{ task }`. */
  readonly tasks?: readonly FunctionTask[];
  readonly assets: readonly FunctionAssets[];
  /** Source files of the threads and processes that it starts, each bundled beside it as `<file name>.mjs`. */
  readonly parts: readonly string[];
  /** Packages with native files: left out of the bundle and resolved at run time. */
  readonly nativePackages: readonly string[];
  readonly s3Actions: readonly UploadBucketAction[];
}

export const dayMs = 24 * 60 * 60 * 1000;

/** The S3 trigger. 1,769 MB buys one vCPU; the first retry comes after 60 s, so an age of 60 s would drop it. */
export const analyzeFunction: FunctionDefinition = {
  name: 'analyze',
  entry: 'lambdas/analyze/handler.ts',
  handler: 'handler',
  timeoutMs: 30_000,
  memoryMb: 1769,
  reservedConcurrency: 10,
  asyncRetries: 1,
  maximumEventAgeMs: 120_000,
  assets: [
    { from: 'models', to: 'models', fileNames: ['manifest.json', 'model.onnx'] },
    // LGPL: two files of their own beside the bundle, that anybody can replace; its package.json says CommonJS.
    {
      from: 'node_modules/libheif-js',
      to: 'libheif',
      fileNames: [],
      paths: ['package.json', 'libheif-wasm/LICENSE', 'libheif-wasm/libheif.js', 'libheif-wasm/libheif.wasm'],
    },
  ],
  parts: ['lambdas/adapters/heic-worker.ts', 'lambdas/adapters/analyzer-process.ts'],
  nativePackages: ['sharp', 'onnxruntime-node'],
  // ListBucket: without it a missing key answers 403, and a deletion cannot be verified.
  s3Actions: ['GetObject', 'DeleteObject', 'ListBucket'],
};

/** The cleaner. No retries: the next minute's run is the retry. */
export const sweepFunction: FunctionDefinition = {
  name: 'sweep',
  entry: 'lambdas/sweep/handler.ts',
  handler: 'handler',
  timeoutMs: 50_000,
  memoryMb: 512,
  reservedConcurrency: 2,
  asyncRetries: 0,
  maximumEventAgeMs: 60_000,
  everyMs: 60_000,
  assets: [],
  parts: [],
  nativePackages: [],
  s3Actions: ['ListBucket', 'DeleteObject', 'AbortMultipartUpload', 'ListBucketMultipartUploads'],
};

/** The HTTP API. PutObject because a presigned PUT is authorised as its signer; never GetObject (ONE-4). */
export const apiFunction: FunctionDefinition = {
  name: 'api',
  entry: 'lambdas/api/handler.ts',
  handler: 'handler',
  timeoutMs: 10_000,
  memoryMb: 512,
  reservedConcurrency: 20,
  // Only ever invoked synchronously; the two below say what would happen to a stray event: nothing.
  asyncRetries: 0,
  maximumEventAgeMs: 60_000,
  // What may be said of a photo, in words; never the graph.
  assets: [{ from: 'models', to: 'models', fileNames: ['manifest.json'] }],
  parts: [],
  nativePackages: [],
  s3Actions: ['PutObject', 'DeleteObject', 'ListBucket'],
};

/**
 * What is done by the clock. Going through all books takes up to a quarter of an hour, so there is room for the minute's
 * work beside it; each next run is the retry of the one before.
 */
export const upkeepFunction: FunctionDefinition = {
  name: 'upkeep',
  entry: 'lambdas/upkeep/handler.ts',
  handler: 'handler',
  timeoutMs: 900_000,
  memoryMb: 512,
  reservedConcurrency: 3,
  asyncRetries: 0,
  maximumEventAgeMs: 3_600_000,
  tasks: [
    {
      task: 'erasures',
      everyMs: 60_000,
      description: 'CAL-6: what was asked to be erased is deleted, and read back',
    },
    {
      task: 'retention',
      // Once a day; the other hours go on with a run that was stopped.
      everyMs: 60 * 60 * 1000,
      description: 'CAL-6, CAL-10: what is kept no longer than a time is deleted then, and read back',
    },
    {
      task: 'unverified',
      everyMs: 60 * 60 * 1000,
      description: 'CAL-5: an address that nobody proved to be theirs is forgotten after a day',
    },
    {
      task: 'reconcile',
      everyMs: dayMs,
      description: 'CAL-8, ONE-3: every payment has its purchase, and every purchase counts its scans',
    },
    { task: 'policy', everyMs: dayMs, description: 'CAL-16: a changed policy is told to everybody' },
  ],
  assets: [],
  parts: [],
  nativePackages: [],
  // Of photos that wait for an account that goes.
  s3Actions: ['DeleteObject', 'ListBucket'],
};

/** What staff may do, and the only way in which they see anything (CAL-12). Invoked by hand, by whoever IAM lets. */
export const staffFunction: FunctionDefinition = {
  name: 'staff',
  entry: 'lambdas/staff/handler.ts',
  handler: 'handler',
  timeoutMs: 10_000,
  memoryMb: 512,
  reservedConcurrency: 2,
  asyncRetries: 0,
  maximumEventAgeMs: 60_000,
  assets: [],
  parts: [],
  nativePackages: [],
  s3Actions: [],
};

/** Told of mail that came back. Retried: a notification that is lost would let mail go on to a dead address. */
export const bouncesFunction: FunctionDefinition = {
  name: 'bounces',
  entry: 'lambdas/bounces/handler.ts',
  handler: 'handler',
  timeoutMs: 10_000,
  memoryMb: 512,
  reservedConcurrency: 2,
  asyncRetries: 2,
  maximumEventAgeMs: 21_600_000,
  assets: [],
  parts: [],
  nativePackages: [],
  s3Actions: [],
};

/** The function with the files of one model alone: no other lies beside what is deployed. */
export function withModel(definition: FunctionDefinition, model: string): FunctionDefinition {
  const folder = `models/${model}`;
  const assets = definition.assets.map((one) =>
    one.from === 'models' ? { ...one, from: folder, to: folder } : one,
  );
  return { ...definition, assets };
}

/** Every function of the product. */
export const functions: readonly FunctionDefinition[] = [
  analyzeFunction,
  sweepFunction,
  apiFunction,
  upkeepFunction,
  staffFunction,
  bouncesFunction,
];
