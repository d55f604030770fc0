/**
 * `npm run build [-- ARCHITECTURE...]`: fetches what a target needs and this machine lacks, then packages every
 * function for it. The only step of a deployment that may use the network before AWS is asked for anything.
 */
import { parseArgs } from 'node:util';
import { functions } from './functions.ts';
import { fetchNativePackages } from './native-packages.ts';
import { packageFunctions } from './package.ts';
import { architectures, type Architecture } from './settings.ts';

const helpText = `Packages every function for a deployment.

  npm run build [-- ARCHITECTURE...]

ARCHITECTURE is ${architectures.join(' or ')}. Default: both. What this machine lacks of another architecture is
fetched from npm and compared with the lock file. Exit codes: 0 packaged, 1 something broke, 2 wrong usage.
`;

const wanted = parseCommand(process.argv.slice(2));

for (const architecture of wanted) {
  const names = functions.flatMap(({ nativePackages }) => nativePackages);
  const fetched = await fetchNativePackages(names, architecture);
  if (fetched.length > 0) console.log(`fetched ${fetched.join(', ')}`);
  for (const dir of Object.values(await packageFunctions(architecture))) console.log(dir);
}

function parseCommand(args: readonly string[]): readonly Architecture[] {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { help: { type: 'boolean', short: 'h' } },
    });
    if (values.help !== true) {
      return positionals.length === 0 ? architectures : positionals.map(parseArchitecture);
    }
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\nSee: npm run build -- --help`);
    process.exit(2);
  }
  process.stdout.write(helpText);
  process.exit(0);
}

function parseArchitecture(given: string): Architecture {
  const found = architectures.find((one) => one === given);
  if (found !== undefined) return found;
  console.error(`architecture is "${given}", and there are: ${architectures.join(', ')}`);
  process.exit(2);
}
