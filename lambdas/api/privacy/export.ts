/** One page of everything that is held about a person. */
import type { Account } from '../../../core/account.ts';
import type { ExportPage } from '../../../core/contract.ts';
import { currentVersion } from '../../../core/policy.ts';
import { viewKept } from '../../../core/view-kept.ts';
import type { ApiPorts } from '../ports.ts';
import { instant } from '../scan-view.ts';

/** @throws OnceoverError `invalid-request` for a cursor that this API did not give */
export async function exportPage(
  ports: Pick<ApiPorts, 'holdings' | 'clock' | 'policy'>,
  account: Account,
  after: string | undefined,
): Promise<ExportPage> {
  const { policy } = ports;
  const now = ports.clock.now();
  const { items, next } = await ports.holdings.page(account, after, now);
  return {
    generatedAt: instant(now),
    product: policy.product.name,
    policyVersion: currentVersion(policy).version,
    items: items.map((kept) => viewKept(policy, kept)),
    notShown: policy.dataClasses.flatMap(({ dataClass, table, kinds }) =>
      kinds.flatMap(({ kind, notShown: why }) =>
        why === undefined ? [] : [{ dataClass, table, kind, why }],
      ),
    ),
    elsewhere: policy.providers.map(({ name, gets }) => ({ provider: name, what: gets })),
    ...(next === undefined ? {} : { next }),
  };
}
