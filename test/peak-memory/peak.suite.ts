import { describe, expect, test } from 'vitest';
import { memoryCases } from '../../bench/memory-cases.ts';
import { maxPeakBytes, measure } from '../../bench/memory.ts';

const [withoutPhoto, ...photos] = memoryCases;

describe('peak memory at the admitted limit', () => {
  test.each(photos)('$name stays under 60 % of the memory of the function', async (one) => {
    const { outcome, peakBytes } = await measure(one);
    // A photo that was rejected would prove nothing.
    expect(outcome).toMatch(/^(?:completed|inconclusive)$/);
    expect(peakBytes).toBeLessThan(maxPeakBytes);
  });

  test('a process without a photo takes under a third of the bound, so that a photo is what is measured', async () => {
    if (withoutPhoto === undefined) throw new Error('no case');
    const { outcome, peakBytes } = await measure(withoutPhoto);
    expect(outcome).toBe('unsupported-format');
    expect(peakBytes).toBeLessThan(maxPeakBytes / 3);
  });
});
