/**
 * Each promise of the first product in a line: by which mechanism it is kept and which tests show it, as data. A test holds every
 * title against the tests; `docs/generate.ts` writes the page. Pure.
 */

/** One promise. */
export interface PromiseLine {
  readonly id: `CAL-${number}`;
  readonly promise: string;
  readonly mechanism: string;
  /** What is not kept by code, or not yet. Default: nothing. */
  readonly open?: string;
  /** File, then title. */
  readonly tests: readonly (readonly [file: string, title: string])[];
}

const erasureTests = 'test/lambdas/upkeep/erasure.test.ts';
const staffTests = 'test/lambdas/staff/staff.test.ts';

export const promiseLines: readonly PromiseLine[] = [
  {
    id: 'CAL-1',
    promise: 'A photo is deleted at once and for good after the analysis, whatever the analysis did.',
    mechanism:
      'The program that looks deletes the photo before anything parses it and asks storage whether it is gone; a cleaner deletes what is left every minute; bucket rules forbid versions and copies.',
    tests: [
      [
        'test/lambdas/analyze/analyze.test.ts',
        'reads, deletes, verifies, and only then decodes and looks (CAL-1)',
      ],
      ['test/scenario/life.test.ts', 'under keys that no ticket named are deleted unread'],
    ],
  },
  {
    id: 'CAL-2',
    promise: 'Only the high-level result is kept.',
    mechanism: 'The type of a result has no place for more, and stored items are read back raw.',
    tests: [
      ['test/scenario/anywhere.ts', 'leaves the high-level result in the database, and nothing else (CAL-2)'],
    ],
  },
  {
    id: 'CAL-3',
    promise: 'A person sees the history, names each scan and deletes any.',
    mechanism: 'Routes that act on the person’s own scans alone.',
    tests: [
      ['test/scenario/anywhere.ts', 'history is paged, renamed and deleted by its owner alone (CAL-3)'],
    ],
  },
  {
    id: 'CAL-4',
    promise: 'Deleting a scan gives no used scan back.',
    mechanism: 'A charge moves only in the transaction that ends a scan.',
    tests: [
      ['test/scenario/anywhere.ts', 'a finished scan gives no unit back (CAL-4), and its key answers 410'],
    ],
  },
  {
    id: 'CAL-5',
    promise: 'An e-mail address is all that is asked for; masked ones are welcome; no password.',
    mechanism: 'Sign-in by a one-time code; addresses are compared as keyed hashes.',
    tests: [
      [
        'test/lambdas/api/people/sign-in.test.ts',
        'takes a masked address, one with a plus, and capitals as small letters',
      ],
    ],
  },
  {
    id: 'CAL-6',
    promise: 'The account can be deleted at any time, with everything tied to it.',
    mechanism:
      'The account is severed in one transaction; passes by upkeep delete every item and read it back; whatever has an end goes by itself on its day.',
    tests: [
      [
        erasureTests,
        'leaves nothing anywhere but what is named, and after the last pass not even its random id',
      ],
      [
        erasureTests,
        'is severed by the answer: no request, refresh or code of it works, and the answer comes again',
      ],
      ['test/lambdas/upkeep/erasure-race.test.ts', 'whoever wins, nothing is left'],
      [
        'test/lambdas/upkeep/replay-erasures.test.ts',
        'an account that was erased is severed and gone again; one that was not is as it was',
      ],
      ['test/lambdas/upkeep/retain.test.ts', 'take each item when its time is over, and nothing before'],
      [
        'test/lambdas/upkeep/retain.test.ts',
        'reads back what it deleted, and is not done while something due is left',
      ],
    ],
  },
  {
    id: 'CAL-7',
    promise: 'Adults only; a minor’s data goes.',
    mechanism:
      'No ticket without an affirmation; a report suspends and deletes photos at once; the privacy officer confirms, which erases, or gives the account back.',
    tests: [
      [
        'test/lambdas/api/people/joining.test.ts',
        'suspends the account, ends its sessions and erases what is open, with units given back (CAL-7)',
      ],
      [staffTests, 'waits for the privacy officer, and confirmed begins the erasure of everything (CAL-7)'],
      [staffTests, 'that was wrong gives the account back, with its sessions over'],
    ],
  },
  {
    id: 'CAL-8',
    promise: 'Payment goes through Stripe; card data never reaches the system; records can be seen.',
    mechanism: 'Checkout at the provider; purchases are made from its books alone.',
    tests: [
      ['test/money/payments.test.ts', 'makes the purchase that was paid for, once, however often it comes'],
    ],
  },
  {
    id: 'CAL-9',
    promise: 'Use is measured anonymously and in aggregate.',
    mechanism:
      'One counter for each event of a closed list and day, without identity, moment or source; reports of days that are over, in tens, nothing under ten.',
    open: 'Whoever counts nine times themselves learns whether a tenth came that day, of whomever. The platform notes how many requests it served in a minute.',
    tests: [
      ['test/privacy/usage-attacks.test.ts', 'made before and after somebody did something is nothing'],
      ['test/privacy/usage-attacks.test.ts', 'is in no report, whenever it is asked for'],
      [
        'test/privacy/usage-attacks.test.ts',
        'finds no attribute and no value of use in any other table, and none of theirs in use',
      ],
      [
        'test/privacy/held.test.ts',
        'adds one to the day’s counter of the event, and stores nothing else (CAL-9)',
      ],
    ],
  },
  {
    id: 'CAL-10',
    promise: 'Messages and answers to surveys are the person’s own data.',
    mechanism: 'A table of their own, read by support for a stated reason, deleted by the person.',
    tests: [
      [
        'test/lambdas/api/people/talk.test.ts',
        'are kept for their writer: listed newest first, and deleted by them',
      ],
    ],
  },
  {
    id: 'CAL-11',
    promise: 'No diagnosis, no treatment.',
    mechanism: 'A closed vocabulary that describes the photo; the same advice for every result.',
    open: 'A review by counsel.',
    tests: [['test/models/skin-contrast.test.ts', 'no sentence names a disease, a diagnosis or a risk']],
  },
  {
    id: 'CAL-12',
    promise: 'Staff see only what their task needs; nobody on the staff can see a photo; access is audited.',
    mechanism:
      'A role for each category that may ask one program and nothing else; who asks is proven by the role’s session; a row is written first; the person reads what was looked at and why; the audit shows anomalies first.',
    tests: [
      [staffTests, 'is good for its own request alone'],
      [staffTests, 'shows who saw what and why, refused attempts first'],
      ['test/lib/staff-roles.test.ts', 'may invoke the staff function, and nothing else'],
      ['test/privacy/separation.test.ts', 'join no two classes that together say who did what'],
      [
        'test/privacy/held.test.ts',
        'says when, in which role, what, why and of which classes; never who (CAL-12)',
      ],
    ],
  },
  {
    id: 'CAL-13',
    promise: 'Providers get only what their function needs.',
    mechanism: 'Every request to the payment provider is built from a closed order.',
    tests: [
      [
        'test/money/payments.test.ts',
        'tells Stripe the plan, the price, the address for the receipt and a random id, and nothing else (CAL-13)',
      ],
    ],
  },
  {
    id: 'CAL-14',
    promise:
      'A lawful request by an authority is reviewed with counsel and answered with no more than required.',
    mechanism:
      'One person opens it under counsel’s reference and names the classes; another one has it answered, once and within a week; results are no class that can be named. The person sees it.',
    tests: [
      [staffTests, 'is answered by a second person with the classes that it names, once (CAL-14)'],
      [staffTests, 'never reaches a result: health is no class that can be asked for'],
      [staffTests, 'needs counsel’s reference and a class'],
    ],
  },
  {
    id: 'CAL-15',
    promise: 'Data can be deleted on request before an account is closed.',
    mechanism: 'Scans and messages one by one; history and messages as a whole, by the mechanism of erasure.',
    tests: [
      [
        erasureTests,
        'is the history: every scan so far, at once, and nothing else; a used one is not given back',
      ],
      [erasureTests, 'is what was written: messages and answers to surveys'],
      ['test/scenario/anywhere.ts', 'history is paged, renamed and deleted by its owner alone (CAL-3)'],
    ],
  },
  {
    id: 'CAL-16',
    promise: 'A changed policy is announced; the accepted version can be seen.',
    mechanism:
      'Everybody is told by mail, once; a version that asks again stops tickets until it is accepted; the app shows which one was.',
    tests: [
      [
        'test/lambdas/upkeep/tell-policy.test.ts',
        'is told to whoever was there before, in their language, with all that is new, once',
      ],
      [
        'test/lambdas/api/people/joining.test.ts',
        'is refused when the policy changed in a way that asks again, until it is accepted (CAL-16)',
      ],
    ],
  },
  {
    id: 'CAL-17',
    promise: 'Personal data is never sold and never used for marketing.',
    mechanism:
      'There is nobody to hand it to: no class has a reader beside the service and its staff, no mail is sent but codes, answers and notices, and the export names every purpose.',
    open: 'What people do outside of the system.',
    tests: [
      [
        'test/privacy/complete.test.ts',
        'everything that is stored about a person is in the export, or a reason is named',
      ],
      ['test/docs/privacy.test.ts', 'has no reader who would sell or advertise (CAL-17)'],
      [
        'test/privacy/held.test.ts',
        'says of each item its class, purpose, source and end, as the policy has them',
      ],
    ],
  },
  {
    id: 'CAL-18',
    promise: 'People are told, where they act, what not to send and how to report a problem.',
    mechanism: 'Notices of the policy file, shown by the app where a person acts.',
    tests: [
      [
        'test/lambdas/api/people/talk.test.ts',
        'can be reported by anybody, and the file says where (CAL-18)',
      ],
    ],
  },
];

/** The page. */
export function renderPromises(productName: string, lines: readonly PromiseLine[] = promiseLines): string {
  const row = ({ id, promise, mechanism, open, tests }: PromiseLine): string => {
    const shown = tests.map(([file, title]) => `\`${file}\`: "${title}"`).join('; ');
    return `| ${id} | ${promise} | ${mechanism}${open === undefined ? '' : ` Open: ${open}`} | ${shown} |`;
  };
  return `# Promises of ${productName}: mechanism and test

Made by docs/generate.ts; a test holds every title against the tests. Shown on the embedded cloud: nothing is deployed.

| id | promise | mechanism | tests |
|---|---|---|---|
${lines.map(row).join('\n')}
`;
}
