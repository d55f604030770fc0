/** An environment in an AWS account as the removal sees it: CloudFormation by signed calls, the bucket by the SDK. */
import { setTimeout as pause } from 'node:timers/promises';
import {
  AbortMultipartUploadCommand,
  DeleteObjectsCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  S3ServiceException,
  type S3Client,
} from '@aws-sdk/client-s3';
import { bucketName } from '../../lib/names.ts';
import { AwsCallError, type AwsCall } from '../aws/call.ts';
import { RemovalStopped, removalOrder, type RemovableCloud } from './steps.ts';

/** A function in a network leaves interfaces behind, for which AWS takes up to 40 minutes. */
const goneLimitMs = 60 * 60_000;

export interface CloudOptions {
  readonly environment: string;
  readonly region: string;
  readonly accountId: string;
  readonly call: AwsCall;
  readonly s3: S3Client;
  /** Default: 5 s */
  readonly askAgainMs?: number;
}

/** Opens it. */
export function openCloud(options: CloudOptions): RemovableCloud {
  const { environment, region, accountId, call, s3, askAgainMs = 5_000 } = options;
  const uploads = bucketName(environment, 'uploads', accountId, region);
  const query = (Action: string, StackName: string): Promise<string> =>
    call({
      service: 'cloudformation',
      body: new URLSearchParams({ Action, StackName, Version: '2010-05-15' }),
    });

  /** Undefined when there is no such stack. */
  async function statusOf(name: string): Promise<string | undefined> {
    try {
      const answer = await query('DescribeStacks', name);
      const status = /<StackStatus>([A-Z_]+)</.exec(answer)?.[1];
      return status === 'DELETE_COMPLETE' ? undefined : status;
    } catch (error) {
      if (error instanceof AwsCallError && error.awsCode === 'ValidationError') return undefined;
      throw error;
    }
  }

  /** Undefined when there is no such bucket. */
  async function keys(Bucket: string): Promise<readonly string[] | undefined> {
    try {
      const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket }));
      return (Contents ?? []).flatMap(({ Key }) => (Key === undefined ? [] : [Key]));
    } catch (error) {
      if (error instanceof S3ServiceException && error.name === 'NoSuchBucket') return undefined;
      throw error;
    }
  }

  /** False when storage did not delete everything. */
  async function empty(Bucket: string): Promise<boolean> {
    for (
      let found = await keys(Bucket);
      found !== undefined && found.length > 0;
      found = await keys(Bucket)
    ) {
      const { Errors } = await s3.send(
        new DeleteObjectsCommand({
          Bucket,
          Delete: { Objects: found.map((Key) => ({ Key })), Quiet: true },
        }),
      );
      if ((Errors ?? []).length > 0) return false;
    }
    return true;
  }

  return {
    async stacks() {
      const names = removalOrder.map((stack) => `onceover-${environment}-${stack}`);
      const statuses = await Promise.all(names.map(statusOf));
      return names.filter((_, at) => statuses[at] !== undefined);
    },
    async removeStack(name) {
      try {
        await query('DeleteStack', name);
      } catch (error) {
        if (!(error instanceof AwsCallError) || error.awsCode !== 'ValidationError') throw error;
        throw new RemovalStopped(
          `${name} is protected against deletion. Set deletionProtection to false in the settings, deploy, and run this again.`,
          { cause: error },
        );
      }
      const until = Date.now() + goneLimitMs;
      for (;;) {
        const status = await statusOf(name);
        if (status === undefined) return;
        if (status === 'DELETE_FAILED' || Date.now() > until) {
          throw new RemovalStopped(
            `${name} did not go (${status}); CloudFormation’s events say why. Run this again.`,
          );
        }
        await pause(askAgainMs);
      }
    },
    uploads: async () => (await keys(uploads))?.length,
    emptyApp: async () => void (await empty(bucketName(environment, 'web', accountId, region))),
    async empty() {
      if (!(await empty(uploads))) return;
      const { Uploads } = await s3.send(new ListMultipartUploadsCommand({ Bucket: uploads }));
      for (const { Key, UploadId } of Uploads ?? []) {
        await s3.send(new AbortMultipartUploadCommand({ Bucket: uploads, Key, UploadId }));
      }
    },
  };
}
