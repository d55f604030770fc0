/** The model command: options to checks or a new folder to an exit code. Decides little; its parts do. */
import { styleText } from 'node:util';
import { checkModel } from './check.ts';
import { isUsable } from './checks.ts';
import { makeModel, NewModelError } from './new.ts';
import { helpText, parseCommand } from './options.ts';
import { renderChecks, renderJson, renderVerdict } from './report.ts';

/** Runs the command and resolves with its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const command = parseCommand(args);
  switch (command.kind) {
    case 'help':
      process.stdout.write(helpText);
      return 0;
    case 'usage':
      process.stderr.write(`${command.message}\nSee: npm run model -- --help\n`);
      return 2;
    case 'check':
      return check(command.dir, command.json);
    case 'new':
      return make(command);
  }
}

async function check(dir: string, json: boolean): Promise<number> {
  const checks = await checkModel(dir);
  if (json) {
    process.stdout.write(`${renderJson(dir, checks)}\n`);
  } else {
    const table = renderChecks(checks, (colour, text) => styleText(colour, text, { stream: process.stdout }));
    process.stdout.write(`${table}\n\n${renderVerdict(dir, checks)}\n`);
  }
  return isUsable(checks) ? 0 : 1;
}

async function make(wanted: Parameters<typeof makeModel>[0]): Promise<number> {
  try {
    process.stdout.write(await makeModel(wanted));
    return 0;
  } catch (error) {
    if (!(error instanceof NewModelError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}
