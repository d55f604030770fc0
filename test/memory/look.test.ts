import { analyzerContract, decoderContract } from '../contract/look.contract.ts';
import { aMemoryPhoto, createMemoryAnalyzer, createMemoryDecoder } from './look.ts';

decoderContract('in memory', () => ({
  decoder: createMemoryDecoder(),
  photo: async (width, height) => aMemoryPhoto(width, height),
  damaged: async () => aMemoryPhoto(64, 64).subarray(0, 5),
}));

analyzerContract('in memory', async () => ({
  analyzer: createMemoryAnalyzer(),
  failing: createMemoryAnalyzer([], { fails: true }),
}));
