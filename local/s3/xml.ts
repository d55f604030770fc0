/**
 * XML as S3 speaks it: writes answers, reads the two request bodies that are XML. A body is unknown until its
 * schema has passed; a document type (entities, expansion) is refused before the parser sees it.
 */
import { XMLParser } from 'fast-xml-parser';
import { z } from 'zod';
import { S3Error } from './errors.ts';

/** An element: its name and its text or its children. */
export type XmlElement = readonly [name: string, content: string | number | boolean | readonly XmlElement[]];

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
const namespace = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** An answer's document in the S3 namespace. */
export function writeXml(root: string, children: readonly XmlElement[]): string {
  return `${declaration}<${root} xmlns="${namespace}">${children.map(write).join('')}</${root}>`;
}

/** An error's document; it has no namespace. */
export function writeErrorXml(code: string, message: string, requestId: string): string {
  const error: XmlElement = [
    'Error',
    [
      ['Code', code],
      ['Message', message],
      ['RequestId', requestId],
    ],
  ];
  return declaration + write(error);
}

function write([name, content]: XmlElement): string {
  const inner = typeof content === 'object' ? content.map(write).join('') : escape(String(content));
  return `<${name}>${inner}</${name}>`;
}

// A parser would fold bare line ends to one newline, and a key is more than its text: references survive.
const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

function escape(text: string): string {
  return text.replaceAll(/[&<>"\t\n\r]/g, (character) => references[character] ?? character);
}

const parser = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  parseTagValue: false,
  trimValues: false,
  htmlEntities: true,
  isArray: (name) => name === 'Object' || name === 'Part',
});

const deleteSchema = z.strictObject({
  Delete: z.strictObject({
    Object: z
      .array(z.strictObject({ Key: z.string().min(1) }))
      .min(1)
      .max(1000),
    Quiet: z.enum(['true', 'false']).optional(),
  }),
});

const completeSchema = z.strictObject({
  CompleteMultipartUpload: z.strictObject({
    Part: z
      .array(
        z.strictObject({
          PartNumber: z.string().regex(/^\d{1,5}$/),
          ETag: z.string(),
          ChecksumCRC32: z.string().optional(),
          ChecksumSHA1: z.string().optional(),
          ChecksumSHA256: z.string().optional(),
        }),
      )
      .min(1)
      .max(10_000),
  }),
});

/** The keys of a DeleteObjects body and whether it wants errors only; throws MalformedXML. */
export function parseDelete(body: Buffer): { readonly keys: readonly string[]; readonly quiet: boolean } {
  const { Delete: batch } = parse(body, deleteSchema);
  return { keys: batch.Object.map((object) => object.Key), quiet: batch.Quiet === 'true' };
}

/** One part as a CompleteMultipartUpload names it; the ETag without quotes. */
export interface NamedPart {
  readonly number: number;
  readonly etag: string;
  /** By header name, as the part was uploaded. */
  readonly checksums: ReadonlyMap<string, string>;
}

/** The parts of a CompleteMultipartUpload body; throws MalformedXML. */
export function parseComplete(body: Buffer): readonly NamedPart[] {
  const { CompleteMultipartUpload: complete } = parse(body, completeSchema);
  return complete.Part.map((part) => {
    const stated = [
      ['x-amz-checksum-crc32', part.ChecksumCRC32],
      ['x-amz-checksum-sha1', part.ChecksumSHA1],
      ['x-amz-checksum-sha256', part.ChecksumSHA256],
    ] as const;
    const checksums = new Map<string, string>();
    for (const [name, value] of stated) if (value !== undefined) checksums.set(name, value);
    return { number: Number(part.PartNumber), etag: part.ETag.replaceAll('"', ''), checksums };
  });
}

function parse<T>(body: Buffer, schema: z.ZodType<T>): T {
  const text = body.toString('utf8');
  if (text.includes('<!')) throw new S3Error('MalformedXML');
  let document: unknown;
  try {
    document = parser.parse(text, true);
  } catch {
    throw new S3Error('MalformedXML');
  }
  const result = schema.safeParse(document);
  if (!result.success) throw new S3Error('MalformedXML');
  return result.data;
}
