/** Messages, answers to surveys and reports as their stored items. */
import { z } from 'zod';
import { topics, type Feedback, type Message, type Report } from '../../../core/message.ts';
import { itemKey } from '../../../core/tables.ts';
import { stamped, upgraded } from './layout.ts';

/** The values of the sparse index's key: messages that nobody answered, reports that nobody decided about, answers to surveys. */
export const waiting = 'yes';
export const waitingMinor = 'minor';
export const waitingFeedback = 'feedback';

/** A report of a weakness belongs to no account that could end it. */
const securityReportsKeptMs = 365 * 24 * 60 * 60 * 1000;

/** Partition of the reports that belong to no account. */
export const reportsPartition = 'reports';

const messageItem = z.object({
  item: z.string(),
  topic: z.enum(topics),
  text: z.string(),
  at: z.int(),
  answer: z.string().optional(),
  answeredAt: z.int().optional(),
});

/** A message as the item that keeps it. */
export function itemOfMessage(
  accountId: string,
  { messageId, topic, text, at }: Message,
): Record<string, unknown> {
  return stamped({ accountId, item: itemKey.message(at, messageId), topic, text, at, waiting });
}

/** Reads a stored message. */
export function messageOfItem(raw: unknown): Message {
  const { item, answer, answeredAt, ...said } = messageItem.parse(upgraded(raw));
  const messageId = messageIdOf(item);
  return answer === undefined || answeredAt === undefined
    ? { messageId, ...said }
    : { messageId, ...said, answer: { text: answer, at: answeredAt } };
}

/** Answers to a survey as the item that keeps them. */
export function itemOfFeedback(
  accountId: string,
  { feedbackId, at, ...given }: Feedback,
): Record<string, unknown> {
  const item = itemKey.feedback(at, feedbackId);
  return stamped({ accountId, item, at, ...given, waiting: waitingFeedback });
}

const feedbackItem = z.object({
  item: z.string(),
  survey: z.string(),
  surveyVersion: z.int(),
  answers: z.record(z.string(), z.union([z.number(), z.string()])),
  at: z.int(),
});

/** Reads stored answers to a survey. */
export function feedbackOfItem(raw: unknown): Feedback {
  const { item, ...given } = feedbackItem.parse(upgraded(raw));
  return { feedbackId: messageIdOf(item), ...given };
}

/** A report as the item that keeps it: beside the account that it is about, or among those about none. */
export function itemOfReport(
  accountId: string,
  { reportId, kind, text, contact, at }: Report,
): Record<string, unknown> {
  const said = { accountId, text, at, ...(contact === undefined ? {} : { contact }) };
  if (kind === 'minor') return stamped({ ...said, item: itemKey.minor(at, reportId), waiting: waitingMinor });
  const removeAfter = Math.ceil((at + securityReportsKeptMs) / 1000);
  return stamped({ ...said, item: itemKey.security(at, reportId), removeAfter });
}

const reportItem = z.object({
  item: z.string(),
  text: z.string(),
  contact: z.string().exactOptional(),
  at: z.int(),
});

/** Reads a stored report. */
export function reportOfItem(raw: unknown): Report {
  const { item, ...said } = reportItem.parse(upgraded(raw));
  return { reportId: messageIdOf(item), kind: item.startsWith('minor#') ? 'minor' : 'security', ...said };
}

/** The id that ends a sort key. */
export function messageIdOf(item: string): string {
  return item.slice(item.lastIndexOf('#') + 1);
}
