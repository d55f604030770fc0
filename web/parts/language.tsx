/** Choosing a language; one that nobody has read yet says so. */
import { Icon } from '../pictures/icons.tsx';
import { languages, useWords, type Language } from '../words/words.ts';

export interface LanguageProps {
  readonly language: Language;
  readonly onLanguage: (language: Language) => void;
}

export function LanguageChoice({ language, onLanguage }: LanguageProps) {
  const { account, unreviewed, language: shown } = useWords();
  return (
    <div>
      <div class="language">
        <Icon name="globe" />
        <label for="language">{account.language}</label>
        <select
          id="language"
          value={language}
          onChange={(event: { readonly currentTarget: HTMLSelectElement }) => {
            const chosen = languages.find(({ code }) => code === event.currentTarget.value);
            if (chosen !== undefined) onLanguage(chosen.code);
          }}
        >
          {languages.map(({ code, name }) => (
            <option key={code} value={code} lang={code}>
              {name}
            </option>
          ))}
        </select>
      </div>
      {shown.reviewed ? null : <p class="small unreviewed">{unreviewed}</p>}
    </div>
  );
}
