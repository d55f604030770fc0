/** Finds what must not be printed (ONE-6): values that a test planted, and forms that nothing printed may have. */

/** One thing that was planted or made in a run: what it is called in a report, and its value. */
export interface Canary {
  readonly what: string;
  readonly value: string;
}

export interface Leak {
  readonly what: string;
  readonly line: string;
}

/** Part of a long value is as bad as all of it. */
const pieceLength = 16;

/** Addresses of a network, whosever they are; a version has three numbers. */
const forms: readonly { readonly what: string; readonly pattern: RegExp }[] = [
  { what: 'an IPv4 address', pattern: /(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])/ },
  { what: 'an IPv6 address', pattern: /::1\b|::ffff:/i },
  { what: 'an e-mail address', pattern: /[\w.+-]+@[\w-]+\.[a-z]{2,}/i },
  { what: 'a JSON web token', pattern: /eyJ[\w-]{10,}\.eyJ/ },
  { what: 'a signed address', pattern: /X-Amz-(?:Signature|Credential)/i },
];

/** Every leak in these lines, raw or in an encoding that a log could hold it in. */
export function leaksIn(lines: readonly string[], canaries: readonly Canary[]): readonly Leak[] {
  const needles = canaries.flatMap(({ what, value }) =>
    formsOf(value).map((needle) => ({ what, needle: needle.toLowerCase() })),
  );
  return lines.flatMap((line) => {
    const lower = line.toLowerCase();
    const planted = needles.filter(({ needle }) => lower.includes(needle)).map(({ what }) => what);
    const shaped = forms.filter(({ pattern }) => pattern.test(line)).map(({ what }) => what);
    return [...new Set([...planted, ...shaped])].map((what) => ({ what, line }));
  });
}

/** A value and its pieces, each as it is and as logs escape or encode it. */
function formsOf(value: string): readonly string[] {
  if (value.length < 6) throw new RangeError(`"${value}" is too short to be told from anything else`);
  const bytes = Buffer.from(value);
  const whole = [
    value,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
    bytes.toString('hex'),
    // The end of base64 depends on what follows the value.
    bytes.subarray(0, bytes.length - (bytes.length % 3)).toString('base64'),
    bytes.subarray(0, bytes.length - (bytes.length % 3)).toString('base64url'),
  ];
  return [...whole, ...whole.slice(0, 1).flatMap(piecesOf)];
}

function piecesOf(value: string): readonly string[] {
  if (value.length <= pieceLength) return [];
  const pieces: string[] = [];
  for (let at = 0; at + pieceLength <= value.length; at += pieceLength / 2) {
    pieces.push(value.slice(at, at + pieceLength));
  }
  return pieces;
}
