/**
 * What a tutorial's image function looks like: download to a file, decode in full, prepare the tensor in JavaScript,
 * run, write the result, delete. The bench's other side; never part of the product.
 */
import { readFile, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteObjectCommand, GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { S3Event } from 'aws-lambda';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';

// The bench measures work, not reports to somebody else.
process.env['ORT_DISABLE_TELEMETRY'] = '1';
const documents = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const storage = new S3Client({ forcePathStyle: true });
const session = await InferenceSession.create(process.env['MODEL_FILE'] ?? '');

/** One photo. */
export async function handler(event: S3Event): Promise<void> {
  for (const { s3 } of event.Records) {
    const Key = decodeURIComponent(s3.object.key);
    const where = { Bucket: s3.bucket.name, Key };
    const { Body } = await storage.send(new GetObjectCommand(where));
    const file = join(tmpdir(), `${Key}.jpg`);
    await writeFile(file, (await Body?.transformToByteArray()) ?? '');
    const full = await sharp(await readFile(file))
      .rotate()
      .removeAlpha()
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true });
    const small = await sharp(full.data, { raw: full.info }).resize(256, 256).raw().toBuffer();
    const outputs = await session.run({
      [session.inputNames[0] ?? '']: new Tensor('uint8', Uint8Array.from(small), [1, 256, 256, 3]),
    });
    await documents.send(
      new PutCommand({
        TableName: `${process.env['TABLE_PREFIX'] ?? ''}scans`,
        Item: { scanId: Key, score: Number(Object.values(outputs)[0]?.data[0] ?? 0) },
      }),
    );
    await storage.send(new DeleteObjectCommand(where));
    await unlink(file);
  }
}
