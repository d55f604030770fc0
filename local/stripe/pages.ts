/**
 * The stand-in's pages: one where somebody pays as they would at Stripe, by choosing what their card does; the bank's
 * question; a receipt; and one where whoever runs the system refunds, disputes and sends events again. No script, no
 * picture, nothing from elsewhere; any size, light or dark, by keyboard alone.
 */
import { escapeHtml } from '../../core/html.ts';
import { createHash } from 'node:crypto';
import type { Books, Charge, Intent, PaymentWay, Session } from './books.ts';
import type { DeliveryMode } from './deliveries.ts';

const style = `
:root{color-scheme:light dark;--line:color-mix(in srgb,currentColor 22%,transparent);--soft:color-mix(in srgb,currentColor 7%,transparent)}
*{box-sizing:border-box}body{font:1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:2rem auto;padding:0 1rem}
main.wide{max-width:none}h1{font-size:1.4rem;margin:.25rem 0}.what{opacity:.8;margin:0}.price{font-size:2rem;font-weight:650;margin:.5rem 0 1.5rem}
fieldset{border:1px solid var(--line);border-radius:.75rem;padding:.5rem 1rem 1rem;margin:0 0 1rem}legend{padding:0 .4rem;font-weight:600}
label{display:flex;gap:.6rem;padding:.55rem .25rem;align-items:baseline;cursor:pointer}label small{display:block;opacity:.75}
button{font:inherit;font-weight:600;min-height:2.75rem;padding:.5rem 1.1rem;border-radius:.6rem;border:1px solid var(--line);background:var(--soft);color:inherit;cursor:pointer}
button.main{width:100%;background:CanvasText;color:Canvas;border-color:CanvasText}a{color:inherit}:focus-visible{outline:3px solid Highlight;outline-offset:2px}
.alert{border:2px solid;border-radius:.6rem;padding:.6rem .9rem;margin:0 0 1rem}.aside{opacity:.75;font-size:.9rem;margin-top:1.5rem}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.5rem;border-top:1px solid var(--line);vertical-align:top}
td form{display:flex;flex-wrap:wrap;gap:.4rem}td button{min-height:2.25rem;padding:.25rem .7rem;font-weight:500}code{font-size:.9em}`;
const styleHash = createHash('sha256').update(style).digest('base64');

/** Where a form may lead: a checkout ends at the app, which is another origin. */
function headersOf(formTargets: readonly string[] = []): Record<string, string> {
  return {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    // With none at all, a form of this page would name no origin, and be taken for another's.
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'content-security-policy': [
      "default-src 'none'",
      `style-src 'sha256-${styleHash}'`,
      `form-action ${["'self'", ...formTargets].join(' ')}`,
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
  };
}

interface PageOptions {
  readonly status?: number;
  readonly formTargets?: readonly string[];
  readonly wide?: boolean;
}

function page(
  title: string,
  content: string,
  { status = 200, formTargets, wide }: PageOptions = {},
): Response {
  const body = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title><style>${style}</style></head><body><main${wide === true ? ' class="wide"' : ''}>${content}</main></body></html>`;
  return new Response(body, { status, headers: headersOf(formTargets) });
}

/** What a person can choose, as test cards would do it. */
const ways: readonly (readonly [way: PaymentWay, label: string, hint: string])[] = [
  ['pays', 'A card that pays', 'The payment succeeds at once.'],
  ['is-declined', 'A card that is declined', 'Nothing is paid, and you may try again.'],
  ['asks-the-bank', 'A card whose bank asks', '3-D Secure: the bank’s page comes next.'],
  ['comes-later', 'A bank transfer', 'The money comes a minute after you left.'],
  ['never-comes', 'A bank transfer that fails', 'A minute later the bank says no.'],
];

export function checkoutPage(session: Session, said?: 'declined'): Response {
  const { title, amount_total: amount, currency, customer_email: email, cancel_url: cancelUrl } = session;
  const choices = ways
    .map(
      ([way, label, hint], at) =>
        `<label><input type="radio" name="way" value="${way}" required${at === 0 ? ' checked' : ''}><span>${label}<small>${hint}</small></span></label>`,
    )
    .join('');
  const back =
    cancelUrl === null
      ? ''
      : `<p><a href="${escapeHtml(cancelUrl)}" rel="noreferrer">Go back without paying</a></p>`;
  const alert =
    said === undefined
      ? ''
      : '<p class="alert" role="alert">The payment was declined. Nothing was paid; choose another way.</p>';
  return page(
    `Pay ${priceOf(amount, currency)}`,
    `<p class="what">${escapeHtml(title)}</p><h1>Payment</h1><p class="price">${priceOf(amount, currency)}</p>${alert}
<form method="post" action="/pay/${session.id}"><fieldset><legend>Pay with</legend>${choices}</fieldset>
<button class="main" type="submit">Pay ${priceOf(amount, currency)}</button></form>${back}
<p class="aside">This page stands in for Stripe on this machine. No money moves, and nothing is asked that could. ${email === null ? '' : `The receipt would go to ${escapeHtml(email)}.`}</p>`,
    { formTargets: targetsOf(session), status: said === undefined ? 200 : 402 },
  );
}

export function bankPage(session: Session): Response {
  return page(
    'Your bank asks',
    `<h1>Your bank asks</h1><p>Is it you who pays <strong>${priceOf(session.amount_total, session.currency)}</strong>?</p>
<form method="post" action="/pay/${session.id}/bank"><p><button class="main" type="submit" name="answer" value="yes">Yes, pay</button></p><p><button type="submit" name="answer" value="no">No, it is not me</button></p></form>
<p class="aside">This page stands in for a bank’s 3-D Secure.</p>`,
    { formTargets: targetsOf(session) },
  );
}

function targetsOf({ success_url: success, cancel_url: cancel }: Session): readonly string[] {
  return [...new Set([success, cancel].flatMap((url) => (url === null ? [] : [new URL(url).origin])))];
}

export function receiptPage(charge: Charge): Response {
  return page(
    'Receipt',
    `<h1>Receipt</h1><p class="price">${priceOf(charge.amount, charge.currency)}</p><p>Paid ${timeOf(charge.created)}${charge.amount_refunded > 0 ? `, of which ${priceOf(charge.amount_refunded, charge.currency)} went back` : ''}.</p>`,
  );
}

/** Every payment, and what can be done to it. */
export function dashboardPage(books: Books, mode: DeliveryMode): Response {
  const rows = books
    .all('payment_intent')
    .toReversed()
    .map((intent) => rowOf(books, intent))
    .join('');
  const table =
    rows === ''
      ? '<p>No payments yet. <code>POST /v1/checkout</code> opens the first.</p>'
      : `<div class="scroll"><table><thead><tr><th scope="col">Payment</th><th scope="col">State</th><th scope="col">What happens</th></tr></thead><tbody>${rows}</tbody></table></div>`;
  const checked = (on: boolean): string => (on ? ' checked' : '');
  return page(
    'Payments',
    `<h1>Payments</h1><p>What Stripe’s own pages would do, for this machine. Each change sends its events.</p>${table}
<form method="post" action="/deliveries"><fieldset><legend>How events travel</legend>
<label><input type="checkbox" name="duplicates" value="yes"${checked(mode.duplicates > 0)}><span>Each three times</span></label>
<label><input type="checkbox" name="disorder" value="yes"${checked(mode.disorderMs > 0)}><span>Out of order, within five seconds</span></label>
<button type="submit">Set</button></fieldset></form>`,
    { wide: true },
  );
}

function rowOf(books: Books, intent: Intent): string {
  const refunds = books.all('refund').filter((one) => one.payment_intent === intent.id);
  const disputes = books.all('dispute').filter((one) => one.payment_intent === intent.id);
  const state = [
    intent.status.replaceAll('_', ' '),
    ...refunds.map(({ amount, currency, status }) => `refund of ${priceOf(amount, currency)} ${status}`),
    ...disputes.map(({ status }) => `dispute ${status.replaceAll('_', ' ')}`),
  ];
  const acts =
    intent.status === 'succeeded'
      ? disputes.some(({ status }) => status === 'needs_response')
        ? ['win-dispute', 'lose-dispute', 'send-again']
        : ['refund', 'refund-half', 'dispute', 'send-again']
      : intent.status === 'processing'
        ? ['come', 'fail']
        : ['send-again'];
  const buttons = acts
    .map((act) => `<button type="submit" name="act" value="${act}">${act.replaceAll('-', ' ')}</button>`)
    .join('');
  return `<tr><td><code>${escapeHtml(intent.id)}</code><br>${priceOf(intent.amount, intent.currency)}<br>${timeOf(intent.created)}</td><td>${state.map((one) => escapeHtml(one)).join('<br>')}</td><td><form method="post" action="/payments/${escapeHtml(intent.id)}">${buttons}</form></td></tr>`;
}

export function sayPage(title: string, text: string, status: number): Response {
  return page(title, `<h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p>`, { status });
}

function priceOf(minorUnits: number, currency: string): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency: currency.toUpperCase() });
  return format.format(minorUnits / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

function timeOf(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
