/** What the API function needs from the world, and the settings that decide its answers. */
import type {
  Checkouts,
  EventVerifier,
  ParkedEvents,
  PaymentProvider,
  PurchaseStore,
} from '../../core/payment-ports.ts';
import type { ErasureStore, PersonalData } from '../../core/erasure-ports.ts';
import type { Manifest } from '../../core/model/manifest.ts';
import type { Policy } from '../../core/policy.ts';
import type {
  AccountStore,
  Clock,
  DwellStore,
  HeartbeatStore,
  Ids,
  KeyedHash,
  Pacing,
  ScanStore,
  TicketStore,
  TokenVerifier,
  UploadSigner,
  VerifiedDeletion,
} from '../../core/ports.ts';
import type {
  AccessLog,
  CommunicationStore,
  HoldingsStore,
  IdentityStore,
  JoiningStore,
  LimitStore,
  Mailer,
  MemberStore,
  SignInProvider,
  UsageStore,
} from '../../core/people-ports.ts';
import type { Log } from '../runtime/log.ts';
import type { RequestHasher } from './request-hash.ts';

/** Addresses (`mailto:` or `https:`) by the policy's roles; absent where none was set. */
export type Contacts = { readonly [R in Policy['contacts'][number]['role']]?: string };

export interface ApiPorts {
  readonly accounts: AccountStore;
  readonly tickets: TicketStore;
  readonly scans: ScanStore;
  readonly heartbeat: HeartbeatStore;
  readonly dwell: Pick<DwellStore, 'read'>;
  readonly images: VerifiedDeletion;
  readonly signer: UploadSigner;
  readonly tokens: TokenVerifier;
  readonly provider: SignInProvider;
  readonly members: MemberStore;
  /** Which account an address leads to, for reports. */
  readonly identities: Pick<IdentityStore, 'claimAddress' | 'findByAddress'>;
  readonly attempts: LimitStore;
  readonly joining: JoiningStore;
  readonly communications: CommunicationStore;
  readonly mailer: Mailer;
  readonly holdings: HoldingsStore;
  readonly accessLog: AccessLog;
  readonly usage: Pick<UsageStore, 'count'>;
  readonly checkouts: Checkouts;
  readonly payments: PaymentProvider;
  readonly paymentEvents: EventVerifier;
  readonly purchases: Pick<PurchaseStore, 'keep' | 'list' | 'find'>;
  readonly parkedEvents: ParkedEvents;
  readonly erasures: Pick<ErasureStore, 'has' | 'begin' | 'find' | 'referenceOf'>;
  /** What a part of an account is deleted with. */
  readonly data: PersonalData;
  readonly keyedHash: KeyedHash;
  readonly clock: Clock;
  /** Ids of new scans. */
  readonly ids: Ids;
  /** References of problems: `referencePattern` of the log. */
  readonly references: Ids;
  readonly pacing: Pacing;
  /** Waits between two looks at a scan. */
  pause(ms: number): Promise<void>;
  readonly hashRequest: RequestHasher;
  readonly log: Log;
  readonly policy: Policy;
  readonly manifest: Manifest;
  /** Whether the model of that manifest has been evaluated. */
  readonly evaluated: boolean;
  /**
   * Header in which a distribution before the API names the caller's address and port. Only where nobody reaches the
   * API past it. Absent: the connection's own address.
   */
  readonly sourceHeader?: string;
  /** The app's own origin, under which the API is reached too. Absent where no app is deployed. */
  readonly appOrigin?: string;
  /** Where a person reaches whom, as the deployment sets it. */
  readonly contacts: Contacts;
  /** The policy's daily limit, unless an environment without people sets its own. */
  readonly ticketsPerDay: number;
}
