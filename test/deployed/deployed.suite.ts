/** The scenarios without faults over the deployed stacks, and what only a deployment has: its schedule, its rights. */
import { randomBytes } from 'node:crypto';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { staffCategories } from '../../core/staff.ts';
import { tables } from '../../core/tables.ts';
import { region } from '../elsewhere/endpoint.ts';
import { connectStores } from '../elsewhere/environment.ts';
import type { SigningKeys } from '../elsewhere/signed-call.ts';
import { scenariosAnywhere } from '../scenario/anywhere.ts';
import { raceScenarios } from '../scenario/race.ts';
import { openDeployedStage } from './stage.ts';
import { assumeRole, createAdministrator, createRole, statementsOf } from './roles.ts';
import { readTarget, type Target } from './target.ts';

const target = await readTarget(process.env);

scenariosAnywhere('deployed', () => openDeployedStage(target));
raceScenarios('deployed', async () =>
  connectStores(target.endpoint, { prefix: `onceover-${target.environment}-`, bucket: target.bucket }),
);

const statusSchema = z.looseObject({ cleanerSeenAt: z.string().optional() });

describe('the deployed schedule', () => {
  it('runs the cleaner every minute, by itself', async () => {
    const seen = async (): Promise<string | undefined> =>
      statusSchema.parse(await (await fetch(`${target.apiUrl}/v1/status`)).json()).cleanerSeenAt;
    const before = await seen();
    await expect.poll(seen, { timeout: 140_000, interval: 1_000 }).not.toBe(before);
  });
});

describe.runIf(target.enforcing)('in a cloud that enforces policies', () => {
  let administrator: S3Client;
  let keys: Awaited<ReturnType<typeof assumeRole>>;
  beforeAll(async () => {
    const role = `administrator-${randomBytes(4).toString('hex')}`;
    await createAdministrator(target.endpoint, role);
    keys = await assumeRole(target.endpoint, role);
    administrator = clientOf(target, keys);
  });

  it('an administrator who may do everything is denied to read an object (ONE-4)', async () => {
    const reading = administrator.send(new GetObjectCommand({ Bucket: target.bucket, Key: 'A'.repeat(22) }));
    await expect(reading).rejects.toMatchObject({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });
  });

  it('an administrator is denied to switch versions on (CAL-1)', async () => {
    const switching = administrator.send(
      new PutBucketVersioningCommand({
        Bucket: target.bucket,
        VersioningConfiguration: { Status: 'Enabled' },
      }),
    );
    await expect(switching).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('the same administrator reads the tables, so the denials are the bucket’s own', async () => {
    const database = new DynamoDBClient({ endpoint: target.endpoint, region, credentials: keys });
    const { Items } = await database.send(
      new ScanCommand({ TableName: `onceover-${target.environment}-operations` }),
    );
    expect(Items?.length).toBeGreaterThan(0);
  });

  it('an object that an administrator plants is deleted like any other', async () => {
    const put = new PutObjectCommand({ Bucket: target.bucket, Key: 'planted', Body: 'x', IfNoneMatch: '*' });
    expect((await administrator.send(put)).$metadata.httpStatusCode).toBe(200);
    const stage = await openDeployedStage(target);
    await stage.idle();
    expect(await stage.keys()).toEqual([]);
  });

  describe.each(staffCategories)('whoever has the rights of staff of category %s', (category) => {
    let staffKeys: SigningKeys;
    beforeAll(async () => {
      const deployed = `onceover-${target.environment}-staff-${category}`;
      const name = `like-${category}-${randomBytes(4).toString('hex')}`;
      // The role itself asks for a second factor, which nobody here has; its rights are tried under another trust.
      await createRole(target.endpoint, name, await statementsOf(target.endpoint, deployed, 'work'));
      staffKeys = await assumeRole(target.endpoint, name);
    });

    it('is denied to read, list and delete photos', async () => {
      const storage = clientOf(target, staffKeys);
      const object = { Bucket: target.bucket, Key: 'A'.repeat(22) };
      for (const tried of [
        () => storage.send(new GetObjectCommand(object)),
        () => storage.send(new DeleteObjectCommand(object)),
        () => storage.send(new ListObjectsV2Command({ Bucket: target.bucket })),
      ]) {
        await expect(tried()).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
      }
    });

    it('is denied to read any table', async () => {
      const database = new DynamoDBClient({ endpoint: target.endpoint, region, credentials: staffKeys });
      for (const { name } of tables) {
        const scan = new ScanCommand({ TableName: `onceover-${target.environment}-${name}` });
        await expect(database.send(scan), name).rejects.toMatchObject({
          name: expect.stringMatching(/^AccessDenied/),
        });
      }
    });
  });

  it.each(['analyze', 'sweep', 'api'])('nobody but Lambda may be the role of %s', async (name) => {
    await expect(assumeRole(target.endpoint, `onceover-${target.environment}-${name}`, keys)).rejects.toThrow(
      /AccessDenied/,
    );
  });

  it('plain HTTP is answered by nobody', async () => {
    await expect(fetch(target.endpoint.replace('https:', 'http:'))).rejects.toThrow('fetch failed');
  });
});

function clientOf({ endpoint }: Target, own: SigningKeys): S3Client {
  return new S3Client({ endpoint, region, credentials: own, forcePathStyle: true, maxAttempts: 1 });
}
