/** Which page is shown: the address bar's path, and links that change it without loading anything. */
import type { ComponentChildren } from 'preact';
import { createStore, useStore } from './store.ts';

const path = createStore(location.pathname);

globalThis.addEventListener('popstate', () => path.set(location.pathname));

/** The present path. */
export function usePath(): string {
  return useStore(path);
}

/** Shows another page; `replace` leaves no step back to this one. */
export function navigate(to: string, { replace = false }: { readonly replace?: boolean } = {}): void {
  if (to === location.pathname) return;
  if (replace) history.replaceState(null, '', to);
  else history.pushState(null, '', to);
  path.set(location.pathname);
}

export interface LinkProps {
  readonly to: string;
  readonly class?: string;
  readonly 'aria-current'?: 'page';
  readonly children: ComponentChildren;
}

/** A link within the app. A modified click opens a tab, as with any link. */
export function Link({ to, children, ...rest }: LinkProps) {
  return (
    <a
      {...rest}
      href={to}
      onClick={(event: MouseEvent) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0) return;
        event.preventDefault();
        navigate(to);
      }}
    >
      {children}
    </a>
  );
}
