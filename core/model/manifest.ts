/**
 * The manifest of a model: everything the product may know about an ONNX file, as one closed schema. Pure.
 * It must name every number that decides a result; code holds none of them. Published as JSON Schema
 * (models/manifest.schema.json) and explained in docs/models.md.
 */
import { z } from 'zod';
import { bandPattern, isBand } from '../outcome.ts';
import { gateOrder } from './gates.ts';
import { measureNames, smallestSharpnessSide } from './measures.ts';
import type { Reading } from './readings.ts';
import type { Score } from './weigh.ts';

const side = z.int().min(1).max(4096);
const bandLabel = z
  .string()
  .regex(bandPattern)
  .refine(isBand, 'must be 2 to 40 small letters and hyphens')
  .meta({ description: 'A word of the vocabulary: 2 to 40 small letters, single hyphens between.' });
const sentence = z.string().min(1).max(300);
const code = z.string().regex(/^[a-z][a-z0-9-]{1,39}$/);
const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .meta({ description: 'SHA-256, lower-case hex.' });
const output = z.string().min(1).max(200).meta({ description: 'Name of an output of the graph.' });
const index = z.int().min(0);
const indices = z
  .array(index)
  .min(1)
  .max(100_000)
  .meta({ description: 'Places in the output, counted from 0 in row-major order.' });

const classes = {
  output,
  labels: z.enum(['single', 'multi']).meta({
    description: 'single: a photo is of one class. multi: each class is a question of its own.',
  }),
  as: z.enum(['logits', 'probabilities']).meta({
    description:
      'logits: softmax (single) or sigmoid (multi) is applied here. probabilities: the graph applied it.',
  }),
};

const outputReadings = [
  z.strictObject({ kind: z.literal('value'), output, index }).meta({
    description: 'The value at one place of an output, as it is.',
  }),
  z.strictObject({ kind: z.literal('log-odds'), output, of: indices, against: indices }).meta({
    description: 'Natural log of the odds of some classes against others, from logits of a softmax.',
  }),
  z.strictObject({ kind: z.literal('probability'), ...classes, of: indices }).meta({
    description: 'Probability of any of these classes: their sum (single) or the highest of them (multi).',
  }),
] as const;

const photoReading = z.strictObject({ kind: z.literal('photo'), measure: z.enum(measureNames) }).meta({
  description: 'Measured on the pixels, for a graph that has no such output.',
});

const gate = z
  .strictObject({
    reason: z.enum(gateOrder),
    read: z.discriminatedUnion('kind', [...outputReadings, photoReading]),
    min: z.number().optional(),
    max: z.number().optional(),
    sameAs: z.enum(measureNames).optional().meta({
      description: 'The measure that this output is, so that a device can apply the gate before an upload.',
    }),
  })
  .refine(({ min, max }) => min !== undefined || max !== undefined, 'must have min or max')
  .meta({ description: 'Must hold (min <= value <= max) before the decision is made.' });

const perChannel = z.array(z.number()).min(1).max(3);

const input = z
  .strictObject({
    name: z.string().min(1).max(200),
    layout: z.enum(['NHWC', 'NCHW', 'NHW']).meta({
      description: 'Order of the dimensions; N is 1. NHW is for grey alone.',
    }),
    channels: z.enum(['RGB', 'BGR', 'grey']).meta({ description: 'grey: Rec. 601 luma, rounded.' }),
    dtype: z.enum(['uint8', 'int8', 'float32', 'float16']),
    width: side,
    height: side,
    fit: z.enum(['cover', 'contain']).meta({
      description: 'cover crops the centre to the aspect ratio; contain pads with mid-grey.',
    }),
    enlarge: z.boolean().meta({ description: 'false: a smaller photo is rejected as too-small.' }),
    values: z
      .strictObject({
        range: z.enum(['0-255', '0-1']),
        mean: perChannel.optional(),
        std: perChannel.optional(),
      })
      .optional()
      .meta({
        description:
          'Real value of a colour code: brought to the range, minus mean, over std (in the order of the channels, in units of the range). Required for float32, float16 and int8. Default for uint8: the codes as they are.',
      }),
    quantisation: z
      .strictObject({ scale: z.number().positive(), zeroPoint: z.int().min(-128).max(255) })
      .optional()
      .meta({
        description:
          'Integer = round(value / scale) + zeroPoint, halves to even, kept in the type. Required for int8.',
      }),
  })
  .meta({ description: 'The one input. sRGB, upright, the centre of the photo.' });

const scorePart = z.strictObject({
  read: z.discriminatedUnion('kind', outputReadings),
  mean: z.number(),
  std: z.number().positive(),
});
const score = z.discriminatedUnion('kind', [
  ...outputReadings,
  z
    .strictObject({
      kind: z.literal('mean-of-z'),
      parts: z.array(scorePart).min(2).max(8),
      maxDisagreement: z.number().positive().meta({
        description: 'Parts further apart than this, in standard deviations, contradict each other.',
      }),
    })
    .meta({ description: 'The equal-weight mean of (value - mean) / std of several readings.' }),
]);

const scoreDecision = z
  .strictObject({
    kind: z.literal('score'),
    score,
    lo: z.number(),
    hi: z.number(),
    below: bandLabel,
    above: bandLabel,
  })
  .meta({
    description: 'A score under lo says `below`, one at or over hi says `above`; between: uncertain.',
  });

const probability = z.number().gt(0).lte(1);
const labelsDecision = z
  .strictObject({
    kind: z.literal('labels'),
    ...classes,
    classes: z
      .array(z.strictObject({ band: bandLabel, of: indices }))
      .min(1)
      .max(100),
    min: probability.meta({
      description: 'A band is said from this probability on. single: over a half, so that no two can be.',
    }),
    others: z.enum(['uncertain', 'not-skin']).default('uncertain').meta({
      description: 'single: the reason when classes that no band names are that likely.',
    }),
    none: z.strictObject({ band: bandLabel, max: probability }).optional().meta({
      description: 'multi: what is said when every band is less likely than max.',
    }),
  })
  .meta({ description: 'Classes to bands, for classifiers of more than one word.' });

/** A share or an area, with its 95 % interval. */
const figure = z
  .array(z.number().min(0).max(1))
  .length(3)
  .meta({ description: 'The figure and its 95 % interval: [figure, low, high].' });

const evaluation = z.strictObject({
  date: z.iso.date(),
  set: z.string().min(1).max(500).meta({ description: 'Which photos, in words.' }),
  photos: z.int().min(1),
  model: sha256.meta({ description: 'The digest of the model.onnx that was evaluated.' }),
  rules: sha256.meta({
    description: 'SHA-256 of input, outputs, gates and decision: other rules need another evaluation.',
  }),
  auc: figure.optional(),
  sensitivity: figure.optional(),
  specificity: figure.optional(),
  abstention: figure,
});

const shape = z.strictObject({
  $schema: z.string().max(200).optional().meta({ description: 'For editors.' }),
  format: z.literal(2).meta({ description: 'Of this schema.' }),
  name: code,
  version: z
    .string()
    .regex(/^\d{1,5}\.\d{1,5}\.\d{1,5}$/)
    .meta({ description: 'Of the model: a new one with every new digest.' }),
  sha256: sha256.meta({ description: 'SHA-256 of model.onnx, lower-case hex.' }),
  input,
  outputs: z
    .record(
      z.string().min(1).max(200),
      z.strictObject({
        dtype: z.enum(['float32', 'float16']),
        shape: z.array(z.int().min(1).max(100_000)).max(6),
      }),
    )
    .meta({
      description: 'The outputs that are read, by name; others of the graph are never computed for us.',
    }),
  gates: z.array(gate).max(50).meta({ description: 'May be empty.' }),
  decision: z.discriminatedUnion('kind', [scoreDecision, labelsDecision]),
  bands: z
    .record(bandLabel, z.strictObject({ sentence }))
    .meta({ description: 'The closed vocabulary, each word with the sentence that a person reads.' }),
  advice: sentence.meta({ description: 'Stands beside every result, the same whatever it is.' }),
  evaluation: evaluation.optional().meta({
    description:
      'Written by npm run evaluate -- MODEL DIR --record. Without one the model may only say that it cannot tell, but on machines for tests.',
  }),
});

/** A parsed manifest. Every output, place, band and measure that it names exists. */
export type Manifest = Readonly<z.infer<typeof shape>>;

const manifest = shape.superRefine((value, context) => {
  for (const problem of problemsOf(value)) context.addIssue({ code: 'custom', message: problem });
});

/** Parses a manifest that was read as JSON; throws a `ZodError` naming every problem. */
export function parseManifest(json: unknown): Manifest {
  return manifest.parse(json);
}

/** The schema as JSON Schema (draft 2020-12): all that a schema can say; `parseManifest` checks the rest. */
export function manifestJsonSchema(): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(shape, { io: 'input', target: 'draft-2020-12', unrepresentable: 'any' });
  return { title: 'Manifest of a model of onceover', ...schema };
}

/** What a schema of fields alone cannot say. */
function problemsOf(value: Manifest): string[] {
  return [
    ...inputProblems(value.input),
    ...readingsOf(value).flatMap((reading) => readingProblems(value, reading)),
    ...decisionProblems(value),
  ];
}

function inputProblems({
  layout,
  channels,
  dtype,
  values,
  quantisation,
}: Manifest['input']): readonly string[] {
  const problems: string[] = [];
  const isWhole = dtype === 'uint8' || dtype === 'int8';
  if (layout === 'NHW' && channels !== 'grey') {
    problems.push(`input.layout NHW has no place for the channels ${channels}; use NHWC or NCHW`);
  }
  if (!isWhole && values === undefined) {
    problems.push(`input.values is missing: say which range a ${dtype} input takes, "0-1" or "0-255"`);
  }
  if (!isWhole && quantisation !== undefined) {
    problems.push(`input.quantisation is for uint8 and int8; a ${dtype} input takes input.values alone`);
  }
  if (dtype === 'int8' && (quantisation === undefined || values === undefined)) {
    problems.push(
      'input.quantisation and input.values are needed for int8: scale and zero point of the graph',
    );
  }
  if (dtype === 'uint8' && values !== undefined && quantisation === undefined) {
    problems.push(
      'input.values of a uint8 input need input.quantisation; without both, codes go in as they are',
    );
  }
  const count = channels === 'grey' ? 1 : 3;
  for (const [name, list] of [['mean', values?.mean] as const, ['std', values?.std] as const]) {
    if (list !== undefined && list.length !== count) {
      problems.push(`input.values.${name} has ${list.length} numbers; ${channels} takes ${count}`);
    }
  }
  if (values?.std?.some((std) => std <= 0)) problems.push('input.values.std must be above 0');
  return problems;
}

/** Every reading of the manifest. */
function readingsOf({ gates, decision }: Manifest): readonly Reading[] {
  return [
    ...gates.map(({ read }) => read),
    ...(decision.kind === 'score' ? readingsOfScore(decision.score) : []),
  ];
}

function readingsOfScore(made: Score): readonly Reading[] {
  return made.kind === 'mean-of-z' ? made.parts.map(({ read }) => read) : [made];
}

function readingProblems({ outputs, input: given }: Manifest, reading: Reading): readonly string[] {
  if (reading.kind === 'photo') {
    const isSmall = Math.min(given.width, given.height) < smallestSharpnessSide;
    return isSmall && reading.measure === 'sharpness'
      ? [`sharpness cannot be measured on an input under ${smallestSharpnessSide} pixels; leave the gate out`]
      : [];
  }
  const places =
    reading.kind === 'value'
      ? [reading.index]
      : reading.kind === 'log-odds'
        ? [...reading.of, ...reading.against]
        : reading.of;
  return missingPlaces(outputs, reading.output, places);
}

function missingPlaces(outputs: Manifest['outputs'], name: string, places: readonly number[]): string[] {
  const declared = Object.hasOwn(outputs, name) ? outputs[name] : undefined;
  const size = declared === undefined ? 0 : sizeOf(declared.shape);
  return places.filter((place) => place >= size).map((place) => `no output has a value ${name}[${place}]`);
}

function decisionProblems({ outputs, decision, bands }: Manifest): readonly string[] {
  const said =
    decision.kind === 'score'
      ? [decision.below, decision.above]
      : [
          ...decision.classes.map(({ band }) => band),
          ...(decision.none === undefined ? [] : [decision.none.band]),
        ];
  const unknown = said
    .filter((label) => !Object.hasOwn(bands, label))
    .map((label) => `the decision names the band ${label}, which is not in bands`);
  const unsaid = Object.keys(bands)
    .filter((label) => !said.some((band) => band === label))
    .map((label) => `bands has ${label}, which the decision never says`);
  if (decision.kind === 'score') {
    return [
      ...unknown,
      ...unsaid,
      ...(decision.lo <= decision.hi ? [] : ['decision.lo is above decision.hi']),
      ...(decision.below === decision.above ? ['decision.below and decision.above are the same band'] : []),
    ];
  }
  const places = decision.classes.flatMap(({ of }) => of);
  return [
    ...unknown,
    ...unsaid,
    ...missingPlaces(outputs, decision.output, places),
    ...(new Set(places).size === places.length ? [] : ['a class belongs to two bands']),
    ...(new Set(said).size === said.length ? [] : ['a band has two entries; put its classes into one']),
    ...(decision.labels === 'single' && decision.min <= 0.5
      ? ['decision.min of single-label outputs is over 0.5, so that no two bands can be said']
      : []),
    ...(decision.labels === 'single' && decision.none !== undefined
      ? ['decision.none is for multi-label outputs; use decision.others']
      : []),
    ...(decision.none !== undefined && decision.none.max > decision.min
      ? ['decision.none.max is above decision.min']
      : []),
  ];
}

/** How many values a tensor of this shape has. */
export function sizeOf(dims: readonly number[]): number {
  return dims.reduce((product, size) => product * size, 1);
}
