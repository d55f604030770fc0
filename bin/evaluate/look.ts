/**
 * One look of a model at one photo, as the product takes it (the same decoder, the same session, the same rules), but
 * with the scores kept. Nothing of this is part of the product, whose analyzer has no place for a score (CAL-2).
 */
import { readFile } from 'node:fs/promises';
import { interpret } from '../../core/model/interpret.ts';
import type { Manifest } from '../../core/model/manifest.ts';
import { measurePhoto } from '../../core/model/measures.ts';
import { probabilitiesOf, type Outputs } from '../../core/model/readings.ts';
import { weigh } from '../../core/model/weigh.ts';
import type { ImageDecoder, InputGeometry, Pixels } from '../../core/ports.ts';
import type { OnnxModel } from '../../lambdas/adapters/onnx-model.ts';
import type { LabelledPhoto } from './photos.ts';
import { unchanged, variantsOf, type Variant } from './variants.ts';

/** What was said of one photo: a band, or a reason with what kind of end it was. */
export interface Said {
  readonly state: 'completed' | 'inconclusive' | 'rejected';
  readonly word: string;
}

export interface Look {
  readonly photo: LabelledPhoto;
  readonly said: Said;
  /** By band: the higher, the more of it. Empty where the photo could not be decoded. */
  readonly scores: ReadonlyMap<string, number>;
  /** Milliseconds. */
  readonly decodeMs: number;
  readonly runMs: number | undefined;
}

/** What was said of each variant, and of the photo encoded as they are. */
export interface Varied {
  readonly unchanged: Said;
  readonly variants: readonly { readonly variant: Pick<Variant, 'name' | 'kind'>; readonly said: Said }[];
}

/** A model with what it needs to look. */
export interface Looker {
  readonly model: OnnxModel;
  readonly decoder: ImageDecoder;
  readonly now: () => number;
}

/**
 * Looks at a file. One that cannot be decoded is `rejected`, as an upload of it would be; so are one that cannot be read
 * (`unreadable`) and one whose decoding broke off (`interrupted`): one bad file is no end of a measurement.
 */
export async function lookAt(looker: Looker, photo: LabelledPhoto): Promise<Look> {
  const bytes = await readFile(photo.path).catch(() => undefined);
  const startedAt = looker.now();
  const decoded =
    bytes === undefined
      ? ({ ok: false, reason: 'unreadable' } as const)
      : await decode(looker, bytes, geometryOf(looker.model.manifest));
  const decodeMs = looker.now() - startedAt;
  if (!decoded.ok) {
    const said = { state: 'rejected', word: decoded.reason } as const;
    return { photo, said, scores: new Map(), decodeMs, runMs: undefined };
  }
  const runAt = looker.now();
  const seen = await see(looker.model, decoded.pixels);
  return { photo, ...seen, decodeMs, runMs: looker.now() - runAt };
}

/** The decoder throws where its time runs out; the product then ends the scan as interrupted. */
async function decode(
  { decoder }: Looker,
  bytes: Uint8Array,
  geometry: InputGeometry,
): Promise<{ readonly ok: true; readonly pixels: Pixels } | { readonly ok: false; readonly reason: string }> {
  try {
    return await decoder.decode(bytes, geometry);
  } catch {
    return { ok: false, reason: 'interrupted' };
  }
}

/** A run that fails is `model-error`, as in the product. */
async function see(
  model: OnnxModel,
  pixels: Pixels,
): Promise<{ readonly said: Said; readonly scores: ReadonlyMap<string, number> }> {
  const outputs = await model.run(pixels).catch(() => undefined);
  if (outputs === undefined) {
    return { said: { state: 'inconclusive', word: 'model-error' }, scores: new Map() };
  }
  const finding = interpret(model.manifest, outputs, (name) => measurePhoto(pixels, name));
  const said =
    finding.kind === 'completed'
      ? ({ state: 'completed', word: finding.band } as const)
      : ({ state: 'inconclusive', word: finding.reason } as const);
  return { said, scores: scoresOf(model.manifest, outputs) };
}

/** A score by band: of two thresholds, the score and its negative; of labels, the probability. */
export function scoresOf({ decision }: Manifest, outputs: Outputs): ReadonlyMap<string, number> {
  if (decision.kind === 'score') {
    const { score } = weigh(decision.score, outputs);
    return new Map([
      [decision.above, score],
      [decision.below, -score],
    ]);
  }
  const probabilities = probabilitiesOf(decision, outputs[decision.output]?.data ?? []);
  return new Map(
    decision.classes.map(({ band, of }) => {
      const likely = of.map((index) => probabilities[index] ?? Number.NaN);
      const score = decision.labels === 'single' ? likely.reduce((a, b) => a + b, 0) : Math.max(...likely);
      return [band, score];
    }),
  );
}

/**
 * Looks at every variant of a photo. They are made from the centre of the photo, decoded as the product does at twice
 * the model's size where the photo has it. Undefined for a photo that cannot be decoded.
 */
export async function varied(looker: Looker, photo: LabelledPhoto): Promise<Varied | undefined> {
  const master = await masterOf(looker, await readFile(photo.path));
  if (master === undefined) return undefined;
  const sayOf = async (variant: Variant): Promise<Said> => {
    const geometry = { ...geometryOf(looker.model.manifest), enlarge: true };
    const decoded = await decode(looker, await variant.make(master), geometry);
    if (!decoded.ok) return { state: 'rejected', word: decoded.reason };
    return (await see(looker.model, decoded.pixels)).said;
  };
  const variants = [];
  for (const variant of variantsOf(looker.model.manifest.input.width)) {
    variants.push({ variant: { name: variant.name, kind: variant.kind }, said: await sayOf(variant) });
  }
  return { unchanged: await sayOf(unchanged), variants };
}

async function masterOf(looker: Looker, bytes: Uint8Array): Promise<Pixels | undefined> {
  const geometry = geometryOf(looker.model.manifest);
  const double = {
    ...geometry,
    width: geometry.width * 2,
    height: geometry.height * 2,
    fit: 'cover' as const,
    enlarge: false,
  };
  for (const wanted of [double, geometry]) {
    const decoded = await decode(looker, bytes, wanted);
    if (decoded.ok) return decoded.pixels;
  }
  return undefined;
}

function geometryOf({ input: { width, height, fit, enlarge } }: Manifest): InputGeometry {
  return { width, height, fit, enlarge };
}
