/** The middle of a photo on a canvas: no address of the photo exists that could be opened, kept or shared. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

export interface PhotoSquareProps {
  readonly preview: ImageBitmap;
  /** What a screen reader says; without it the picture is decoration. */
  readonly label?: string;
  readonly class?: string;
  readonly children?: ComponentChildren;
}

export function PhotoSquare({ preview, label, class: className = '', children }: PhotoSquareProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const to = canvas.current;
    // A closed bitmap has no size.
    if (to === null || preview.width === 0) return undefined;
    to.width = preview.width;
    to.height = preview.height;
    to.getContext('2d')?.drawImage(preview, 0, 0);
    return () => {
      to.width = 0;
    };
  }, [preview]);
  return (
    <div class={`square ${className}`}>
      <canvas
        ref={canvas}
        {...(label === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label })}
      />
      {children}
    </div>
  );
}
