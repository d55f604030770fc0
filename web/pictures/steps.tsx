/** The three pictures of what happens to a photo, and the larger one that shows it as a story. Drawn by us. */
import type { ComponentChildren } from 'preact';

/** A small photo of skin: warm, with one darker area. */
function Photo({ x, y, size }: { readonly x: number; readonly y: number; readonly size: number }) {
  const middle = size / 2;
  return (
    <g transform={`translate(${x} ${y})`}>
      <rect class="f-skin" width={size} height={size} rx={size * 0.14} />
      <path
        class="f-skin-deep"
        d={`M0 ${size * 0.72} C ${size * 0.3} ${size * 0.52}, ${size * 0.6} ${size * 0.95}, ${size} ${size * 0.62} V ${size * 0.86} a ${size * 0.14} ${size * 0.14} 0 0 1 -${size * 0.14} ${size * 0.14} H ${size * 0.14} a ${size * 0.14} ${size * 0.14} 0 0 1 -${size * 0.14} -${size * 0.14} z`}
      />
      <circle class="f-spot" cx={middle * 1.06} cy={middle * 0.84} r={size * 0.11} />
    </g>
  );
}

function Frame({ children }: { readonly children: ComponentChildren }) {
  return (
    <svg class="picture" viewBox="0 0 120 96" aria-hidden="true" focusable="false">
      <ellipse class="f-soft" cx="60" cy="50" rx="52" ry="42" />
      {children}
    </svg>
  );
}

/** A phone; place and time fall off the photo in it. */
export function ShrinkPicture() {
  return (
    <Frame>
      <rect class="f-surface s-ink" x="40" y="10" width="40" height="76" rx="8" />
      <path class="s-ink" d="M56 79h8" />
      <Photo x={48} y={28} size={24} />
      <g class="s-muted dashed">
        <path d="M92 30c0 5-6 11-6 11s-6-6-6-11a6 6 0 0 1 12 0z" transform="translate(10 -4)" />
        <circle cx="96" cy="26" r="1.5" />
      </g>
      <g class="s-muted dashed">
        <circle cx="22" cy="34" r="8" />
        <path d="M22 29.500V34l3 2" />
      </g>
      <path class="s-warn" d="M86 40 106 16M12 44 32 24" />
    </Frame>
  );
}

/** A lens over the photo. */
export function LookPicture() {
  return (
    <Frame>
      <Photo x={30} y={22} size={52} />
      <circle class="f-glass s-accent thick" cx="58" cy="45" r="22" />
      <path class="s-accent thicker" d="m74 61 15 15" />
      <path class="s-paper" d="M46 40c2-6 7-9 12-9" />
    </Frame>
  );
}

/** The photo is dots that drift off; beside it a check, once that is so. */
export function GonePicture({ isDone = true }: { readonly isDone?: boolean }) {
  const dots = [
    [36, 30, 3],
    [46, 27, 2.5],
    [56, 31, 3],
    [34, 41, 2.5],
    [45, 40, 3.5],
    [57, 42, 2.5],
    [67, 36, 2],
    [37, 52, 3],
    [48, 54, 2.5],
    [59, 53, 2],
    [74, 28, 1.6],
    [70, 47, 1.6],
    [82, 38, 1.3],
    [64, 23, 1.6],
    [86, 24, 1],
  ] as const;
  return (
    <Frame>
      <rect class="s-muted dashed" x="26" y="19" width="46" height="46" rx="8" />
      {dots.map(([x, y, r]) => (
        <circle key={`${x} ${y}`} class="f-skin-deep" cx={x} cy={y} r={r} />
      ))}
      {isDone ? (
        <>
          <circle class="f-accent" cx="82" cy="66" r="15" />
          <path class="s-on-accent thick" d="m75 66 5 5 9-10" />
        </>
      ) : null}
    </Frame>
  );
}

/** Photo, one look, nothing left but a sentence: shown one after the other where motion is welcome. */
export function StoryPicture() {
  const cells = Array.from({ length: 36 }, (_, index) => [index % 6, Math.floor(index / 6)] as const);
  return (
    <svg class="story" viewBox="0 0 320 240" aria-hidden="true" focusable="false">
      <ellipse class="f-soft" cx="160" cy="122" rx="148" ry="104" />
      <rect class="s-muted dashed" x="92" y="44" width="136" height="136" rx="20" />
      <g class="story-photo">
        <rect class="f-skin" x="92" y="44" width="136" height="136" rx="20" />
        <path
          class="f-skin-deep"
          d="M92 142c44-26 84 32 136-14v32a20 20 0 0 1-20 20h-96a20 20 0 0 1-20-20z"
        />
        <circle class="f-spot" cx="165" cy="101" r="13" />
      </g>
      <g class="story-dust">
        {cells.map(([column, row]) => (
          <circle
            key={`${column} ${row}`}
            class={
              column + row === 5 || (column > 1 && column < 4 && row > 1 && row < 4)
                ? 'f-spot'
                : 'f-skin-deep'
            }
            cx={106 + column * 22}
            cy={58 + row * 22}
            r={1.8 + ((column * 7 + row * 5) % 4) * 0.7}
          />
        ))}
      </g>
      <g class="story-lens">
        <circle class="f-glass s-accent thick" cx="160" cy="104" r="46" />
        <path class="s-accent thickest" d="m194 138 30 30" />
        <path class="s-paper thick" d="M136 92c4-12 13-19 24-19" />
      </g>
      <g class="story-sentence">
        <rect class="f-surface s-line" x="64" y="186" width="192" height="40" rx="20" />
        <circle class="f-accent" cx="86" cy="206" r="11" />
        <path class="s-on-accent thick" d="m80.5 206 4 4 7-8" />
        <rect class="f-muted" x="106" y="197" width="116" height="6" rx="3" />
        <rect class="f-line" x="106" y="209" width="76" height="6" rx="3" />
      </g>
    </svg>
  );
}
