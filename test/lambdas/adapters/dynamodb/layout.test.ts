/** Data of the previous layout is read, worked on and written anew by today's functions; a later one is refused. */
import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient, type Client } from '../../../../client/client.ts';
import { openShardOf, protocol } from '../../../../core/scan.ts';
import { currentLayout, layoutAttribute } from '../../../../core/tables.ts';
import { LayoutError, stamped, upgraded } from '../../../../lambdas/adapters/dynamodb/layout.ts';
import { sessionItem } from '../../../../local/issuer.ts';
import { freshId, sha256 } from '../../../contract/given.ts';
import { photo, startWorld, type World } from '../../../scenario/world.ts';

describe('an item without a layout', () => {
  let world: World;
  let client: Client;
  const accountId = freshId();
  const [ended, open] = [freshId(), freshId()];
  let bytes: Uint8Array;

  beforeAll(async () => {
    world = await startWorld();
    bytes = await photo('skin-clear');
    const { clock, documents, names, issuer, apiUrl } = world.cloud;
    const now = clock.now();
    // Written out, as the code before layouts wrote them: this must not follow the code.
    const old = [
      [
        names.accounts,
        {
          accountId,
          item: 'account',
          state: 'active',
          adultAffirmedAt: now,
          policyVersion: '1.0',
        },
      ],
      [
        names.accounts,
        {
          accountId,
          item: 'idempotency#an-old-key',
          scanId: ended,
          requestHash: 'hash',
          createdAt: now,
          removeAfter: Math.ceil(now / 1000) + 86_400,
        },
      ],
      // Sessions came with the second layout; the person signs in anew.
      [names.accounts, sessionItem(accountId, now)],
      [
        names.consents,
        {
          accountId,
          item: 'consent#image-processing',
          purpose: 'image-processing',
          version: 1,
          granted: true,
          at: now,
        },
      ],
      [
        names.purchases,
        {
          accountId,
          paymentIntentId: 'pi_old',
          boughtAt: now,
          scansTotal: 5,
          scansUsed: 2,
          scansCompleted: 1,
        },
      ],
      [
        names.scans,
        {
          scanId: ended,
          accountId,
          state: 'completed',
          issuedAt: now - 60_000,
          endedAt: now - 59_000,
          band: 'no-clear-difference',
          modelName: 'skin-contrast',
          modelVersion: '0.0.9',
          modelDigest: 'ab'.repeat(32),
          deletedAt: now - 59_000,
          msFromUpload: 500,
        },
      ],
      [
        names.scans,
        {
          scanId: open,
          accountId,
          state: 'issued',
          issuedAt: now,
          deadlineAt: now + protocol.deadlineMs,
          paymentIntentId: 'pi_old',
          openShard: openShardOf(open),
          contentType: 'image/jpeg',
          contentLength: bytes.length,
          sha256: sha256(bytes),
        },
      ],
    ] as const;
    for (const [TableName, Item] of old) await documents.send(new PutCommand({ TableName, Item }));
    client = createClient({ baseUrl: apiUrl, getToken: () => issuer.issueToken(accountId) });
  });
  afterAll(() => world.close());

  it('is shown, named and kept, as a result of the previous layout', async () => {
    expect(await client.getScan(ended)).toMatchObject({
      state: 'completed',
      model: { version: '0.0.9' },
    });
    expect(await client.renameScan(ended, 'from before')).toMatchObject({ name: 'from before' });
  });

  it('is worked on by the analysis when it was open, and charged to a purchase of the previous layout', async () => {
    await world.plant(open, bytes);
    await world.idle();
    expect(await client.getScan(open)).toMatchObject({ state: 'completed', charged: true });
    const { documents, names } = world.cloud;
    const { Items } = await documents.send(
      new QueryCommand({
        TableName: names.purchases,
        KeyConditionExpression: 'accountId = :accountId',
        ExpressionAttributeValues: { ':accountId': accountId },
      }),
    );
    expect(Items).toMatchObject([{ scansUsed: 2, scansCompleted: 2 }]);
  });

  it('lets a new scan begin, whose item says by which layout it was written', async () => {
    const { id } = await client.scanPhoto({ bytes: Uint8Array.from(bytes), contentType: 'image/jpeg' });
    expect(await world.rawScan(id)).toMatchObject({ [layoutAttribute]: currentLayout, state: 'completed' });
    expect(await world.rawScan(ended)).not.toHaveProperty(layoutAttribute);
  });
});

describe('a layout', () => {
  it('is written with an item and read away again', () => {
    const item = { accountId: 'a', state: 'active' };
    expect(stamped(item)).toEqual({ ...item, [layoutAttribute]: currentLayout });
    expect(upgraded(stamped(item))).toEqual(item);
    expect(upgraded(item)).toEqual(item);
  });

  it.each([currentLayout + 1, 'two', 1.5e9])('rejects %j, which later code wrote', (layout) => {
    expect(() => upgraded({ accountId: 'a', [layoutAttribute]: layout })).toThrow(LayoutError);
  });
});
