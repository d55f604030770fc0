/** The staff function in this process, over the real stores: who asks is proven to the embedded cloud's identity service. */
import type { AwsKeys } from '../../bin/aws/call.ts';
import { proven } from '../../bin/staff/proof.ts';
import type { ErasureStore } from '../../core/erasure-ports.ts';
import type { StaffAnswer, StaffCategory, StaffEvent } from '../../core/staff.ts';
import { createAuditLog } from '../../lambdas/adapters/dynamodb/audit-log.ts';
import { createAuthorityRequests } from '../../lambdas/adapters/dynamodb/authority-requests.ts';
import { createErasureStore } from '../../lambdas/adapters/dynamodb/erasure-store.ts';
import { createUsageStore } from '../../lambdas/adapters/dynamodb/usage-store.ts';
import { createStsIdentity } from '../../lambdas/adapters/sts-identity.ts';
import { actForStaff, type StaffPorts } from '../../lambdas/staff/staff.ts';
import { startGateway } from '../../local/gateway.ts';
import { createStsRoutes, staffRolePrefix, stsPath } from '../../local/sts.ts';
import type { PeopleWorld } from '../people/given.ts';

/** One of the staff, in one role. */
export interface Colleague {
  readonly category: StaffCategory;
  readonly staff: string;
}

export interface Office {
  readonly ports: StaffPorts & { readonly erasures: ErasureStore };
  /** Where the identity service answers. */
  readonly identityUrl: string;
  /** Asks with a proof that is made for this request, now. */
  ask(who: Colleague, request: object, ports?: Partial<StaffPorts>): Promise<StaffAnswer>;
  /** Hands over whatever is given. */
  send(event: unknown): Promise<StaffAnswer>;
  /** What `ask` would hand over. `at`: when it was signed. */
  prove(who: Colleague, request: object, at?: number): Promise<StaffEvent>;
  close(): Promise<void>;
}

const seed = 'office';

/** Opens it over a world of people. */
export async function openOffice(world: PeopleWorld): Promise<Office> {
  const gateway = await startGateway({
    clock: {
      ...world.clock,
      offset: () => 0,
      advance: async () => {},
      setTimer: () => () => {},
      onShift: () => () => {},
    },
    invoke: () => Promise.reject(new Error('given: no API here')),
    routes: createStsRoutes({ seed, now: () => world.clock.now() }),
  });
  const url = new URL(stsPath, gateway.url);
  const { documents, names, clock } = world;
  const { keyedHash } = world.ports;
  const ports: Office['ports'] = {
    ...world.ports,
    dwell: world.ports.dwell,
    parkedEvents: world.ports.parkedEvents,
    identity: createStsIdentity({
      endpoint: url.href,
      account: '000000000000',
      rolePrefix: staffRolePrefix,
      clock,
    }),
    audit: createAuditLog(documents, names),
    authorities: createAuthorityRequests(documents, names),
    erasures: createErasureStore(documents, names, keyedHash),
    usage: createUsageStore(documents, names),
  };
  const prove: Office['prove'] = async (who, request, at = clock.now()) =>
    proven(request, { url, region: 'us-east-1' }, await keysOf(url, who), at);
  return {
    ports,
    identityUrl: url.href,
    prove,
    ask: async (who, request, more) => actForStaff({ ...ports, ...more }, await prove(who, request)),
    send: async (event) => actForStaff(ports, event),
    close: () => gateway.close(),
  };
}

async function keysOf(url: URL, { category, staff }: Colleague): Promise<AwsKeys> {
  const answer = await fetch(url, {
    method: 'POST',
    body: new URLSearchParams({
      Action: 'AssumeRole',
      RoleArn: `arn:aws:iam::000000000000:role/${staffRolePrefix}${category}`,
      RoleSessionName: staff,
    }),
  });
  const xml = await answer.text();
  const part = (name: string): string => new RegExp(`<${name}>([^<]+)<`).exec(xml)?.[1] ?? '';
  return {
    accessKeyId: part('AccessKeyId'),
    secretAccessKey: part('SecretAccessKey'),
    sessionToken: part('SessionToken'),
  };
}
