/** Every contract over the real SDK and another cloud's database and storage. */
import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { createDwellStore } from '../../lambdas/adapters/dynamodb/dwell-store.ts';
import { createImageDeletion } from '../../lambdas/adapters/s3-image-deletion.ts';
import { createUploadBucket } from '../../lambdas/adapters/s3-upload-bucket.ts';
import { createUploadedImages } from '../../lambdas/adapters/s3-uploaded-images.ts';
import { createUploadSigner } from '../../lambdas/adapters/s3-upload-signer.ts';
import { openDynamoLedger } from '../contract/dynamo-ledger.ts';
import { dwellContract } from '../contract/dwell.contract.ts';
import { imagesContract, type UploadsUnderTest } from '../contract/images.contract.ts';
import { ledgerContract } from '../contract/ledger.contract.ts';
import { signerContract, type SignerUnderTest } from '../contract/signer.contract.ts';
import { announceUploads, type Announcements } from './announcements.ts';
import { endpointOf } from './endpoint.ts';
import { createStores, type StoresElsewhere } from './environment.ts';

let stores: StoresElsewhere;
let announcements: Announcements;
beforeAll(async () => {
  const endpoint = endpointOf(process.env);
  stores = await createStores(endpoint);
  announcements = await announceUploads(endpoint, stores);
});
afterAll(async () => {
  await announcements.close();
  await stores.close();
});

async function empty(): Promise<void> {
  const { s3, bucket } = stores;
  for (const Key of await stores.keys()) await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
}

/** No emulator makes an object old or refuses one key of a batch: what needs that is listed in `cannot.ts`. */
function impossible(what: string): never {
  throw new Error(`${what} is not possible elsewhere; the case belongs into cannot.ts`);
}

ledgerContract('elsewhere', async () => openDynamoLedger(stores.documents, stores.names));

/** The counters of a day are a whole table's, so each case gets tables of its own. */
dwellContract('elsewhere', async () => {
  const fresh = await createStores(endpointOf(process.env));
  onTestFinished(() => fresh.close());
  return createDwellStore(fresh.documents, fresh.names);
});

imagesContract('elsewhere', async (): Promise<UploadsUnderTest> => {
  await empty();
  const { s3, bucket } = stores;
  return {
    images: createUploadedImages(s3, bucket),
    deletion: createImageDeletion(s3, bucket),
    bucket: createUploadBucket(s3, bucket),
    async put(Key, Body, ageMs = 0) {
      if (ageMs > 0) impossible('an old object');
      const command = new PutObjectCommand({ Bucket: bucket, Key, Body, IfNoneMatch: '*' });
      return (await s3.send(command)).ETag?.replaceAll('"', '') ?? '';
    },
    keys: () => stores.keys(),
    refuseInBatch: () => impossible('a batch that leaves out a key'),
    async beginMultipart(Key, ageMs) {
      if (ageMs > 0) impossible('an old multipart upload');
      await s3.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key }));
    },
    async multipartKeys() {
      const { Uploads } = await s3.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
      return (Uploads ?? []).map(({ Key }) => Key ?? '');
    },
  };
});

signerContract('elsewhere', async (): Promise<SignerUnderTest> => {
  await empty();
  await announcements.forget();
  const { s3, bucket } = stores;
  return {
    signer: createUploadSigner(s3, bucket, { now: () => Date.now() }),
    async objects() {
      const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
      return (Contents ?? []).map(({ Key = '', Size = 0 }) => ({ key: Key, size: Size }));
    },
    events: () => announcements.count(),
    pass: () => impossible('time that passes at once'),
    empty,
    close: empty,
  };
});
