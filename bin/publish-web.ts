/**
 * `npm run publish:web -- ENVIRONMENT`: builds the app and puts it into the bucket of the environment's web stack, the page
 * last, so that it never names a file that is not there yet. Files of the last version stay for whoever still has its
 * page open.
 */
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { settingsOf } from '../lib/environments.ts';
import { bucketName } from '../lib/names.ts';
import { ensureWeb } from '../lib/web-bundle.ts';
import { cacheControlOf, contentTypeOf } from '../lib/web-headers.ts';
import { createAwsCall } from './aws/call.ts';
import { viewAccount } from './preflight/account.ts';

const helpText = `Builds the app and puts it into the bucket of an environment's web stack.

  npm run publish:web -- ENVIRONMENT

ENVIRONMENT is a name of lib/environments.ts that has a domain. Credentials are found as by every AWS tool.
Exit codes: 0 published, 1 something broke, 2 wrong usage.
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { help: { type: 'boolean', short: 'h' } },
});
const [name, ...others] = positionals;
if (values.help === true || name === undefined || others.length > 0) {
  process.stdout.write(helpText);
  process.exit(values.help === true ? 0 : 2);
}

const { environment, region, domain } = settingsOf(name);
if (domain === undefined) {
  process.stderr.write(`"${name}" has no domain in its settings, so no app is deployed there.\n`);
  process.exit(2);
}
const accountId = await viewAccount(createAwsCall(region, process.env)).accountId();
const { dir } = await ensureWeb();
const entries = await readdir(dir, { recursive: true, withFileTypes: true });
const files = entries
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name))
  .toSorted((a, b) => rank(a) - rank(b));
const client = new S3Client({ region });
for (const file of files) {
  const path = `/${relative(dir, file)}`;
  await client.send(
    new PutObjectCommand({
      Bucket: bucketName(environment, 'web', accountId, region),
      Key: path.slice(1),
      Body: await readFile(file),
      ContentType: contentTypeOf(extname(path)),
      CacheControl: cacheControlOf(path),
    }),
  );
  console.log(path);
}
console.log(`Published: https://${domain.name}`);

/** Files first, then the page and the worker that name them. */
function rank(file: string): number {
  return /(?:index\.html|service-worker\.js)$/.test(file) ? 1 : 0;
}
