/** Whether a photo is large enough for a model. Pure, so that a device can ask before an upload. */
import type { InputGeometry } from '../ports.ts';

/** Says whether the photo, upright, would have to be enlarged although the model forbids it. */
export function isTooSmall(
  size: { readonly width: number; readonly height: number },
  geometry: InputGeometry,
): boolean {
  if (geometry.enlarge) return false;
  const missesWidth = size.width < geometry.width;
  const missesHeight = size.height < geometry.height;
  return geometry.fit === 'cover' ? missesWidth || missesHeight : missesWidth && missesHeight;
}
