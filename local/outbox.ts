/**
 * The mail outbox of the embedded cloud: takes what the functions send through the SES API (v2, SendEmail), and shows
 * it at a local address, to whoever sits at this machine. It delivers nothing. The last 500, in memory
 * unless they are kept.
 * Two addresses behave as SES's mailbox simulator has them: mail to them comes back.
 */
import { z } from 'zod';
import { escapeHtml } from '../core/html.ts';
import type { KeptMap } from './data/kept-map.ts';
import type { LocalRoute } from './gateway.ts';
import { isFromElsewhere } from './loopback.ts';

/** One mail as it was sent. */
export interface SentMail {
  /** From 1, in order. */
  readonly number: number;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Epoch ms. */
  readonly at: number;
}

/** Why mail came back, as SES names it. */
export type ReturnKind = 'Bounce' | 'Complaint';

export interface Outbox {
  /** Oldest first. */
  readonly mails: () => readonly SentMail[];
  /** The last mail to an address. */
  readonly lastTo: (address: string) => SentMail | undefined;
  /** Addresses that came back, as SES itself keeps them. */
  readonly suppressed: () => readonly string[];
  /** `POST` of the SES API below `sesPath`, `GET /local/mail` and `GET /local/mail.json`. */
  readonly routes: readonly LocalRoute[];
}

/** Path below the gateway that stands for the SES endpoint. */
export const sesPath = '/local/ses';

/** Of the list of addresses that came back. */
const suppressionPath = `${sesPath}/v2/email/suppression/addresses/`;

const mostKept = 500;

/** @see https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html, "mailbox simulator" */
const returning: Readonly<Record<string, ReturnKind>> = {
  'bounce@simulator.amazonses.com': 'Bounce',
  'complaint@simulator.amazonses.com': 'Complaint',
};

/** An empty outbox. `onReturn` is told of mail that comes back. */
export function createOutbox(options: {
  readonly now: () => number;
  readonly onReturn?: (address: string, kind: ReturnKind) => void;
  /** Told of each mail before its sender is. */
  readonly onMail?: (mail: SentMail) => void;
  /** Outlives the process. Default: memory */
  readonly kept?: KeptMap<SentMail>;
}): Outbox {
  const mails = (options.kept?.entries() ?? [])
    .map(([, mail]) => mail)
    .toSorted((one, other) => one.number - other.number);
  let number = mails.at(-1)?.number ?? 0;
  const suppressed = new Set<string>();
  const take = async (request: Request): Promise<Response> => {
    if (isFromElsewhere(request)) return refuse(403, 'mail is taken from this machine only');
    const sent = readSend(await request.json().catch(() => undefined));
    if (sent === undefined) return refuse(400, 'a simple message with text and HTML to one address');
    number += 1;
    const mail = { ...sent, number, at: options.now() };
    mails.push(mail);
    const forgotten = mails.length > mostKept ? mails.shift() : undefined;
    options.kept?.commit([
      [String(number), mail],
      ...(forgotten === undefined ? [] : ([[String(forgotten.number), null]] as const)),
    ]);
    options.onMail?.(mail);
    const kind = returning[sent.to.toLowerCase()];
    if (kind !== undefined) {
      suppressed.add(sent.to.toLowerCase());
      options.onReturn?.(sent.to, kind);
    }
    return Response.json({ MessageId: `local-${number}` });
  };
  const forget = (request: Request): Response => {
    if (isFromElsewhere(request)) return refuse(403, 'this is for this machine only');
    const address = decodeURIComponent(new URL(request.url).pathname.slice(suppressionPath.length));
    return suppressed.delete(address.toLowerCase())
      ? Response.json({})
      : refuse(404, 'not suppressed', 'NotFoundException');
  };
  return {
    suppressed: () => [...suppressed],
    mails: () => [...mails],
    lastTo: (address) => mails.findLast(({ to }) => to === address),
    routes: [
      { method: 'POST', path: `${sesPath}/v2/email/outbound-emails`, handle: take },
      { method: 'DELETE', path: suppressionPath, handle: forget },
      { method: 'GET', path: '/local/mail', handle: (request) => show(request, mails) },
      {
        method: 'GET',
        path: '/local/mail.json',
        handle: (request) =>
          isFromElsewhere(request)
            ? refuse(403, 'mail is for this machine only')
            : Response.json({ mails: mails.toReversed() }, { headers: { 'cache-control': 'no-store' } }),
      },
    ],
  };
}

/** What SES answers when it refuses. */
function refuse(status: number, message: string, type = 'BadRequestException'): Response {
  return Response.json({ message }, { status, headers: { 'x-amzn-errortype': type } });
}

const part = z.strictObject({ Data: z.string(), Charset: z.literal('UTF-8').optional() });
/** All that may be in a SendEmail request: one address, a subject, a text. No copy, no tag, nothing that counts. */
const sendSchema = z.strictObject({
  FromEmailAddress: z.string(),
  Destination: z.strictObject({ ToAddresses: z.tuple([z.string()]) }),
  Content: z.strictObject({
    Simple: z.strictObject({ Subject: part, Body: z.strictObject({ Text: part, Html: part }) }),
  }),
});

/** What was sent; undefined for anything else, so that nothing leaves that nobody knows of. */
function readSend(body: unknown): Omit<SentMail, 'number' | 'at'> | undefined {
  const { data } = sendSchema.safeParse(body);
  if (data === undefined) return undefined;
  const { FromEmailAddress: from, Destination, Content } = data;
  const { Subject, Body } = Content.Simple;
  return {
    from,
    to: Destination.ToAddresses[0],
    subject: Subject.Data,
    text: Body.Text.Data,
    html: Body.Html.Data,
  };
}

/** No script, no picture, nothing from anywhere: a mail is shown as a mail program that trusts nobody would. */
const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};
const csp = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'";

function show(request: Request, kept: readonly SentMail[]): Response {
  if (isFromElsewhere(request)) return refuse(403, 'mail is for this machine only');
  const query = new URL(request.url).searchParams;
  const asked = query.get('number');
  if (asked === null) {
    return page('Mail', `${csp}; frame-ancestors 'none'`, listOf(kept));
  }
  const mail = kept.find(({ number }) => String(number) === asked);
  if (mail === undefined) {
    return page(
      'No such mail',
      `${csp}; frame-ancestors 'none'`,
      '<p>No such mail. <a href="/local/mail">All mail</a></p>',
      404,
    );
  }
  if (query.get('part') === 'html') {
    // Framed by the page below, and by nothing else; sandboxed, as it may hold what a person wrote.
    const headers = { ...pageHeaders, 'content-security-policy': `${csp}; frame-ancestors 'self'; sandbox` };
    return new Response(mail.html, { headers });
  }
  return page(mail.subject, `${csp}; frame-src 'self'; frame-ancestors 'none'`, oneOf(mail));
}

const style = `
:root{color-scheme:light dark;--line:color-mix(in srgb,currentColor 18%,transparent)}
body{font:15px/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.25rem}table{border-collapse:collapse;width:100%}td{padding:.5rem;border-top:1px solid var(--line);vertical-align:top}
td:last-child{text-align:right;white-space:nowrap;opacity:.7}a{color:inherit}
pre{white-space:pre-wrap;padding:1rem;border:1px solid var(--line);border-radius:.5rem}
iframe{width:100%;height:22rem;border:1px solid var(--line);border-radius:.5rem}dt{opacity:.7}dd{margin:0 0 .5rem}`;

function page(title: string, policy: string, content: string, status = 200): Response {
  const body = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title><style>${style}</style></head><body>${content}</body></html>`;
  return new Response(body, { status, headers: { ...pageHeaders, 'content-security-policy': policy } });
}

function listOf(kept: readonly SentMail[]): string {
  if (kept.length === 0)
    return '<h1>Mail</h1><p>None yet. Ask for a code at <code>POST /v1/sessions</code>.</p>';
  const rows = kept
    .toReversed()
    .map(
      ({ number, to, subject, at: sentAt }) =>
        `<tr><td><a href="/local/mail?number=${number}">${escapeHtml(subject)}</a><br>${escapeHtml(to)}</td><td>${timeOf(sentAt)}</td></tr>`,
    );
  return `<h1>Mail</h1><p>Everything that this system sent, newest first. Nothing leaves this machine.</p><table>${rows.join('')}</table>`;
}

function oneOf({ number, from, to, subject, text, at: sentAt }: SentMail): string {
  return `<p><a href="/local/mail">All mail</a></p><h1>${escapeHtml(subject)}</h1>
<dl><dt>From</dt><dd>${escapeHtml(from)}</dd><dt>To</dt><dd>${escapeHtml(to)}</dd><dt>At</dt><dd>${timeOf(sentAt)}</dd></dl>
<h2>Text</h2><pre>${escapeHtml(text)}</pre>
<h2>HTML</h2><iframe sandbox title="The mail as HTML" src="/local/mail?number=${number}&amp;part=html"></iframe>`;
}

function timeOf(sentAt: number): string {
  return `${new Date(sentAt).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/**
 * What SES publishes of mail that came back, as SNS hands it to a function.
 * @see https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html
 */
export function returnEvent(address: string, kind: ReturnKind): object {
  const notification =
    kind === 'Bounce'
      ? {
          notificationType: kind,
          bounce: {
            bounceType: 'Permanent',
            bounceSubType: 'General',
            bouncedRecipients: [{ emailAddress: address, action: 'failed', status: '5.1.1' }],
          },
        }
      : { notificationType: kind, complaint: { complainedRecipients: [{ emailAddress: address }] } };
  return { Records: [{ EventSource: 'aws:sns', Sns: { Message: JSON.stringify(notification) } }] };
}
