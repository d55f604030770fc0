/** What every message catalogue says. Types alone, so that a test of another language needs nothing of a page. */
import type { ClientErrorCode } from '../../client/error.ts';
import type { ScanView } from '../../core/contract.ts';
import type { en } from './en.ts';

/** Why a scan can end without a result. */
export type Reason = NonNullable<ScanView['reason']>;

interface Trouble {
  title: string;
  text: string;
}
interface NoResult extends Trouble {
  next: string;
}

/** Everything that the app says, in one language. A reason or code of the API without a sentence does not compile. */
export type Words = typeof en & {
  readonly reasons: Readonly<Record<Reason, NoResult>>;
  readonly errors: Readonly<Record<ClientErrorCode, Trouble>>;
};
