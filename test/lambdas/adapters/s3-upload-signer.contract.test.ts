import { createImageDeletion } from '../../../lambdas/adapters/s3-image-deletion.ts';
import { createUploadSigner } from '../../../lambdas/adapters/s3-upload-signer.ts';
import { signerContract } from '../../contract/signer.contract.ts';
import { bucket, startEmbeddedUploads } from './embedded-uploads.ts';

signerContract('S3, with the rights of the API', async () => {
  const embedded = await startEmbeddedUploads();
  const { s3, clock, events } = embedded;
  const api = embedded.client('api');
  const deletion = createImageDeletion(api, bucket);
  return {
    signer: createUploadSigner(api, bucket, { now: () => clock.at }),
    objects: () => s3.objects(),
    events,
    pass: (ms) => void (clock.at += ms),
    async empty() {
      for (const { key } of s3.objects()) await deletion.delete(key);
    },
    close: () => embedded.close(),
  };
});
