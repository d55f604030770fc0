/** Says on every page that the policy changed since the person accepted it, until they have seen it. */
import { useApp } from '../app.ts';
import { Link, usePath } from '../router.tsx';
import { useStore } from '../store.ts';
import { useWords } from '../words/words.ts';

export function PolicyBanner() {
  const { policyChanged } = useWords();
  const me = useStore(useApp().me);
  const path = usePath();
  if (me === undefined || path === '/privacy') return null;
  const { acceptedVersion, currentVersion } = me.policy;
  if (acceptedVersion === undefined || acceptedVersion === currentVersion) return null;
  return (
    <p class="banner">
      {policyChanged.text(currentVersion)}{' '}
      <Link to="/privacy" class="banner-link">
        {policyChanged.show}
      </Link>
    </p>
  );
}
