/**
 * A lock that many may share or one may hold alone, served in the order of asking, so that neither side
 * starves. It must not be asked for by work that already holds it.
 */
export interface Lock {
  /** Runs `work` beside other shared work, never beside exclusive work. */
  shared<T>(work: () => Promise<T>): Promise<T>;
  /** Runs `work` alone. */
  exclusive<T>(work: () => Promise<T>): Promise<T>;
}

interface Waiting {
  readonly alone: boolean;
  readonly start: () => void;
}

/** Creates a free lock. */
export function createLock(): Lock {
  const queue: Waiting[] = [];
  let sharing = 0;
  let heldAlone = false;

  function admit(): void {
    for (let next = queue[0]; next !== undefined; next = queue[0]) {
      if (heldAlone || (next.alone && sharing > 0)) return;
      queue.shift();
      if (next.alone) heldAlone = true;
      else sharing += 1;
      next.start();
    }
  }

  async function hold<T>(alone: boolean, work: () => Promise<T>): Promise<T> {
    await new Promise<void>((start) => {
      queue.push({ alone, start });
      admit();
    });
    try {
      return await work();
    } finally {
      if (alone) heldAlone = false;
      else sharing -= 1;
      admit();
    }
  }

  return {
    shared: (work) => hold(false, work),
    exclusive: (work) => hold(true, work),
  };
}
