/** The compliance page: every finding of cdk-nag's packs that stands, with its resources and its reason. Pure. */

/** One finding that was acknowledged, as the report of a synth has it. */
export interface AcknowledgedFinding {
  readonly pack: string;
  readonly rule: string;
  /** What the rule asks for, in the pack's words. */
  readonly asks: string;
  readonly resources: readonly string[];
  readonly reason: string;
}

const intro = `# Compliance

What five packs of cdk-nag 3 say of the production environment, and why each of their findings stands. AwsSolutions and
Serverless, HIPAA.Security, NIST.800.53.R5 and PCI.DSS.321 all run at every synth; a finding that is not listed here with a
reason fails it. That is no statement of conformity with any of these: it says what was looked at and decided.

Made by the code and compared by a test: \`npx vitest run test/lib/compliance.test.ts -u\` writes it anew. A reason that
begins with an id names the promise ([promises.md](promises.md)) that the pack's wish would break.
`;

/** Renders the page; packs and rules in alphabetical order. */
export function renderCompliance(findings: readonly AcknowledgedFinding[]): string {
  const packs = Map.groupBy(
    findings.toSorted((a, b) => (key(a) < key(b) ? -1 : 1)),
    ({ pack }) => pack,
  );
  const sections = [...packs].map(([pack, ones]) => {
    const lines = ones.map(
      ({ rule, asks, resources, reason }) =>
        `| \`${rule}\` | ${cell(asks)} | ${resources.map((one) => `\`${one}\``).join(', ')} | ${cell(reason)} |`,
    );
    const head = '| Rule | Finding | Resources | Why it stands |\n| --- | --- | --- | --- |';
    return `## ${pack}\n\n${head}\n${lines.join('\n')}\n`;
  });
  return [intro, ...sections].join('\n');
}

function key({ pack, rule, resources }: AcknowledgedFinding): string {
  return [pack, rule, ...resources].join(' ');
}

/** Without the ids of controls, which are long and stand in the pack. */
function cell(text: string): string {
  return text.replace(/ - \(Control IDs?:.*\)\.?$/s, '.').replaceAll('|', '\\|');
}
