/** Waiting between tries, in real time. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pacing } from '../../core/ports.ts';

const baseMs = 20;
const maxMs = 400;

/** Full jitter: a random wait of at most 20 ms, doubling to at most 400 ms (AWS Architecture Blog, 2015). */
export const jitteredPacing: Pacing = {
  async pause(attempt) {
    await sleep(Math.random() * Math.min(maxMs, baseMs * 2 ** attempt));
  },
};
