/** The figures of the model card, from reports of `npm run evaluate` and from the clock. Pure. */
import { z } from 'zod';
import { estimateShare, type Estimate } from '../evaluate/metrics.ts';

const estimate = z.object({ value: z.number(), low: z.number(), high: z.number(), n: z.number() });

/** What is read of a `report.json`; the rest of it is left alone. */
const report = z.object({
  model: z.object({ digest: z.string() }),
  figures: z.object({
    bands: z.array(z.object({ auc: estimate.optional() })),
    classes: z.array(
      z.object({
        photoClass: z.string(),
        photos: z.number(),
        wrong: estimate.optional(),
        abstention: estimate.optional(),
      }),
    ),
    abstention: estimate.optional(),
    answeredNone: estimate.optional(),
    keptSharp: estimate.optional(),
    gaps: z.array(z.object({ grouping: z.string(), sensitivity: z.number().optional() })),
    flips: estimate.optional(),
    blurs: z.array(z.object({ variant: z.string(), refused: estimate.optional() })),
  }),
});
export type Report = z.infer<typeof report>;

/** Throws a ZodError for what is no report of `npm run evaluate`. */
export function parseReport(json: unknown): Report {
  return report.parse(json);
}

/**
 * What was measured: the odd part; generated pictures with their tone; public photos of things, faces and people;
 * pictures without skin that nothing was chosen by.
 */
export interface Measured {
  readonly odd: Report;
  readonly generated: Report;
  readonly things: Report;
  readonly fresh: Report;
  /** p95 of CPU time of one run on one thread, ms. */
  readonly p95Ms: number;
}

/** One row of `figures.json`; a figure that is not there was not measured. */
interface Row {
  readonly what: string;
  readonly unit: '' | '%' | 'ms';
  readonly min?: number;
  readonly max?: number;
  readonly figure?: number;
  readonly interval?: readonly [number, number];
  readonly on: string;
}

/** Every target of the project, met, missed or not measured. Throws where the reports are of different models. */
export function figuresFrom({ odd, generated, things, fresh, p95Ms }: Measured): readonly Row[] {
  const digests = new Set([odd, generated, things, fresh].map(({ model }) => model.digest));
  if (digests.size > 1) throw new RangeError('the reports are of different models: evaluate all sets again');
  const classOf = ({ figures }: Report, photoClass: string) =>
    figures.classes.find((one) => one.photoClass === photoClass);
  const photosOf = (of: Report, photoClass: string): number => classOf(of, photoClass)?.photos ?? 0;
  const wrongOf = (of: Report, photoClass: string) => classOf(of, photoClass)?.wrong;
  const lesions = photosOf(odd, 'lesion');
  const corners = photosOf(odd, 'corner');
  const first = 'odd part';
  const blur = odd.figures.blurs.find(({ variant }) => variant === 'blur of sigma 2');
  const gap = generated.figures.gaps.find(({ grouping }) => grouping === 'tone')?.sensitivity;
  const no = 'no photos of it are at hand';
  return [
    { what: 'ROC AUC, obvious differences', unit: '', min: 0.95, on: no },
    {
      what: 'ROC AUC, subtle differences',
      unit: '',
      min: 0.92,
      ...plain(odd.figures.bands[0]?.auc),
      on: `${first}: ${lesions} lesions against ${corners} corners, those that pass the gates`,
    },
    {
      what: 'lesions called `no-clear-difference`',
      unit: '%',
      max: 8,
      ...percent(wrongOf(odd, 'lesion')),
      on: `${first}: ${lesions} lesions`,
    },
    {
      what: 'clear skin called `visible-difference`',
      unit: '%',
      max: 8,
      ...percent(wrongOf(odd, 'corner')),
      on: `${first}: ${corners} corners, some of which hold a part of the lesion; not certified clear skin`,
    },
    {
      what: 'no answer to a good close-up',
      unit: '%',
      max: 25,
      ...percent(odd.figures.abstention),
      on: `${first}: lesions and corners together; many corners are soft or badly lit`,
    },
    {
      what: 'objects answered at all',
      unit: '%',
      max: 2,
      ...percent(wrongOf(things, 'object')),
      on: `${photosOf(things, 'object')} public photos of things, which were also seen while trainings were compared: few, as the interval says`,
    },
    {
      what: 'pictures of anything answered at all, looked at once',
      unit: '%',
      max: 2,
      ...percent(wrongOf(fresh, 'object')),
      on: `${photosOf(fresh, 'object')} pictures for the background of a desktop, by which nothing was chosen`,
    },
    {
      what: 'objects answered at all, generated',
      unit: '%',
      max: 2,
      ...percent(wrongOf(generated, 'not-skin')),
      on: `${photosOf(generated, 'not-skin')} generated pictures`,
    },
    {
      what: 'faces and people at a distance answered at all',
      unit: '%',
      max: 2,
      ...percent(together(wrongOf(things, 'face'), wrongOf(things, 'people'))),
      on: `${photosOf(things, 'face') + photosOf(things, 'people')} public photos, seen before as well: hardly more than an anecdote`,
    },
    {
      what: 'sensitivity gap between skin tones, real photos',
      unit: '',
      max: 0.05,
      on: 'the photos carry no tone; see below for generated ones',
    },
    {
      what: 'sensitivity gap between skin tones, generated pictures',
      unit: '',
      max: 0.05,
      ...(gap === undefined ? {} : { figure: rounded(gap, 3) }),
      on: `${photosOf(generated, 'change')} generated changes on light, medium and dark skin`,
    },
    {
      what: 'blur of sigma 2 refused',
      unit: '%',
      min: 95,
      ...percent(blur?.refused),
      on: `${first}: lesions and corners`,
    },
    {
      what: 'sharp photos kept',
      unit: '%',
      min: 98,
      ...percent(odd.figures.keptSharp),
      on: `${first}: lesions and corners`,
    },
    {
      what: 'decisions that turn into the other one',
      unit: '%',
      max: 2,
      ...percent(odd.figures.flips),
      on: `${first}: exposure x0.6 to x1.25, white balance +-15 %, JPEG 50, slight blur, turns, mirror, 5 % crop`,
    },
    {
      what: 'p95 of one run, one thread',
      unit: 'ms',
      max: 20,
      figure: rounded(p95Ms, 1),
      on: 'CPU time of the graph on a shared x86-64 core',
    },
  ];
}

/** The share of two classes as if they were one. */
function together(...shares: readonly (Estimate | undefined)[]): Estimate | undefined {
  const known = shares.filter((share) => share !== undefined);
  const sum = (of: (share: Estimate) => number) => known.reduce((total, share) => total + of(share), 0);
  return estimateShare(
    sum(({ value, n }) => Math.round(value * n)),
    sum(({ n }) => n),
  );
}

function plain(given: Estimate | undefined): Pick<Row, 'figure' | 'interval'> {
  if (given === undefined) return {};
  return { figure: rounded(given.value, 3), interval: [rounded(given.low, 3), rounded(given.high, 3)] };
}

function percent(given: Estimate | undefined): Pick<Row, 'figure' | 'interval'> {
  if (given === undefined) return {};
  const of = (share: number): number => rounded(100 * share, 1);
  return { figure: of(given.value), interval: [of(given.low), of(given.high)] };
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
