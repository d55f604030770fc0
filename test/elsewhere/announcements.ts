/** What storage announces of its uploads, through a queue, for suites that count. Reads no object. */
import {
  DeleteObjectCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { z } from 'zod';
import { freshId } from '../contract/given.ts';
import type { StoresElsewhere } from './environment.ts';
import { createSignedCall } from './signed-call.ts';

export interface Announcements {
  /** How many uploads were announced since the last `forget`, every one so far included. */
  count(): Promise<number>;
  forget(): Promise<void>;
  close(): Promise<void>;
}

const limitMs = 100_000;
const markerPrefix = 'marker-';

const queueSchema = z.object({ QueueUrl: z.string() });
const attributesSchema = z.object({ Attributes: z.object({ QueueArn: z.string() }) });
const messagesSchema = z.object({
  Messages: z.array(z.object({ Body: z.string(), ReceiptHandle: z.string() })).default([]),
});
/** A message without records is storage's own test of the queue. */
const eventSchema = z.object({
  Records: z.array(z.object({ s3: z.object({ object: z.object({ key: z.string() }) }) })).default([]),
});

/** Lets the bucket announce its uploads in a queue of its own. */
export async function announceUploads(
  endpoint: string,
  { bucket, s3 }: StoresElsewhere,
): Promise<Announcements> {
  const send = createSignedCall('sqs', endpoint);
  const call = async (operation: string, body: unknown): Promise<unknown> => {
    const answer = await send('POST', '/', body, {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `AmazonSQS.${operation}`,
    });
    const text = await answer.text();
    return text === '' ? {} : JSON.parse(text);
  };
  const { QueueUrl } = queueSchema.parse(await call('CreateQueue', { QueueName: `${bucket}-announced` }));
  const asked = await call('GetQueueAttributes', { QueueUrl, AttributeNames: ['QueueArn'] });
  const { QueueArn } = attributesSchema.parse(asked).Attributes;
  await s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket: bucket,
      NotificationConfiguration: { QueueConfigurations: [{ QueueArn, Events: ['s3:ObjectCreated:*'] }] },
    }),
  );
  let announced: string[] = [];

  async function receive(): Promise<void> {
    const received = await call('ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 });
    for (const { Body, ReceiptHandle } of messagesSchema.parse(received).Messages) {
      announced.push(...eventSchema.parse(JSON.parse(Body)).Records.map(({ s3: { object } }) => object.key));
      await call('DeleteMessage', { QueueUrl, ReceiptHandle });
    }
  }

  /** An upload of the test's own: once it is announced, so is whatever was stored before it. */
  async function catchUp(): Promise<void> {
    const Key = `${markerPrefix}${freshId()}`;
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'marker' }));
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
    const until = Date.now() + limitMs;
    while (!announced.includes(Key)) {
      if (Date.now() > until) throw new Error('storage does not announce its uploads');
      await receive();
    }
  }

  return {
    async count() {
      await catchUp();
      return announced.filter((key) => !key.startsWith(markerPrefix)).length;
    },
    async forget() {
      await catchUp();
      announced = [];
    },
    async close() {
      await call('DeleteQueue', { QueueUrl });
    },
  };
}
