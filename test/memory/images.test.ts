import { imagesContract } from '../contract/images.contract.ts';
import { createMemoryImages } from './images.ts';

imagesContract('in memory', async () => {
  const memory = createMemoryImages();
  return {
    images: memory.images,
    deletion: { delete: (key) => memory.images.delete(key) },
    bucket: memory.bucket,
    put: async (key, bytes, ageMs) => memory.put(key, bytes, ageMs),
    keys: () => memory.keys().toSorted((a, b) => (a < b ? -1 : 1)),
    refuseInBatch: (...keys) => memory.refuseInBatch(...keys),
    beginMultipart: async (key, ageMs) => memory.beginMultipart(key, ageMs),
    multipartKeys: async () => memory.multipartKeys(),
  };
});
