import { array, assert, integer, property } from 'fast-check';
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sequencers } from '../../../local/s3/notification.ts';
import { bucket, givenS3, givenTicket, image, send, type Given } from './given.ts';

let given: Given;
beforeEach(async () => {
  given = await givenS3();
});
afterEach(() => given.close());

async function upload(key: string) {
  const ticket = await givenTicket(given, key);
  const answer = await send(ticket.url, 'PUT', ticket.headers, image);
  expect(answer.status).toBe(200);
  return answer;
}

describe('the event of a created object', () => {
  test('has the shape and the facts of AWS', async () => {
    const { headers } = await upload('scan-1');
    expect(given.events).toHaveLength(1);
    expect(given.events[0]?.Records).toEqual([
      {
        eventVersion: '2.1',
        eventSource: 'aws:s3',
        awsRegion: 'us-east-1',
        eventTime: '2031-05-06T07:08:09.250Z',
        eventName: 'ObjectCreated:Put',
        userIdentity: { principalId: 'AWS:api' },
        requestParameters: { sourceIPAddress: '127.0.0.1' },
        responseElements: {
          'x-amz-request-id': headers['x-amz-request-id'],
          'x-amz-id-2': expect.any(String),
        },
        s3: {
          s3SchemaVersion: '1.0',
          configurationId: 'onceover-uploads',
          bucket: { name: bucket, ownerIdentity: { principalId: 'EMBEDDED' }, arn: `arn:aws:s3:::${bucket}` },
          object: {
            key: 'scan-1',
            size: image.length,
            eTag: headers.etag?.replaceAll('"', ''),
            sequencer: expect.stringMatching(/^[\dA-F]{18}$/),
          },
        },
      },
    ]);
  });

  test('carries the key form-encoded', async () => {
    await upload('a b/ü+&.jpg');
    expect(given.events[0]?.Records[0]?.s3.object.key).toBe('a+b/%C3%BC%2B%26.jpg');
  });

  test('is sent once an upload, and never by anything else', async () => {
    await upload('scan-1');
    const before = given.events[0]?.Records[0]?.s3.object.sequencer ?? '';
    const remove = () => given.client('api').send(new DeleteObjectCommand({ Bucket: bucket, Key: 'scan-1' }));
    await remove();
    expect(given.events).toHaveLength(1);
    await upload('scan-1');
    expect(given.events).toHaveLength(2);
    expect((given.events[1]?.Records[0]?.s3.object.sequencer ?? '') > before).toBe(true);
  });
});

test('sequencers rise, whatever the clock does', () => {
  assert(
    property(array(integer({ min: 0, max: 4e12 }), { minLength: 2 }), (times) => {
      let at = 0;
      const next = sequencers(() => times[at++] ?? 0);
      const made = times.map(() => next());
      expect(made).toEqual([...new Set(made)].toSorted());
    }),
  );
});
