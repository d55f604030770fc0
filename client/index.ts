/** What the client's package offers. */
export { createClient, type Client, type ClientOptions, type Photo, type ScanProgress } from './client.ts';
export { createSession, type Session, type SessionOptions, type TokenStorage } from './session.ts';
export { OnceoverApiError, type ClientErrorCode } from './error.ts';
export type { GetToken, RequestEvent } from './http.ts';
export { assembleExport, type AssembledExport } from './assemble-export.ts';
export type { ShownText, Topic } from './people.ts';
export type * from '../core/contract.ts';
