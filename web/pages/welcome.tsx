/** The first page: what happens to a photo, in three pictures, before anything is asked for. */
import { usePolicy } from '../app.ts';
import { Note } from '../parts/parts.tsx';
import { LanguageChoice, type LanguageProps } from '../parts/language.tsx';
import { Page } from '../parts/layout.tsx';
import { priceOf } from '../parts/money-words.ts';
import { GonePicture, LookPicture, ShrinkPicture, StoryPicture } from '../pictures/steps.tsx';
import { Link, navigate } from '../router.tsx';
import { useWords } from '../words/words.ts';

const pictures = [ShrinkPicture, LookPicture, GonePicture];

export function Welcome(choice: LanguageProps) {
  const { welcome, language } = useWords();
  const policy = usePolicy();
  const plan = policy?.plans[0];
  return (
    <Page title={welcome.title} class="welcome" above={<StoryPicture />}>
      <p class="lead">{welcome.lead}</p>
      <div class="buttons">
        <button type="button" class="button big" onClick={() => navigate('/sign-in')}>
          {welcome.begin}
        </button>
        {policy === undefined ? null : <span class="small">{welcome.adults(policy.adultAge)}</span>}
      </div>
      {plan === undefined ? null : (
        <p class="small">{welcome.price(priceOf(plan.price, language.code), plan.scans)}</p>
      )}
      <section aria-labelledby="what">
        <h2 id="what">{welcome.what}</h2>
        <ol class="steps">
          {welcome.steps.map(({ title, text }, at) => {
            const Picture = pictures[at] ?? GonePicture;
            return (
              <li key={title}>
                <Picture />
                <h3>{title}</h3>
                <p>{text}</p>
              </li>
            );
          })}
        </ol>
      </section>
      <Note icon="noFace" tone="warm">
        <p>{welcome.identity}</p>
      </Note>
      <p class="small">{welcome.honest}</p>
      <p>
        <Link to="/privacy" class="text-link">
          {welcome.more}
        </Link>
      </p>
      <LanguageChoice {...choice} />
    </Page>
  );
}
