/**
 * Nothing that functions print holds anything of a person (ONE-6): canaries are planted wherever a person's data
 * enters, then every path is taken that prints, thrown errors and their stacks included.
 */
import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshId, sha256 } from '../contract/given.ts';
import { leaksIn, type Canary } from './leaks.ts';
import { claimOf, photo, startWorld, type Person, type World } from './world.ts';

const email = 'canary.person@masked-mail.example';
const exifText = 'CANARY-EXIF: Ward 7, bed 12, Jane Doe';
const gpsText = '409173/10000';
const scanName = 'Canary’s left knee, 3rd of May';
const fileName = 'IMG_canary_passport_0042.jpg';
const objectKey = `jane.doe/canary-knee ${fileName}`;
const broken = { status: 500, code: 'InternalError' };
const throughout = 500;

let world: World;
let bytes: Uint8Array;
/** What was made or planted so far; grows with every request. */
const canaries: Canary[] = [
  { what: 'an e-mail address that was sent', value: email },
  { what: 'EXIF text', value: exifText },
  { what: 'a GPS position', value: gpsText },
  { what: 'a scan’s name', value: scanName },
  { what: 'a file name', value: fileName },
  { what: 'an object key', value: objectKey },
];

function planted(what: string, value: string): string {
  canaries.push({ what, value });
  return value;
}

beforeAll(async () => {
  world = await startWorld();
  bytes = await sharp(await photo('skin-clear'))
    .withExif({
      IFD0: { ImageDescription: exifText, Artist: email },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: `51/1 28/1 ${gpsText}` },
    })
    .jpeg()
    .toBuffer();
});
afterAll(() => world.cloud.close());

/** Bytes of a photo, and what is made of them. */
function plantPhoto(photoBytes: Uint8Array): void {
  const buffer = Buffer.from(photoBytes);
  planted('a digest', sha256(photoBytes));
  planted('a digest', createHash('sha256').update(buffer).digest('hex'));
  planted('an ETag', createHash('md5').update(buffer).digest('hex'));
  planted(
    'an image’s bytes',
    buffer.subarray(buffer.length >> 1, (buffer.length >> 1) + 48).toString('base64'),
  );
}

async function givenPerson(): Promise<Person> {
  const person = await world.person();
  planted('an account id', person.accountId);
  return person;
}

/** A request with canaries in every place that a client fills. */
async function ask(person: Person, method: string, path: string, body?: unknown): Promise<Response> {
  const token = planted('a token', await world.cloud.issuer.issueToken(person.accountId));
  for (const part of token.split('.')) planted('part of a token', part);
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  if (text !== undefined) planted('a request body', text);
  return fetch(`${world.cloud.apiUrl}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'idempotency-key': planted('an idempotency key', `canary-key-${freshId()}`),
      'content-disposition': `attachment; filename="${fileName}"`,
      from: email,
      'x-forwarded-for': '203.0.113.77',
      'user-agent': `canary-agent/${email}`,
      cookie: `session=${email}`,
    },
    ...(text === undefined ? {} : { body: text }),
  });
}

async function scan(person: Person, photoBytes: Uint8Array, contentType = 'image/jpeg'): Promise<string> {
  plantPhoto(photoBytes);
  const claim = { ...claimOf(photoBytes, contentType), name: scanName };
  const response = await ask(person, 'POST', '/v1/scans', claim);
  const { scan: issued, upload } = await ticketOf(response);
  planted('a scan id', issued.id);
  planted('an upload address', upload.url);
  const { status } = await fetch(upload.url, {
    method: 'PUT',
    headers: { ...upload.headers, 'user-agent': email },
    body: Uint8Array.from(photoBytes),
  });
  expect(status).toBe(200);
  await world.idle();
  return issued.id;
}

interface Issued {
  readonly scan: { readonly id: string };
  readonly upload: { readonly url: string; readonly headers: Record<string, string> };
}

async function ticketOf(response: Response): Promise<Issued> {
  expect(response.status).toBe(201);
  return (await response.json()) as Issued; // oxlint-disable-line typescript/no-unsafe-type-assertion -- the contract of 201
}

/** What was printed while `run` ran, without a leak: by its events, so that silence is not mistaken for it. */
async function printedBy(run: () => Promise<unknown>): Promise<readonly string[]> {
  const from = world.printed.length;
  await run();
  await world.idle();
  const lines = world.printed.slice(from);
  expect(leaksIn(lines, canaries)).toEqual([]);
  return lines.flatMap((line) => /"event":"([\w-]+)"|\t(Invoke Error)\t/.exec(line)?.slice(1) ?? []);
}

describe('nothing that functions print holds anything of a person', () => {
  it('when a scan goes well, is named, read, listed and deleted', async () => {
    const person = await givenPerson();
    const events = await printedBy(async () => {
      const id = await scan(person, bytes);
      await ask(person, 'PATCH', `/v1/scans/${id}`, { name: `${scanName}, ${email}` });
      await ask(person, 'GET', `/v1/scans/${id}?wait=1`);
      await ask(person, 'GET', '/v1/scans?limit=1');
      await ask(person, 'DELETE', `/v1/scans/${id}`);
    });
    expect(events).toEqual(
      expect.arrayContaining(['ticket-issued', 'claim-taken', 'image-deleted', 'scan-settled']),
    );
  });

  it.each(['png-corrupt', 'png-animated', 'text', 'tiny'] as const)(
    'when a photo like %s is rejected',
    async (name) => {
      const person = await givenPerson();
      const events = await printedBy(async () => scan(person, await unusable(name)));
      expect(events).toContain('scan-settled');
    },
  );

  it('when requests are refused', async () => {
    const person = await givenPerson();
    const events = await printedBy(async () => {
      await ask(person, 'POST', '/v1/scans', { ...claimOf(bytes), email, fileName });
      await ask(person, 'POST', '/v1/scans', { ...claimOf(bytes), contentType: email });
      await ask(person, 'POST', '/v1/scans', `{"contentType": "${email}", ${fileName}`);
      await ask(person, 'POST', '/v1/scans', `"${email.repeat(1000)}"`);
      await ask(person, 'GET', `/v1/scans/${encodeURIComponent(email)}`);
      await ask(person, 'GET', `/v1/${fileName}?email=${encodeURIComponent(email)}`);
      await ask(person, 'GET', `/v1/scans?after=${Buffer.from(email).toString('base64url')}`);
      await ask({ ...person, accountId: planted('an account id', freshId()) }, 'GET', '/v1/scans');
      await fetch(`${world.cloud.apiUrl}/v1/scans`, { headers: { authorization: `Bearer ${email}` } });
    });
    expect(events.filter((event) => event === 'request-refused').length).toBeGreaterThanOrEqual(9);
  });

  it('when objects come under keys that no ticket named', async () => {
    const events = await printedBy(async () => {
      await world.plant(objectKey, bytes);
      await world.plant(`${email}/${exifText}`, bytes);
    });
    expect(events).toContain('claim-refused');
  });

  it.each([
    ['GetItem', 'internal-error'],
    ['TransactWriteItems', 'throttle'],
    ['TransactWriteItems', 'transaction-conflict'],
    ['TransactWriteItems', 'reset'],
    ['Query', 'internal-error'],
  ] as const)('when the API fails because %s meets %s', async (operation, effect) => {
    const person = await givenPerson();
    const { faults } = world.cloud.database;
    const events = await printedBy(async () => {
      faults.next({ operation, effect, times: throughout });
      const path = operation === 'Query' ? '/v1/scans' : undefined;
      const response =
        path === undefined
          ? await ask(person, 'POST', '/v1/scans', { ...claimOf(bytes), name: scanName })
          : await ask(person, 'GET', path);
      expect(response.status).toBeGreaterThanOrEqual(500);
      faults.clear();
    });
    const busy = effect === 'transaction-conflict' || effect === 'throttle';
    expect(events).toContain(busy ? 'request-refused' : 'request-failed');
  });

  it.each(['DeleteObject', 'HeadObject', 'GetObject'] as const)(
    'when the analysis throws because storage fails at %s',
    async (operation) => {
      const person = await givenPerson();
      const { faults } = world.cloud.storage;
      const events = await printedBy(async () => {
        faults.next({ operation, times: throughout, answer: broken });
        await scan(person, bytes);
        faults.clear();
        await world.pass(250_000);
      });
      // A photo that could not be read is an outcome; one that could not be deleted is thrown as well.
      expect(events).toContain(operation === 'GetObject' ? 'image-read' : 'Invoke Error');
    },
  );

  it.each([
    ['UpdateItem', 'internal-error'],
    ['UpdateItem', 'reset'],
    ['TransactWriteItems', 'throttle'],
  ] as const)('when the analysis throws because %s meets %s', async (operation, effect) => {
    const person = await givenPerson();
    const { faults } = world.cloud.database;
    const events = await printedBy(async () => {
      // The ticket's own transaction names no lease; the claim and the settlement do.
      const where = (body: object) => JSON.stringify(body).includes('lease');
      faults.next({ operation, effect, where, times: throughout });
      await scan(person, bytes);
      faults.clear();
      await world.pass(250_000);
    });
    expect(events).toContain('Invoke Error');
  });

  it('when the sweep deletes, settles and fails', async () => {
    const person = await givenPerson();
    const { runner, storage, database } = world.cloud;
    const events = await printedBy(async () => {
      runner.planDeliveries('analyze', 'lost', 'lost');
      await scan(person, bytes);
      await world.plant(objectKey, bytes);
      storage.faults.next({ operation: 'DeleteObjects', key: objectKey, answer: broken });
      database.faults.next({ operation: 'Query', times: 8, effect: 'internal-error' });
      await world.pass(130_000);
      storage.faults.next({ operation: 'ListObjectsV2', times: throughout, answer: broken });
      await world.pass(60_000);
      storage.faults.clear();
      await world.pass(120_000);
    });
    expect(events).toEqual(
      expect.arrayContaining(['sweep-deleted-objects', 'sweep-incomplete', 'sweep-finished']),
    );
    expect(storage.objects()).toEqual([]);
  });

  it('when functions are sent events that are none', async () => {
    const events = await printedBy(async () => {
      const record = { eventTime: email, requestParameters: { sourceIPAddress: '203.0.113.77' } };
      await world.cloud.runner.invoke('analyze', {
        Records: [record, { s3: { object: { key: objectKey } } }],
      });
      await world.cloud.runner.invoke('analyze', { Records: objectKey });
      await world.cloud.runner.invoke('api', { rawPath: `/${fileName}`, headers: { from: email } });
    });
    expect(events).toContain('event-invalid');
  });
});

/** Bytes that are no photo to look at, with canaries in them where that is possible. */
async function unusable(name: 'png-corrupt' | 'png-animated' | 'text' | 'tiny'): Promise<Uint8Array> {
  if (name === 'text') return Buffer.from(`${exifText} ${email} `.repeat(20));
  if (name === 'tiny') {
    const tiny = sharp({ create: { width: 8, height: 8, channels: 3, background: '#a87' } });
    return tiny
      .withExif({ IFD0: { ImageDescription: exifText } })
      .jpeg()
      .toBuffer();
  }
  return photo(name);
}

describe('the search for leaks', () => {
  const known = [
    { what: 'text', value: scanName },
    { what: 'key', value: 'b6ZlkpMqQZ2nY0v1xT9r_w' },
    { what: 'bytes', value: sha256(Uint8Array.of(1, 2, 3)) },
  ];

  it.each(known)('finds a $what as it is, escaped, encoded, and in part', ({ what, value }) => {
    const lines = [
      `{"event":"x","key":"${value}"}`,
      JSON.stringify({ message: JSON.stringify({ value }) }),
      `GET /v1/scans/${encodeURIComponent(value)}`,
      Buffer.from(value).toString('hex').toUpperCase(),
      Buffer.from(value).toString('base64'),
      Buffer.from(value).toString('base64url'),
      `cut off: ${value.slice(0, 17)}`,
    ];
    for (const line of lines) {
      expect(leaksIn(['{"event":"harmless"}', line], known), line).toContainEqual({ what, line });
    }
  });

  it.each([
    ['an IPv4 address', 'connect ECONNREFUSED 203.0.113.77:443'],
    ['an IPv6 address', 'connect ECONNREFUSED ::1:443'],
    ['an e-mail address', 'no such user: somebody@mail.example'],
    ['a JSON web token', 'Bearer eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJh'],
    ['a signed address', 'PUT /uploads/x?X-Amz-Signature=ab'],
  ])('finds %s that nobody planted', (what, line) => {
    expect(leaksIn([line], [])).toEqual([{ what, line }]);
  });

  it('finds what a careless function would print of a real event', async () => {
    const person = await givenPerson();
    const id = await scan(person, bytes);
    const careless = [
      `Invoke Error NoSuchKey: the key ${id} does not exist`,
      `settled scan of ${person.accountId}`,
    ];
    expect(leaksIn(careless, canaries).map(({ what }) => what)).toEqual(
      expect.arrayContaining(['a scan id', 'an account id']),
    );
  });

  it('finds nothing in lines like those that functions print', () => {
    const line =
      '{"level":"INFO","function":"api","event":"request-finished","status":201,"ms":12,"model":"1.2.3"}';
    expect(leaksIn([line], canaries)).toEqual([]);
  });
});
