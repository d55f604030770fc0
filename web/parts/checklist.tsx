/** The checklist of a photo: what the device judged, and the one thing that only the person can. */
import { Icon } from '../pictures/icons.tsx';
import type { Check } from '../photo/checks.ts';
import { useWords } from '../words/words.ts';

export function Checklist({ checks }: { readonly checks: readonly Check[] }) {
  const { ready } = useWords();
  return (
    <ul class="checklist" aria-label={ready.checklist}>
      {checks.map(({ name, problem }) => (
        <li key={name} class={problem === undefined ? 'good' : 'bad'} data-check={name}>
          <Icon name={problem === undefined ? 'check' : 'cross'} />
          <span>
            {problem === undefined ? ready.checks[name].good : ready.problems[problem]}
            <span class="visually-hidden">: {problem === undefined ? ready.passes : ready.fails}</span>
          </span>
        </li>
      ))}
      <li class="yours" data-check="centred">
        <Icon name="question" />
        <span>
          {ready.checks.centred.good}
          <span class="visually-hidden">: {ready.yours}</span>
        </span>
      </li>
    </ul>
  );
}
