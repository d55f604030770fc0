/**
 * What people write (CAL-10): messages to support, answers to surveys, reports. Everything is theirs: they see their
 * messages and answers and delete them, and nobody else is told of them but whoever answers.
 */
import type { z } from 'zod';
import type {
  feedbackSchema,
  FeedbackView,
  MessageView,
  minorReportSchema,
  newMessageSchema,
  Receipt,
  securityReportSchema,
} from '../../../core/contract.ts';
import { OnceoverError } from '../../../core/errors.ts';
import { suspensionMail } from '../../../core/mail.ts';
import {
  maxTextLength,
  parseAnswers,
  parseText,
  type Feedback,
  type Message,
  type Report,
} from '../../../core/message.ts';
import { limits } from '../../../core/session.ts';
import type { ApiPorts } from '../ports.ts';
import { violation } from '../problems.ts';
import { instant } from '../scan-view.ts';
import { addressOf, admitAttempt, languageOf } from './sign-in.ts';
import { stopWork } from './stop-work.ts';

type TalkPorts = Pick<ApiPorts, 'communications' | 'attempts' | 'keyedHash' | 'clock' | 'ids' | 'policy'>;

/** A text, or the violation that says what it must be. */
function textOf(field: string, raw: string, maxLength: number = maxTextLength): string {
  const text = parseText(raw, maxLength);
  if (text === undefined) {
    throw violation(field, `must have 1 to ${maxLength} characters that can be read`);
  }
  return text;
}

async function admitWriting(ports: TalkPorts, accountId: string): Promise<void> {
  await admitAttempt(ports, [
    { limits: limits.messagesOfAccount, hash: ports.keyedHash('account', accountId) },
  ]);
}

/** Keeps a message for support. */
export async function sendMessage(
  ports: TalkPorts,
  accountId: string,
  { topic, text: raw }: z.infer<typeof newMessageSchema>,
): Promise<MessageView> {
  const text = textOf('text', raw);
  await admitWriting(ports, accountId);
  const message: Message = { messageId: ports.ids.next(), topic, text, at: ports.clock.now() };
  if (!(await ports.communications.addMessage(accountId, message)))
    throw new OnceoverError('account-inactive');
  return viewMessage(message);
}

/** A message as its writer sees it. */
export function viewMessage({ messageId, topic, text, at, answer }: Message): MessageView {
  return {
    id: messageId,
    topic,
    text,
    at: instant(at),
    ...(answer === undefined ? {} : { answer: { text: answer.text, at: instant(answer.at) } }),
  };
}

/** @throws OnceoverError `message-not-found` */
export async function deleteMessage(ports: TalkPorts, accountId: string, messageId: string): Promise<void> {
  if (!(await ports.communications.removeMessage(accountId, messageId))) {
    throw new OnceoverError('message-not-found');
  }
}

/** Keeps the answers to one version of a survey. */
export async function sendFeedback(
  ports: TalkPorts,
  accountId: string,
  given: z.infer<typeof feedbackSchema>,
): Promise<Receipt> {
  const survey = ports.policy.surveys.find(
    ({ surveyId, version }) => surveyId === given.survey && version === given.version,
  );
  if (survey === undefined) throw new OnceoverError('survey-not-found');
  const answers = parseAnswers(survey.questions, given.answers);
  if (answers === undefined) {
    throw violation('answers', 'must answer the survey’s own questions: 1 to 5, or a text that can be read');
  }
  await admitWriting(ports, accountId);
  const isKept = await ports.communications.addFeedback(accountId, {
    feedbackId: ports.ids.next(),
    survey: survey.surveyId,
    surveyVersion: survey.version,
    answers,
    at: ports.clock.now(),
  });
  if (!isKept) throw new OnceoverError('account-inactive');
  return { message: 'Thank you. Your answers are kept as yours, and deleted with your account.' };
}

/** Answers to a survey as who gave them sees them. */
export function viewFeedback({ feedbackId, survey, surveyVersion, answers, at }: Feedback): FeedbackView {
  return { id: feedbackId, survey, version: surveyVersion, answers: { ...answers }, at: instant(at) };
}

/** @throws OnceoverError `feedback-not-found` */
export async function deleteFeedback(ports: TalkPorts, accountId: string, feedbackId: string): Promise<void> {
  if (!(await ports.communications.removeFeedback(accountId, feedbackId))) {
    throw new OnceoverError('feedback-not-found');
  }
}

type ReportPorts = TalkPorts &
  Pick<
    ApiPorts,
    'accounts' | 'identities' | 'joining' | 'scans' | 'images' | 'pacing' | 'mailer' | 'pause' | 'log'
  >;

/** An answer to a report is given this long after it came, whatever it led to, so that its time tells nothing. */
const reportAnsweredAfterMs = 1_500;

/**
 * Somebody says that an account is a minor's: it is suspended, and what it has under way ends, in one transaction;
 * its images are deleted (CAL-7). The answer says nothing about whether there is such an account.
 */
export async function reportMinor(
  ports: ReportPorts,
  source: string,
  { email, text: raw, contact: rawContact }: z.infer<typeof minorReportSchema>,
): Promise<Receipt> {
  const startedAt = ports.clock.now();
  const address = addressOf(email);
  const said = raw === undefined ? '' : textOf('text', raw);
  const contact = contactOf(rawContact);
  await admitAttempt(ports, [{ limits: limits.reportsOfSource, hash: source }]);
  const accountId = await ports.identities.findByAddress(ports.keyedHash('address', address));
  if (accountId !== undefined) {
    await suspend(ports, accountId, {
      reportId: ports.ids.next(),
      kind: 'minor',
      text: said,
      ...contact,
      at: ports.clock.now(),
    });
  }
  await ports.pause(Math.max(0, startedAt + reportAnsweredAfterMs - ports.clock.now()));
  return {
    message:
      'Thank you. If there is such an account, it is suspended and its photos are deleted; staff decide about the rest.',
  };
}

function contactOf(raw: string | undefined): { readonly contact?: string } {
  return raw === undefined ? {} : { contact: textOf('contact', raw, 320) };
}

async function suspend(ports: ReportPorts, accountId: string, report: Report): Promise<void> {
  const isActive = async () => (await ports.accounts.find(accountId))?.state === 'active';
  if (!(await isActive())) return;
  await stopWork(ports, accountId, { kind: 'suspension', report }, isActive);
  ports.log.warn('minor-reported');
  const account = await ports.accounts.find(accountId);
  if (account?.email === undefined) return;
  try {
    const language = languageOf(ports, account.language);
    await ports.mailer.send(account.email, suspensionMail(ports.policy.product.name, language));
  } catch (error) {
    // The account is suspended; that the mail could not be sent must not undo or repeat it.
    ports.log.error('mail-failed', error);
  }
}

/** Keeps a report of a weakness for whoever is on call. */
export async function reportSecurity(
  ports: TalkPorts,
  source: string,
  { text: raw, contact }: z.infer<typeof securityReportSchema>,
): Promise<Receipt> {
  const text = textOf('text', raw);
  const where = contactOf(contact);
  await admitAttempt(ports, [{ limits: limits.reportsOfSource, hash: source }]);
  await ports.communications.addReport({
    reportId: ports.ids.next(),
    kind: 'security',
    text,
    ...where,
    at: ports.clock.now(),
  });
  return { message: 'Thank you. Somebody reads it and answers where you said.' };
}

/** How long the file may be believed (RFC 9116 asks for less than a year). */
const securityTxtLivesMs = 90 * 24 * 60 * 60 * 1000;

/** `/.well-known/security.txt` (RFC 9116). The API's own origin may answer nobody but the app's. */
export function securityTxt(
  { appOrigin, ...ports }: Pick<ApiPorts, 'clock' | 'contacts' | 'policy' | 'appOrigin'>,
  apiOrigin: string,
): string {
  const set = ports.contacts.security;
  const origin = appOrigin ?? apiOrigin;
  return [
    ...(set === undefined ? [] : [`Contact: ${set}`]),
    // A page for people, where there is one; the other is for programs.
    ...(appOrigin === undefined ? [] : [`Contact: ${appOrigin}/report`]),
    `Contact: ${origin}/v1/reports/security`,
    `Expires: ${instant(ports.clock.now() + securityTxtLivesMs)}`,
    `Preferred-Languages: ${ports.policy.languages.join(', ')}`,
    `Canonical: ${origin}/.well-known/security.txt`,
    '',
  ].join('\n');
}
