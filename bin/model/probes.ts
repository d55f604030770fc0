/** Made-up photos that a model is tried on: extremes and textures that a real photo may hold. Pure, always the same. */
import type { InputGeometry, Pixels } from '../../core/ports.ts';

/** A photo by the name that a refusal shows. */
export interface Probe {
  readonly name: string;
  /** Fresh at each call, since who looks at pixels zeroes them. */
  make(size: Pick<InputGeometry, 'width' | 'height'>): Pixels;
}

type Colour = readonly [red: number, green: number, blue: number];

export const probes: readonly Probe[] = [
  painted('black', () => [0, 0, 0]),
  painted('white', () => [255, 255, 255]),
  painted('mid-grey', () => [128, 128, 128]),
  painted('light skin', (x, y) => shaded([224, 172, 150], x, y)),
  painted('dark skin', (x, y) => shaded([92, 62, 50], x, y)),
  painted('skin with a red mark', (x, y) =>
    Math.hypot(x - 0.5, y - 0.5) < 0.15 ? shaded([190, 70, 70], x, y) : shaded([224, 172, 150], x, y),
  ),
  painted('stripes', (x) => (Math.floor(x * 32) % 2 === 0 ? [250, 20, 20] : [20, 20, 250])),
  painted('noise', (x, y) => {
    const at = Math.round(x * 4096) * 4099 + Math.round(y * 4096);
    return [hash(at), hash(at + 1), hash(at + 2)];
  }),
];

/** `colourAt` takes places from 0 to 1. */
function painted(name: string, colourAt: (x: number, y: number) => Colour): Probe {
  return {
    name,
    make({ width, height }) {
      const data = new Uint8Array(width * height * 3);
      for (let y = 0; y < height; y += 1) {
        for (let x = 0; x < width; x += 1) data.set(colourAt(x / width, y / height), (y * width + x) * 3);
      }
      return { width, height, data };
    },
  };
}

/** Lit from one side, with the fine grain that a sensor leaves. */
function shaded([red, green, blue]: Colour, x: number, y: number): Colour {
  const grain = (hash(Math.round(x * 997) * 1009 + Math.round(y * 997)) - 128) / 16;
  const light = 0.85 + 0.15 * x;
  const of = (value: number) => Math.max(0, Math.min(255, Math.round(value * light + grain)));
  return [of(red), of(green), of(blue)];
}

/** A byte of a number, evenly spread. */
function hash(value: number): number {
  return Math.imul(value ^ (value >>> 15), 2654435761) >>> 24;
}
