/**
 * The event that S3 sends when an object was created (AWS reference: "Event message structure", version 2.1).
 * Only made here: delivery, with its retries, duplicates and losses, is the runner's. The event carries the
 * uploader's IP address, as on AWS: whoever takes it must not log it.
 */
import type { S3Event } from 'aws-lambda';
import type { StoredObject } from './storage.ts';

/** What an event says beside the object. */
export interface Creation {
  readonly eventName: 'ObjectCreated:Put' | 'ObjectCreated:CompleteMultipartUpload';
  readonly bucket: string;
  readonly region: string;
  readonly at: number;
  readonly sequencer: string;
  readonly principal: string;
  readonly sourceIpAddress: string;
  readonly requestId: string;
  readonly extendedRequestId: string;
}

/** The event for one created object. */
export function createdEvent(object: StoredObject, creation: Creation): S3Event {
  return {
    Records: [
      {
        eventVersion: '2.1',
        eventSource: 'aws:s3',
        awsRegion: creation.region,
        eventTime: new Date(creation.at).toISOString(),
        eventName: creation.eventName,
        userIdentity: { principalId: `AWS:${creation.principal}` },
        requestParameters: { sourceIPAddress: creation.sourceIpAddress },
        responseElements: {
          'x-amz-request-id': creation.requestId,
          'x-amz-id-2': creation.extendedRequestId,
        },
        s3: {
          s3SchemaVersion: '1.0',
          configurationId: 'onceover-uploads',
          bucket: {
            name: creation.bucket,
            ownerIdentity: { principalId: 'EMBEDDED' },
            arn: `arn:aws:s3:::${creation.bucket}`,
          },
          object: {
            key: encodeEventKey(object.key),
            size: object.bytes.length,
            eTag: object.etag,
            sequencer: creation.sequencer,
          },
        },
      },
    ],
  };
}

/** The key as events carry it: form-encoded, slashes left alone. */
function encodeEventKey(key: string): string {
  return key
    .split('/')
    .map((segment) => new URLSearchParams([['', segment]]).toString().slice(1))
    .join('/');
}

/**
 * Makes sequencers: 18 hex digits, each greater than the one before when compared as text. They begin with the
 * clock, so that they also rise across a restart, and count on when the clock stands still or goes back.
 */
export function sequencers(now: () => number): () => string {
  let last = 0n;
  return () => {
    const fromClock = BigInt(Math.floor(now())) << 20n;
    last = fromClock > last ? fromClock : last + 1n;
    return last.toString(16).toUpperCase().padStart(18, '0');
  };
}
