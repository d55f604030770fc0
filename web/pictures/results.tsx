/** Pictures of results: what was said, and what to do when nothing could be. None of them is red; none is alarming. */
import type { ComponentChildren } from 'preact';
import type { Reason } from '../words/catalogue.ts';

function Disc({ children }: { readonly children: ComponentChildren }) {
  return (
    <svg class="picture disc" viewBox="0 0 120 120" aria-hidden="true" focusable="false">
      <circle class="f-soft" cx="60" cy="60" r="56" />
      {children}
    </svg>
  );
}

const bandPictures: Readonly<Record<string, ComponentChildren>> = {
  'no-clear-difference': (
    <>
      <circle class="f-skin" cx="60" cy="60" r="42" />
      <circle class="s-on-skin dashed" cx="60" cy="60" r="26" />
    </>
  ),
  'visible-difference': (
    <>
      <circle class="f-skin" cx="60" cy="60" r="42" />
      <path class="f-spot" d="M52 47c7-5 17-4 21 3 5 8 2 17-5 21-8 5-18 3-21-5-3-7-1-15 5-19z" />
      <circle class="s-on-skin dashed" cx="60" cy="60" r="26" />
    </>
  ),
};

/** The picture of a band; one that this app does not know gets the lens. */
export function BandPicture({ band }: { readonly band: string }) {
  return (
    <Disc>
      {bandPictures[band] ?? (
        <>
          <circle class="f-skin" cx="60" cy="60" r="42" />
          <circle class="s-accent thick" cx="60" cy="60" r="20" />
        </>
      )}
    </Disc>
  );
}

const phone = <rect class="f-surface s-ink" x="42" y="26" width="36" height="64" rx="7" />;

const advice = {
  light: (
    <>
      <rect class="f-surface s-ink" x="30" y="26" width="44" height="58" rx="4" />
      <path class="s-ink" d="M52 26v58M30 55h44" />
      <circle class="f-sun" cx="82" cy="42" r="13" />
      <path class="s-sun" d="M82 20v5M82 59v5M60 42h5M99 42h5M67 27l3 3M94 54l3 3M97 27l-3 3M70 54l-3 3" />
      <path class="f-skin" d="M28 92c12-14 30-16 44-8l16 8z" />
    </>
  ),
  shade: (
    <>
      <circle class="f-sun" cx="82" cy="36" r="13" />
      <path
        class="f-accent"
        d="M24 56c4-17 18-26 34-24 13 2 22 11 24 24-6-4-10-4-15 0-5-4-9-4-14 0-5-4-10-4-14 0-5-4-10-4-15 0z"
      />
      <path class="s-ink" d="M53 56v34" />
      <path class="f-skin" d="M26 94c10-13 26-16 40-9l18 9z" />
    </>
  ),
  steady: (
    <>
      {phone}
      <circle class="f-skin" cx="60" cy="54" r="12" />
      <path class="s-accent" d="M48 44v-4h4M72 44v-4h-4M48 64v4h4M72 64v4h-4" />
      <path class="s-muted" d="M32 46v24M26 52v12M88 46v24M94 52v12" />
      <path class="f-skin" d="M34 100c2-14 12-20 26-20s24 6 26 20z" />
    </>
  ),
  closer: (
    <>
      <path class="f-skin" d="M18 44c22-12 46-12 84 0v38c-34 12-58 12-84 0z" />
      <circle class="f-spot" cx="60" cy="62" r="7" />
      <path class="s-accent thick" d="M34 44v-8h8M86 44v-8h-8M34 80v8h8M86 80v8h-8" />
      <path class="s-ink" d="m30 24 8 8M90 24l-8 8M30 100l8-8M90 100l-8-8" />
    </>
  ),
  skin: (
    <>
      <path
        class="f-skin"
        d="M28 92V58c0-5 7-5 7 0V38c0-5 8-5 8 0v16V32c0-5 8-5 8 0v22-18c0-5 8-5 8 0v26c3-5 11-9 14-5 2 3-6 8-8 14-2 9-6 15-12 21z"
      />
      <circle class="f-glass s-accent thick" cx="72" cy="64" r="20" />
      <path class="s-accent thicker" d="m87 79 12 12" />
    </>
  ),
  file: (
    <>
      <path class="f-surface s-ink" d="M38 24h30l16 16v56H38z" />
      <path class="s-ink" d="M68 24v16h16" />
      <path class="s-warn thick" d="m52 60 18 18M70 60 52 78" />
    </>
  ),
  original: (
    <>
      <rect class="s-muted dashed" x="24" y="64" width="26" height="26" rx="5" />
      <rect class="f-skin" x="54" y="28" width="46" height="46" rx="8" />
      <circle class="f-spot" cx="78" cy="50" r="6" />
      <path class="s-accent thick" d="m38 56 10-12M40 43h9v9" />
    </>
  ),
  still: (
    <>
      <rect class="s-muted dashed" x="24" y="34" width="44" height="44" rx="8" />
      <rect class="s-muted dashed" x="34" y="39" width="44" height="44" rx="8" />
      <rect class="f-skin" x="46" y="44" width="46" height="46" rx="8" />
      <path class="s-ink thick" d="M63 59v16M75 59v16" />
    </>
  ),
  again: (
    <>
      <rect class="f-skin" x="42" y="42" width="36" height="36" rx="8" />
      <path class="s-accent thick" d="M60 22a38 38 0 1 1-33 19" />
      <path class="s-accent thick" d="M26 27v15h15" />
    </>
  ),
  between: (
    <>
      <circle class="f-skin" cx="48" cy="60" r="24" />
      <circle class="f-glass s-accent thick" cx="72" cy="60" r="24" />
      <path class="s-ink thick" d="M56 55a5 5 0 1 1 6 5v3M62 70v.1" />
    </>
  ),
} satisfies Record<string, ComponentChildren>;

const adviceOf: Readonly<Record<Reason, keyof typeof advice>> = {
  'too-dark': 'light',
  'too-bright': 'shade',
  blurred: 'steady',
  'not-enough-skin': 'closer',
  'not-skin': 'skin',
  contradictory: 'between',
  'not-evaluated': 'between',
  uncertain: 'between',
  'model-error': 'again',
  'unsupported-format': 'file',
  'corrupt-image': 'file',
  'too-many-pixels': 'original',
  'too-small': 'original',
  'animated-image': 'still',
  'checksum-mismatch': 'again',
  'length-mismatch': 'again',
  'not-analysed': 'again',
  'image-gone': 'again',
  interrupted: 'again',
  'deletion-unverified': 'again',
};

/** What to do, as a picture. */
export function AdvicePicture({ reason }: { readonly reason: Reason | undefined }) {
  return <Disc>{advice[reason === undefined ? 'again' : adviceOf[reason]]}</Disc>;
}

/** A photo with what goes along unseen: place and time. */
export function OriginalPicture() {
  return (
    <Disc>
      <rect class="f-skin" x="36" y="40" width="46" height="46" rx="8" />
      <circle class="f-spot" cx="57" cy="62" r="6" />
      <path class="f-surface s-ink" d="M96 38c0 8-10 18-10 18s-10-10-10-18a10 10 0 0 1 20 0z" />
      <circle class="f-accent" cx="86" cy="38" r="3.5" />
      <circle class="f-surface s-ink" cx="36" cy="84" r="12" />
      <path class="s-ink" d="M36 77v7l4 3" />
    </Disc>
  );
}

/** The phone of someone without a connection. */
export function OfflinePicture() {
  return (
    <Disc>
      {phone}
      <path class="s-muted thick" d="M50 52a14 14 0 0 1 20 0M55 59a7 7 0 0 1 10 0" />
      <path class="s-warn thick" d="m46 42 28 30" />
    </Disc>
  );
}

/** Nothing there yet: an empty frame. */
export function EmptyPicture() {
  return (
    <Disc>
      <rect class="s-muted dashed" x="36" y="36" width="48" height="48" rx="10" />
      <circle class="s-accent thick" cx="60" cy="60" r="10" />
    </Disc>
  );
}
