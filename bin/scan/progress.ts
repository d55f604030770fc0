/** A bar on standard error while several photos run; nothing where nobody would see it move. */
import { SingleBar } from 'cli-progress';

export interface Progress {
  readonly step: () => void;
  readonly stop: () => void;
}

/** The bar, or one that shows nothing. */
export function progressOf(photos: number, isShown: boolean): Progress {
  if (!isShown || photos < 2) return { step: () => undefined, stop: () => undefined };
  const bar = new SingleBar({
    format: '{bar} {value}/{total} photos, {duration_formatted}',
    stream: process.stderr,
    barCompleteChar: '#',
    barIncompleteChar: '.',
    barsize: 30,
    clearOnComplete: true,
    // The terminal's own setting stays as it is, should the process be killed.
    linewrap: true,
    // Ctrl-C is answered by the command, which stops the bar as well.
    gracefulExit: false,
  });
  bar.start(photos, 0);
  return { step: () => bar.increment(), stop: () => bar.stop() };
}
