import { ledgerContract } from '../contract/ledger.contract.ts';
import { createMemoryLedger } from './ledger.ts';

ledgerContract('in memory', async () => {
  const { put, purchase, ...stores } = createMemoryLedger();
  return {
    ...stores,
    putAccount: async (account) => put.account(account),
    putConsent: async (accountId, consent) => put.consent(accountId, consent),
    putPurchase: async (bought) => put.purchase(bought),
    removePurchase: async (accountId, id) => put.removePurchase(accountId, id),
    purchase: async (accountId, id) => purchase(accountId, id),
  };
});
