/**
 * The colour space that a HEIF file states for an image (`colr`, ISO/IEC 14496-12, 12.1.5; code points of
 * ITU-T H.273). Pure; it converts nothing (see `to-srgb.ts`).
 */
import { Fields, type Box, type Range } from './boxes.ts';

/** `profile`: an ICC profile, which a colour management must apply. `unsupported`: nothing here can show it. */
export type HeifColour =
  | { readonly space: 'srgb' | 'display-p3' | 'bt2020' | 'unsupported' }
  | { readonly space: 'profile'; readonly profile: Range };

/** H.273 table 2. BT.601 and EBU primaries are taken as sRGB's: they differ by less than a photo's white balance. */
const spaceByPrimaries: ReadonlyMap<number, 'srgb' | 'display-p3' | 'bt2020'> = new Map([
  [1, 'srgb'],
  // Unspecified: MIAF (ISO/IEC 23000-22, 7.3.6.4) has a reader assume sRGB.
  [2, 'srgb'],
  [5, 'srgb'],
  [6, 'srgb'],
  [7, 'srgb'],
  [22, 'srgb'],
  [9, 'bt2020'],
  [12, 'display-p3'],
]);

/** H.273 table 3: those shown like sRGB's. Linear light, PQ and HLG (HDR) are not among them. */
const shownAsSrgb: ReadonlySet<number> = new Set([1, 2, 4, 5, 6, 7, 11, 13, 14, 15]);

/** Reads the `colr` boxes of one image. A profile is more exact than code points; without either it is sRGB. */
export function readColour(view: DataView, boxes: readonly Box[]): HeifColour {
  let stated: HeifColour = { space: 'srgb' };
  for (const box of boxes.toReversed()) {
    const fields = new Fields(view, box);
    const kind = fields.text(4);
    if (kind === 'prof' || kind === 'rICC') {
      return { space: 'profile', profile: { start: fields.at, end: box.end } };
    }
    if (kind === 'nclx') stated = { space: spaceOf(fields.uint(2), fields.uint(2)) };
  }
  return stated;
}

function spaceOf(primaries: number, transfer: number): 'srgb' | 'display-p3' | 'bt2020' | 'unsupported' {
  const space = spaceByPrimaries.get(primaries);
  return space !== undefined && shownAsSrgb.has(transfer) ? space : 'unsupported';
}
