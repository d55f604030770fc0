/** An evaluation as the manifest keeps it: with it, the product makes statements. Pure. */
import { rulesText, type Hash } from '../../core/model/evaluation.ts';
import type { Manifest } from '../../core/model/manifest.ts';
import type { Figures } from './figures.ts';
import type { Estimate } from './metrics.ts';

/** So few photos say nothing about a band. */
export const fewestOfBand = 10;

/** The block for the manifest, or why there can be none. */
export function evaluationOf(
  manifest: Manifest,
  figures: Figures,
  about: { readonly set: string; readonly date: string },
  hash: Hash,
): { readonly ok: true; readonly evaluation: object } | { readonly ok: false; readonly message: string } {
  for (const band of Object.keys(manifest.bands)) {
    const photos = figures.classes
      .filter(({ expected }) => expected === band)
      .reduce((sum, one) => sum + one.photos, 0);
    if (photos >= fewestOfBand) continue;
    return {
      ok: false,
      message: `There are ${photos} photos that should get ${band}; an evaluation that is recorded needs ${fewestOfBand} of each band at least. Nothing was recorded.`,
    };
  }
  const [band] = figures.bands;
  if (band?.auc === undefined || figures.abstention === undefined) {
    return {
      ok: false,
      message: 'Too few photos passed the gates for a figure. Nothing was recorded.',
    };
  }
  return {
    ok: true,
    evaluation: {
      date: about.date,
      set: about.set,
      photos: figures.photos,
      model: manifest.sha256,
      rules: hash(rulesText(manifest)),
      auc: rounded(band.auc),
      ...(band.sensitivity === undefined ? {} : { sensitivity: rounded(band.sensitivity) }),
      ...(band.specificity === undefined ? {} : { specificity: rounded(band.specificity) }),
      abstention: rounded(figures.abstention),
    },
  };
}

function rounded({ value, low, high }: Estimate): readonly number[] {
  return [value, low, high].map((figure) => Number(figure.toFixed(3)));
}
