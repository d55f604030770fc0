/** Small line pictures beside words. They say nothing that the words do not, so they are hidden from screen readers. */
import type { ComponentChildren } from 'preact';

const lines = {
  camera: (
    <>
      <path d="M4 8.5A2.5 2.5 0 0 1 6.5 6h1.700l1.3-1.700h5L15.8 6h1.700A2.5 2.5 0 0 1 20 8.500v8a2.5 2.5 0 0 1-2.5 2.500h-11A2.5 2.5 0 0 1 4 16.500z" />
      <circle cx="12" cy="12.5" r="3.4" />
    </>
  ),
  image: (
    <>
      <rect x="4" y="4.5" width="16" height="15" rx="2.5" />
      <circle cx="9" cy="9.5" r="1.6" />
      <path d="m5 17 4.5-4.5 3.5 3.5 2.5-2.500L20 17.5" />
    </>
  ),
  history: (
    <>
      <path d="M4.5 12a7.5 7.5 0 1 0 2.6-5.7" />
      <path d="M4.5 4.500v3.800h3.800M12 8v4.300l2.8 1.7" />
    </>
  ),
  person: (
    <>
      <circle cx="12" cy="8.3" r="3.6" />
      <path d="M5 19.500c.8-3.6 3.6-5.3 7-5.300s6.2 1.7 7 5.3" />
    </>
  ),
  look: (
    <>
      <circle cx="12" cy="12" r="7.5" />
      <circle cx="12" cy="12" r="2.6" />
    </>
  ),
  check: <path d="m5.5 12.5 4.2 4.2 8.8-9.4" />,
  cross: <path d="m7 7 10 10M17 7 7 17" />,
  question: (
    <>
      <path d="M9 9.300a3 3 0 1 1 4.4 2.700c-.9.5-1.4 1-1.4 2.1" />
      <path d="M12 17.300v.1" />
    </>
  ),
  pencil: <path d="m5 19 .8-3.700L15.6 5.500a1.7 1.7 0 0 1 2.5 0l.4.4a1.7 1.7 0 0 1 0 2.500L8.7 18.200z" />,
  bin: (
    <path d="M5 7h14M10 7V5h4v2M7 7l.8 11a1.5 1.5 0 0 0 1.5 1.400h5.400a1.5 1.5 0 0 0 1.5-1.400L17 7M10.5 10.500v5.500M13.5 10.500v5.5" />
  ),
  next: <path d="m9.5 6 6 6-6 6" />,
  back: <path d="m14.5 6-6 6 6 6" />,
  lock: (
    <>
      <rect x="5.5" y="10.5" width="13" height="9" rx="2" />
      <path d="M8.5 10.500V8a3.5 3.5 0 0 1 7 0v2.5" />
    </>
  ),
  gone: (
    <>
      <path d="M4 12a8 8 0 0 1 8-8M15 4.600a8 8 0 0 1 4.4 4.400M20 13a8 8 0 0 1-3 5.200M13.5 19.900a8 8 0 0 1-7-2.1" />
      <path d="m8.8 12.3 2.3 2.3 4.3-4.8" />
    </>
  ),
  noFace: (
    <>
      <circle cx="12" cy="10" r="5" />
      <path d="M4.5 20c1.3-2.6 4-4 7.5-4M4 4l16 16" />
    </>
  ),
  mail: (
    <>
      <rect x="4" y="6" width="16" height="12.5" rx="2.5" />
      <path d="m5 8 7 5.500L19 8" />
    </>
  ),
  device: (
    <>
      <rect x="7" y="3.5" width="10" height="17" rx="2.5" />
      <path d="M11 17.500h2" />
    </>
  ),
  message: (
    <path d="M5 6.500h14a1 1 0 0 1 1 1V16a1 1 0 0 1-1 1h-7l-4 3.200V17H5a1 1 0 0 1-1-1V7.500a1 1 0 0 1 1-1z" />
  ),
  globe: (
    <>
      <circle cx="12" cy="12" r="7.8" />
      <path d="M4.2 12h15.600M12 4.200c2.6 2.3 3.6 4.9 3.6 7.800s-1 5.5-3.6 7.800c-2.6-2.3-3.6-4.9-3.6-7.800s1-5.5 3.6-7.800z" />
    </>
  ),
  download: <path d="M12 4.500v10M7.500 10.500 12 15l4.500-4.500M5 19.500h14" />,
  away: (
    <path d="M13.5 5H19v5.5M18.5 5.5 11 13M10 6.500H7A1.500 1.500 0 0 0 5.500 8v9A1.500 1.500 0 0 0 7 18.500h9a1.500 1.500 0 0 0 1.500-1.500v-3" />
  ),
  wallet: (
    <>
      <rect x="4" y="6" width="16" height="12.5" rx="2.5" />
      <path d="M4 10h16M15.500 14.500h1.500" />
    </>
  ),
  out: <path d="M10 5H7a2 2 0 0 0-2 2v10a2 2 0 0 0 2 2h3M14 8l4 4-4 4M18 12H9.5" />,
} satisfies Record<string, ComponentChildren>;

export type IconName = keyof typeof lines;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {lines[name]}
    </svg>
  );
}

/** The mark: an eye that looks once, its lid half down. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <circle class="f-accent" cx="16" cy="16" r="15" />
      <path
        class="f-paper"
        d="M5.5 16.500C8.4 11.6 11.9 9.2 16 9.200s7.6 2.4 10.5 7.300c-2.9 4.9-6.4 7.3-10.5 7.300S8.4 21.4 5.5 16.500z"
      />
      <circle class="f-accent" cx="16" cy="16.5" r="4.3" />
      <circle class="f-paper" cx="17.5" cy="15" r="1.3" />
    </svg>
  );
}
