/** What people write to us, and how it must look: messages, answers to surveys, reports. Pure. */

/** What a message can be about. */
export const topics = ['question', 'problem', 'privacy', 'payment', 'other'] as const;
export type Topic = (typeof topics)[number];

/** Longest message or report, in Unicode code points. */
export const maxTextLength = 2000;

/** A person's message to support, and its answer. */
export interface Message {
  readonly messageId: string;
  readonly topic: Topic;
  readonly text: string;
  /** Epoch ms. */
  readonly at: number;
  readonly answer?: { readonly text: string; readonly at: number };
}

/** Answers to one version of a survey. */
export interface Feedback {
  readonly feedbackId: string;
  readonly survey: string;
  readonly surveyVersion: number;
  readonly answers: Readonly<Record<string, number | string>>;
  /** Epoch ms. */
  readonly at: number;
}

/** Somebody says that an account is a minor's, or that the system has a weakness. */
export interface Report {
  readonly reportId: string;
  readonly kind: 'minor' | 'security';
  readonly text: string;
  /** Where the reporter wants to be answered. */
  readonly contact?: string;
  /** Epoch ms. */
  readonly at: number;
}

/** Anything that is no text: controls but for line breaks, lone surrogates, bidirectional overrides, tags. */
const unreadable = /[[\p{Cc}--\n]\p{Cs}\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/v;

/** A text as a person wrote it: trimmed, any script, lines; undefined when it is empty, too long or unreadable. */
export function parseText(raw: string, maxLength: number = maxTextLength): string | undefined {
  const text = raw.normalize('NFC').replaceAll('\r\n', '\n').trim();
  if (!/[\p{L}\p{N}\p{P}\p{S}]/u.test(text) || unreadable.test(text)) return undefined;
  return Array.from(text).length <= maxLength ? text : undefined;
}

/** One question of a survey, as far as its answer is concerned. */
interface Question {
  readonly questionId: string;
  readonly kind: 'rating' | 'text';
}

/**
 * The answers to a survey's questions; undefined when one is to no question of it, or has not the form: a whole
 * number from 1 to 5, or a text.
 */
export function parseAnswers(
  questions: readonly Question[],
  raw: Readonly<Record<string, number | string>>,
): Readonly<Record<string, number | string>> | undefined {
  const answers: Record<string, number | string> = {};
  for (const [questionId, value] of Object.entries(raw)) {
    const question = questions.find((one) => one.questionId === questionId);
    const answer = question === undefined ? undefined : parseAnswer(question.kind, value);
    if (answer === undefined) return undefined;
    answers[questionId] = answer;
  }
  return Object.keys(answers).length === 0 ? undefined : answers;
}

function parseAnswer(kind: Question['kind'], value: number | string): number | string | undefined {
  if (kind === 'text') return typeof value === 'string' ? parseText(value) : undefined;
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 5 ? value : undefined;
}
