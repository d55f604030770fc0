/** Taking an environment down: the order, the confirmation, and what happens when something does not go. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { main, type RemoveParts } from '../../bin/remove/main.ts';
import {
  keptByAws,
  removeEnvironment,
  RemovalStopped,
  settleMs,
  type RemovableCloud,
} from '../../bin/remove/steps.ts';

/** A cloud that notes what is done to it. */
function givenCloud(uploads: number, stays = false) {
  const log: string[] = [];
  let objects = uploads;
  const names = ['data', 'pipeline', 'api', 'web', 'operations'].map((stack) => `onceover-dev-${stack}`);
  const cloud: RemovableCloud = {
    stacks: async () => names.filter((name) => !log.includes(`remove ${name}`)),
    removeStack: async (name) => void log.push(`remove ${name}`),
    emptyApp: async () => void log.push('empty the app'),
    uploads: async () => objects,
    empty: async () => {
      log.push('empty');
      if (!stays) objects = 0;
    },
  };
  const wait = async (ms: number): Promise<void> => void log.push(`wait ${ms}`);
  return { cloud, log, wait };
}

let printed = '';
beforeEach(() => {
  printed = '';
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((chunk) => (printed += String(chunk)) !== '');
  }
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('the removal', () => {
  it('shuts the door first, waits for what is on its way, empties, and takes the data last', async () => {
    const { cloud, log, wait } = givenCloud(0);
    await removeEnvironment({ environment: 'dev', cloud, wait, tell: () => {} });
    expect(log).toEqual([
      'empty the app',
      'remove onceover-dev-web',
      'remove onceover-dev-operations',
      'remove onceover-dev-api',
      `wait ${settleMs}`,
      'empty',
      'remove onceover-dev-pipeline',
      'remove onceover-dev-data',
    ]);
    expect(settleMs).toBe(300_000);
  });

  it('says when the cleaner left something, and deletes it', async () => {
    const { cloud, wait } = givenCloud(3);
    const told: string[] = [];
    await removeEnvironment({ environment: 'dev', cloud, wait, tell: (line) => told.push(line) });
    expect(told.join('\n')).toContain('deleting 3 objects');
  });

  it('rejects going on while the bucket holds an object: the cleaner stays', async () => {
    const { cloud, log, wait } = givenCloud(1, true);
    const removing = removeEnvironment({ environment: 'dev', cloud, wait, tell: () => {} });
    await expect(removing).rejects.toThrow(RemovalStopped);
    expect(log).not.toContain('remove onceover-dev-pipeline');
  });

  it('goes on where it stopped', async () => {
    const { cloud, log, wait } = givenCloud(0);
    const half = { ...cloud, stacks: async () => ['onceover-dev-data'] };
    await removeEnvironment({ environment: 'dev', cloud: half, wait, tell: () => {} });
    expect(log).toEqual(['remove onceover-dev-data']);
  });
});

describe('npm run remove', () => {
  const partsOf = (typed: string) => {
    const given = givenCloud(0);
    const parts: RemoveParts = {
      accountId: async () => '123456789012',
      cloud: () => given.cloud,
      ask: async () => typed,
      wait: given.wait,
    };
    return { ...given, parts };
  };

  it('removes what was confirmed by its name, and says what AWS keeps', async () => {
    const { parts, log } = partsOf('dev');
    expect(await main(['dev'], {}, parts)).toBe(0);
    expect(log).toContain('remove onceover-dev-data');
    for (const line of keptByAws(false)) expect(printed).toContain(line);
  });

  it('rejects another word, and removes nothing', async () => {
    const { parts, log } = partsOf('yes');
    expect(await main(['dev'], {}, parts)).toBe(2);
    expect(log).toEqual([]);
  });

  it('has nothing to do where nothing is', async () => {
    const { parts } = partsOf('');
    const none = { ...parts, cloud: () => ({ ...givenCloud(0).cloud, stacks: async () => [] }) };
    expect(await main(['dev'], {}, none)).toBe(0);
    expect(printed).toContain('Nothing of "dev"');
  });

  it('says of a protected environment what to change', async () => {
    const { parts } = partsOf('dev');
    const removeStack = (): Promise<void> => Promise.reject(new RemovalStopped('it is protected'));
    const guarded = { ...parts, cloud: () => ({ ...givenCloud(0).cloud, removeStack }) };
    expect(await main(['dev'], {}, guarded)).toBe(1);
    expect(printed).toContain('Stopped: it is protected');
  });

  it.each([[[]], [['staging']], [['dev', 'production']]])('rejects %j as wrong usage', async (args) => {
    expect(await main(args, {}, partsOf('').parts)).toBe(2);
  });

  it('tells of tables that stay when they are protected', () => {
    expect(keptByAws(true).join('\n')).toContain('deletionProtection was on');
    expect(keptByAws(false).join('\n')).not.toContain('deletionProtection');
  });
});
