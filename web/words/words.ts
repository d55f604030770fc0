/** The message catalogues: English is always here, others are fetched from the app's own files when chosen. */
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Words } from './catalogue.ts';
import { en } from './en.ts';

export const languages = [
  { code: 'en', name: 'English' },
  { code: 'de', name: 'Deutsch' },
] as const;
export type Language = (typeof languages)[number]['code'];

const others: Readonly<Record<Exclude<Language, 'en'>, () => Promise<Words>>> = {
  de: async () => (await import('./de.ts')).de,
};

/** The English catalogue, which needs no waiting. */
export const english: Words = en;

/** The catalogue of a language. */
export async function loadWords(language: Language): Promise<Words> {
  return language === 'en' ? english : others[language]();
}

/** The first of the reader's languages that there is. */
export function preferredLanguage(wanted: readonly string[]): Language {
  for (const one of wanted) {
    const found = languages.find(({ code }) => one.toLowerCase().split('-')[0] === code);
    if (found !== undefined) return found.code;
  }
  return 'en';
}

export const WordsContext = createContext<Words>(english);

/** The sentences of the language that the reader chose. */
export function useWords(): Words {
  return useContext(WordsContext);
}

/** A text of the policy in the reader's language, or in English. */
export function inLanguage(text: Readonly<Record<string, string>>, language: string): string {
  return text[language] ?? text['en'] ?? '';
}
