/** The staff command: options to one request to an answer. */
import { askStaff, NotAsked } from './ask.ts';
import { helpText, parseCommand } from './options.ts';

/** Runs the command and resolves with its exit code. */
export async function main(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const command = parseCommand(args, env);
  if (command.kind === 'help') return say(helpText, 0);
  if (command.kind === 'usage') return complain(`${command.message}\nSee: npm run staff -- --help`, 2);
  try {
    const answer = await askStaff(command.asker, command.request, env);
    if (answer.ok) return say(`${JSON.stringify(answer.answer, undefined, 2)}\n`, 0);
    const fields = answer.fields === undefined ? '' : ` (${answer.fields.join(', ')})`;
    return complain(`Refused: ${answer.code}${fields}.`, 1);
  } catch (error) {
    if (error instanceof NotAsked) return complain(error.message, 3);
    throw error;
  }
}

function say(text: string, code: number): number {
  process.stdout.write(text);
  return code;
}

function complain(text: string, code: number): number {
  process.stderr.write(`${text}\n`);
  return code;
}
