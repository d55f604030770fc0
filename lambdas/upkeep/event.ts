/** What upkeep may be asked for. A refusal says which part is wrong and what it must be, and repeats nothing of it. */
import { z } from 'zod';

/** The clock of whoever writes down a moment may be ahead of ours. */
const aheadMs = 5 * 60_000;

const shapes = {
  task: z.enum(['reconcile', 'retention', 'erasures', 'unverified', 'replay', 'policy']).default('reconcile'),
  repair: z.boolean().default(true),
  /** Names the restored backup, in each run for it. */
  restoredAt: z.iso
    .datetime({ offset: true })
    .transform((text) => Date.parse(text))
    .optional(),
  /** Mails of the task `policy` at a time: what SES lets a second have, less what codes need, is for whoever asks to know. */
  inParallel: z.int().min(1).max(32).default(1),
};
const eventSchema = z.strictObject(shapes);
export type UpkeepEvent = z.infer<typeof eventSchema>;

/** What each part must be. */
const musts: Readonly<Record<keyof typeof shapes, string>> = {
  task: `task is one of ${shapes.task.unwrap().options.join(', ')}`,
  repair: 'repair is true or false',
  restoredAt:
    'restoredAt is the moment of the restore, not ahead of now, with its zone: 2026-11-26T09:30:00Z',
  inParallel: 'inParallel is a number from 1 to 32',
};

export class EventRefused extends Error {
  override readonly name = 'EventRefused';
  readonly code = 'invalid-event';
}

/** Undefined asks for what `{}` asks for. @throws EventRefused */
export function parseEvent(raw: unknown, now: number): UpkeepEvent {
  const parsed = eventSchema
    .refine(({ restoredAt = now }) => restoredAt <= now + aheadMs, { path: ['restoredAt'] })
    .safeParse(raw ?? {});
  if (parsed.success) return parsed.data;
  const wrong = new Set(parsed.error.issues.map(({ path }) => path[0]));
  const said = Object.entries(musts).flatMap(([name, must]) => (wrong.has(name) ? [must] : []));
  const names = Object.keys(musts).join(', ');
  throw new EventRefused(said.length === 0 ? `an event is an object of ${names}` : said.join('; '));
}
