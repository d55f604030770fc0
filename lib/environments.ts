/** The environments that can be deployed, by name: `npx cdk synth -c environment=NAME`. */
import { development } from './environments/development.ts';
import { emulator } from './environments/emulator.ts';
import { production } from './environments/production.ts';
import { parseSettings, type Settings, type SettingsInput } from './settings.ts';

const environments: Readonly<Record<string, SettingsInput>> = { dev: development, production, emulator };

/** The one deployed when none is named. */
export const defaultEnvironment = 'dev';

/** What is only known when a deployment starts. */
export interface Override {
  /** Where the issuer on this machine publishes its keys: `-c localKeys=URL`, for environments that have one. */
  readonly localKeys?: string;
  /** The key it signs with, so that sessions of the deployment are its own: `-c localSigningKey=JWK`. */
  readonly localSigningKey?: string;
}

/** The checked settings of an environment; throws a RangeError naming those there are. */
export function settingsOf(name: string, { localKeys, localSigningKey }: Override = {}): Settings {
  const found = Object.hasOwn(environments, name) ? environments[name] : undefined;
  if (found === undefined) {
    const known = Object.keys(environments).join(', ');
    throw new RangeError(`environment is "${name}", and there are: ${known}. Use -c environment=NAME.`);
  }
  if (localKeys === undefined) return parseSettings(found);
  if (found.issuer.kind !== 'local') {
    throw new RangeError(
      `localKeys is given, and the issuer of "${name}" is not on this machine. Leave it out.`,
    );
  }
  const signing = localSigningKey === undefined ? {} : { signingKey: localSigningKey };
  return parseSettings({ ...found, issuer: { ...found.issuer, jwksUrl: localKeys, ...signing } });
}
