/** What the product promises and asks for, as anyone may read it before signing in. */
import type { PolicyView } from '../../core/contract.ts';
import { identityOf } from '../../core/model/evaluation.ts';
import { photoGatesOf } from '../../core/model/gates.ts';
import type { Manifest } from '../../core/model/manifest.ts';
import { maxTextLength } from '../../core/message.ts';
import { currentVersion, type Policy } from '../../core/policy.ts';
import { contentTypes, maxUploadBytes } from '../../core/scan.ts';
import type { Contacts } from './ports.ts';

/** @param model - the chosen one, and whether it has been evaluated. */
export function viewPolicy(
  policy: Policy,
  model: { readonly manifest: Manifest; readonly evaluated: boolean },
  settings: { readonly ticketsPerDay: number; readonly contacts: Contacts },
): PolicyView {
  const { version, effectiveFrom } = currentVersion(policy);
  return {
    product: policy.product.name,
    version,
    effectiveFrom,
    languages: [...policy.languages],
    summary: policy.summary,
    versions: policy.versions.map((one) => ({ ...one })),
    adultAge: policy.adultAge,
    adulthood: policy.adulthood,
    consents: policy.consents.map(({ purpose, version: textVersion, title, text }) => ({
      purpose,
      version: textVersion,
      title,
      text,
    })),
    notices: policy.notices.map((one) => ({ ...one })),
    plans: policy.plans.map((plan) => ({ ...plan })),
    surveys: policy.surveys.map(({ surveyId, version: surveyVersion, title, questions }) => ({
      surveyId,
      version: surveyVersion,
      title,
      questions: questions.map((question) => ({ ...question })),
    })),
    contacts: policy.contacts.map(({ role, purpose }) => {
      const address = settings.contacts[role];
      return { role, purpose, ...(address === undefined ? {} : { address }) };
    }),
    kept: policy.dataClasses.map(viewClass),
    providers: policy.providers.map(({ name, gets }) => ({ name, gets })),
    limits: {
      ticketsPerDay: settings.ticketsPerDay,
      maxUploadBytes,
      maxTextLength,
      contentTypes: [...contentTypes],
    },
    model: viewModel(model.manifest, model.evaluated),
  };
}

function viewClass({
  dataClass,
  kinds,
  retention,
  readers,
}: Policy['dataClasses'][number]): PolicyView['kept'][number] {
  return {
    dataClass,
    kinds: kinds.map(({ why, source, retention: own = retention }) => ({
      why,
      source,
      endsWith: own.until,
      ...('days' in own ? { days: own.days } : {}),
    })),
    readers: [...readers],
  };
}

function viewModel(manifest: Manifest, evaluated: boolean): PolicyView['model'] {
  const { bands, advice, input, gates } = manifest;
  return {
    ...identityOf(manifest, evaluated),
    evaluated,
    bands: Object.entries(bands).map(([band, { sentence }]) => ({ band, message: sentence })),
    advice,
    input: { width: input.width, height: input.height, fit: input.fit, enlarge: input.enlarge },
    gates: [...photoGatesOf(gates)],
  };
}
