/** Turns an S3 event notification into arrivals. A record that is none is said so and left to the sweep. */
import { z } from 'zod';
import type { Log } from '../runtime/log.ts';
import type { Arrival } from './analyze.ts';

/**
 * Keys arrive form-encoded: `+` is a space (Amazon S3 User Guide, "Event message structure"). Everything else
 * in a record, the uploader's IP address for one, is dropped here.
 */
const record = z
  .object({
    eventTime: z.iso.datetime(),
    s3: z.object({
      object: z.object({ key: z.string().min(1), eTag: z.string().min(1), sequencer: z.string().min(1) }),
    }),
  })
  .transform(({ eventTime, s3: { object } }, issues): Arrival => {
    const key = decodeKey(object.key);
    if (key === undefined) issues.addIssue('not a form-encoded key');
    return {
      key: key ?? '',
      etag: object.eTag,
      sequencer: object.sequencer,
      arrivedAt: Date.parse(eventTime),
    };
  });

const notification = z.object({ Records: z.array(z.unknown()) });

/** The arrivals of one event, in its order. */
export function arrivalsOf(event: unknown, log: Log): readonly Arrival[] {
  const parsed = notification.safeParse(event);
  if (!parsed.success) {
    log.error('event-invalid');
    return [];
  }
  return parsed.data.Records.flatMap((raw) => {
    const arrival = record.safeParse(raw);
    if (!arrival.success) log.error('event-invalid');
    return arrival.success ? [arrival.data] : [];
  });
}

function decodeKey(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
