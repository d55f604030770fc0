/** Calmara, an image wellness check: its promises as data (promises CAL-1 to CAL-18). */
import { parsePolicy } from '../core/policy.ts';

export const calmara = parsePolicy({
  product: { productId: 'calmara', name: 'Calmara' },
  languages: ['en', 'de'],
  summary: {
    en: 'Calmara looks at a photo once, keeps a high-level result, and deletes the photo right away. It needs an e-mail address and nothing else about you.',
    de: 'Calmara sieht ein Foto einmal an, behält ein grobes Ergebnis und löscht das Foto sofort. Es braucht eine E-Mail-Adresse und sonst nichts über dich.',
  },
  versions: [
    {
      version: '1.0',
      effectiveFrom: '2026-11-01',
      asksAgain: true,
      changes: { en: 'The first version.', de: 'Die erste Fassung.' },
    },
  ],
  adultAge: 18,
  adulthood: {
    version: 1,
    text: {
      en: 'I am 18 years old or older.',
      de: 'Ich bin 18 Jahre alt oder älter.',
    },
  },
  consents: [
    {
      purpose: 'image-processing',
      version: 1,
      sinceVersion: 1,
      requiredFor: 'scan',
      title: { en: 'Look at my photo once', de: 'Mein Foto einmal ansehen' },
      text: {
        en: 'I agree that a photo I send is analysed once by software, that only a high-level result is kept, and that the photo is deleted right after the analysis. I can withdraw this at any time.',
        de: 'Ich willige ein, dass ein Foto, das ich sende, einmal von einer Software ausgewertet wird, dass nur ein grobes Ergebnis behalten wird und dass das Foto gleich nach der Auswertung gelöscht wird. Ich kann das jederzeit widerrufen.',
      },
    },
  ],
  notices: [
    {
      noticeId: 'masked-address',
      text: {
        en: 'Use a masked e-mail address ("hide my e-mail") if you like. A wrong address cannot be recovered.',
        de: 'Nutze gern eine verdeckte E-Mail-Adresse ("E-Mail-Adresse verbergen"). Eine falsche Adresse lässt sich nicht wiederherstellen.',
      },
    },
    {
      noticeId: 'no-identity',
      text: {
        en: 'Send no photo that shows who you are: no face, no name, no tattoo.',
        de: 'Sende kein Foto, auf dem man dich erkennt: kein Gesicht, keinen Namen, keine Tätowierung.',
      },
    },
    {
      noticeId: 'no-diagnosis',
      text: {
        en: 'A result describes a photo. It is no diagnosis and replaces no clinician.',
        de: 'Ein Ergebnis beschreibt ein Foto. Es ist keine Diagnose und ersetzt keine ärztliche Beratung.',
      },
    },
    {
      noticeId: 'report-security',
      text: {
        en: 'You found a security problem? /.well-known/security.txt says how to report it.',
        de: 'Du hast eine Sicherheitslücke gefunden? /.well-known/security.txt sagt, wie du sie meldest.',
      },
    },
  ],
  plans: [
    {
      planId: 'pack-20',
      title: { en: '20 scans', de: '20 Scans' },
      scans: 20,
      price: { minorUnits: 499, currency: 'EUR' },
    },
    {
      planId: 'pack-100',
      title: { en: '100 scans', de: '100 Scans' },
      scans: 100,
      price: { minorUnits: 1999, currency: 'EUR' },
    },
  ],
  surveys: [
    {
      surveyId: 'after-scan',
      version: 1,
      title: { en: 'How was it?', de: 'Wie war es?' },
      questions: [
        {
          questionId: 'clear',
          kind: 'rating',
          text: {
            en: 'How clear was the result, from 1 (not at all) to 5 (very)?',
            de: 'Wie klar war das Ergebnis, von 1 (gar nicht) bis 5 (sehr)?',
          },
        },
        {
          questionId: 'better',
          kind: 'text',
          text: { en: 'What should be better?', de: 'Was sollte besser sein?' },
        },
      ],
    },
  ],
  contacts: [
    { role: 'support', purpose: { en: 'Questions and problems', de: 'Fragen und Probleme' } },
    { role: 'privacy', purpose: { en: 'Privacy officer', de: 'Datenschutz' } },
    { role: 'security', purpose: { en: 'Security problems', de: 'Sicherheitslücken' } },
  ],
  limits: { ticketsPerDay: 20 },
  providers: [
    {
      name: 'Amazon Web Services',
      role: {
        en: 'Runs the service: functions, database, storage, mail.',
        de: 'Betreibt den Dienst: Funktionen, Datenbank, Speicher, Post.',
      },
      gets: {
        en: 'Everything, encrypted, as the place where the service runs; e-mail addresses and messages for delivery.',
        de: 'Alles, verschlüsselt, als Ort, an dem der Dienst läuft; E-Mail-Adressen und Nachrichten zur Zustellung.',
      },
      where: {
        en: 'In the region that the deployment names; for the United States on the ground of its data processing addendum with standard contractual clauses.',
        de: 'In der Region, die der Betrieb benennt; für die USA auf Grundlage des Auftragsverarbeitungsvertrags mit Standardvertragsklauseln.',
      },
    },
    {
      name: 'Stripe',
      role: { en: 'Takes the payment.', de: 'Nimmt die Zahlung entgegen.' },
      gets: {
        en: 'The payment: the e-mail address for the receipt, which pack, its price, and a random number that stands for the account. What you enter to pay goes to Stripe alone and never to us.',
        de: 'Die Zahlung: die E-Mail-Adresse für den Beleg, welches Paket, seinen Preis und eine Zufallszahl, die für das Konto steht. Was du zum Bezahlen eingibst, geht nur an Stripe und nie an uns.',
      },
      where: {
        en: 'In Ireland and the United States, as a controller of its own for what payment law asks of it.',
        de: 'In Irland und den USA, als eigener Verantwortlicher für das, was das Zahlungsrecht von ihm verlangt.',
      },
    },
  ],
  keptElsewhere: [
    {
      who: { en: 'Stripe', de: 'Stripe' },
      what: {
        en: 'The payment, its receipt and the e-mail address on it.',
        de: 'Die Zahlung, ihren Beleg und die E-Mail-Adresse darauf.',
      },
      until: {
        en: 'As long as payment and tax law ask: up to ten years.',
        de: 'So lange Zahlungs- und Steuerrecht es verlangen: bis zu zehn Jahre.',
      },
      why: {
        en: 'Money laundering and tax law bind Stripe and the seller alike. We delete the customer behind it and keep no copy.',
        de: 'Geldwäsche- und Steuerrecht binden Stripe und den Verkäufer gleichermaßen. Wir löschen den Kunden dahinter und behalten keine Kopie.',
      },
    },
    {
      who: { en: 'The seller’s books', de: 'Die Bücher des Verkäufers' },
      what: {
        en: 'Invoices and payments as the tax office asks for them; from Stripe, not from this service.',
        de: 'Rechnungen und Zahlungen, wie das Finanzamt sie verlangt; aus Stripe, nicht aus diesem Dienst.',
      },
      until: {
        en: 'Ten years in Germany (section 147 AO).',
        de: 'Zehn Jahre in Deutschland (§ 147 AO).',
      },
      why: { en: 'The law.', de: 'Das Gesetz.' },
    },
    {
      who: { en: 'AWS CloudTrail', de: 'AWS CloudTrail' },
      what: {
        en: 'Calls that manage the account: who of the staff took which role, who deployed. No call that reads or writes data, and nothing about a person who uses the service.',
        de: 'Aufrufe, die das Betreiberkonto verwalten: wer vom Team welche Rolle annahm, wer etwas ausrollte. Kein Aufruf, der Daten liest oder schreibt, und nichts über Nutzende.',
      },
      until: { en: '90 days.', de: '90 Tage.' },
      why: {
        en: 'AWS keeps it for every account and it cannot be switched off.',
        de: 'AWS führt es für jedes Konto, und es lässt sich nicht abschalten.',
      },
    },
    {
      who: { en: 'AWS CloudWatch', de: 'AWS CloudWatch' },
      what: {
        en: 'Lines of closed words and numbers that the functions print, and metrics of them: no address, no id, no image, no network address.',
        de: 'Zeilen aus festen Wörtern und Zahlen, die die Funktionen ausgeben, und Messwerte daraus: keine Adresse, keine Kennung, kein Bild, keine Netzadresse.',
      },
      until: {
        en: 'The lines as many days as the deployment sets, at most 90; metrics 15 months.',
        de: 'Die Zeilen so viele Tage, wie der Betrieb festlegt, höchstens 90; Messwerte 15 Monate.',
      },
      why: {
        en: 'To see that the service works. It identifies no one.',
        de: 'Um zu sehen, dass der Dienst läuft. Es bezeichnet niemanden.',
      },
    },
    {
      who: { en: 'AWS Lambda, S3 and API Gateway', de: 'AWS Lambda, S3 und API Gateway' },
      what: {
        en: 'What they note for their own operation and billing: counts and times of calls, and network addresses for as long as AWS needs them to defend its network.',
        de: 'Was sie für eigenen Betrieb und Abrechnung festhalten: Zahl und Zeit von Aufrufen, und Netzadressen, so lange AWS sie zur Abwehr braucht.',
      },
      until: {
        en: 'As AWS says in its own notice; we cannot see it.',
        de: 'Wie AWS in seiner eigenen Erklärung sagt; wir können es nicht sehen.',
      },
      why: { en: 'It is AWS’s own.', de: 'Es ist AWS’ eigenes.' },
    },
    {
      who: { en: 'The person’s own mailbox', de: 'Das eigene Postfach der Person' },
      what: {
        en: 'Codes, answers and notices that we sent.',
        de: 'Codes, Antworten und Mitteilungen, die wir gesendet haben.',
      },
      until: { en: 'Until the person deletes them.', de: 'Bis die Person sie löscht.' },
      why: { en: 'It is theirs.', de: 'Sie gehören ihr.' },
    },
  ],
  security: [
    {
      en: 'Encrypted on the way and where it is kept, with keys of our own for each class of data where the deployment sets them.',
      de: 'Verschlüsselt auf dem Weg und am Ort, mit eigenen Schlüsseln je Datenklasse, wo der Betrieb sie einschaltet.',
    },
    {
      en: 'A table, a role and a list of readers for each class of data; the deployment fails where a right is wider than the policy.',
      de: 'Eine Tabelle, eine Rolle und eine Liste der Lesenden je Datenklasse; das Ausrollen scheitert, wo ein Recht weiter ist als die Richtlinie.',
    },
    {
      en: 'Photos are read by one program without a way to the internet, and deleted in the same run.',
      de: 'Fotos liest ein einziges Programm ohne Weg ins Internet und löscht sie im selben Lauf.',
    },
    {
      en: 'Staff see data through one program alone, by their own name and with a second factor, for a stated reason that is written down first and that the person can read.',
      de: 'Das Team sieht Daten nur durch ein Programm, unter eigenem Namen und mit zweitem Faktor, aus einem genannten Grund, der vorher aufgeschrieben wird und den die Person lesen kann.',
    },
    {
      en: 'Logs hold words of closed lists and numbers, and nothing of a person.',
      de: 'Protokolle enthalten Wörter fester Listen und Zahlen, und nichts von einer Person.',
    },
  ],
  dataClasses: [
    {
      dataClass: 'personal',
      table: 'accounts',
      purpose: {
        en: 'Knowing that a request comes from an active adult account, and answering retries once.',
        de: 'Zu wissen, dass eine Anfrage von einem aktiven Konto einer erwachsenen Person kommt, und Wiederholungen einmal zu beantworten.',
      },
      kinds: [
        {
          kind: 'account',
          begins: 'account',
          why: {
            en: 'Your account: it lets you sign in, and says what you affirmed and accepted.',
            de: 'Dein Konto: Damit meldest du dich an; es hält fest, was du bestätigt und angenommen hast.',
          },
          source: 'person',
        },
        {
          kind: 'session',
          begins: 'session#',
          why: {
            en: 'A device on which you are signed in.',
            de: 'Ein Gerät, auf dem du angemeldet bist.',
          },
          source: 'software',
          retention: { until: 'session-ends' },
        },
        {
          kind: 'day',
          begins: 'day#',
          why: {
            en: 'How many photos you began to send on that day, for the daily limit.',
            de: 'Wie viele Fotos du an dem Tag zu senden begonnen hast, für die Tagesgrenze.',
          },
          source: 'software',
          retention: { until: 'days-after-writing', days: 2 },
        },
        {
          kind: 'request',
          begins: 'idempotency#',
          why: {
            en: 'A request that you made, so that its repetition makes no second scan.',
            de: 'Eine Anfrage von dir, damit ihre Wiederholung keinen zweiten Scan auslöst.',
          },
          source: 'software',
          retention: { until: 'days-after-writing', days: 1 },
        },
      ],
      retention: { until: 'account-closed' },
      readers: ['person', 'api', 'upkeep', 'support'],
      erasure: 'Deleted with the account.',
      regions: 'any',
      fields: [
        { name: 'accountId', why: 'Random id of the account.' },
        { name: 'layout', why: 'Which version of the software’s layout the item was written in.' },
        {
          name: 'item',
          why: 'Which of the account’s items this is; a retry’s own key or a session’s id is part of it.',
        },
        { name: 'state', why: 'Active or suspended.' },
        { name: 'email', why: 'The address that signs in and that mail goes to (CAL-5).' },
        { name: 'language', why: 'The language of mail.' },
        { name: 'openedAt', why: 'When the account was opened.', moment: 'ms' },
        { name: 'policyVersion', why: 'The version of the policy that the person accepted last (CAL-16).' },
        { name: 'policyAcceptedAt', why: 'When.', moment: 'ms' },
        {
          name: 'policyTakenAt',
          why: 'When the run began that is telling the person of it, so that no other does.',
          retention: { until: 'replaced' },
        },
        {
          name: 'policyTold',
          why: 'The version of the policy that the person was told of last, so that each change is told once (CAL-16).',
        },
        { name: 'sessionsEndedAt', why: 'When the person signed out everywhere.', moment: 'ms' },
        {
          name: 'startedAt',
          why: 'When a session began.',
          moment: 'ms',
          retention: { until: 'session-ends' },
        },
        {
          name: 'refreshedAt',
          why: 'When a session was used last.',
          moment: 'ms',
          retention: { until: 'session-ends' },
        },
        {
          name: 'expiresAt',
          why: 'When a session ends by itself.',
          moment: 'ms',
          retention: { until: 'session-ends' },
        },
        {
          name: 'generation',
          why: 'Which refresh token of a session is the present one.',
          retention: { until: 'session-ends' },
        },
        { name: 'adultAffirmedAt', why: 'When the person affirmed being 18 or older (CAL-7).', moment: 'ms' },
        {
          name: 'ticketCount',
          why: 'Tickets given that day, for the daily limit.',
          retention: { until: 'days-after-writing', days: 2 },
        },
        {
          name: 'scanId',
          why: 'The scan that a request made, so that its retry makes no second one.',
          retention: { until: 'days-after-writing', days: 1 },
        },
        {
          name: 'requestHash',
          why: 'Keyed hash of the request, to tell a retry from another request.',
          retention: { until: 'days-after-writing', days: 1 },
        },
        {
          name: 'createdAt',
          why: 'When the request came.',
          moment: 'ms',
          retention: { until: 'days-after-writing', days: 1 },
        },
        { name: 'removeAfter', why: 'When the database may remove the item by itself.', moment: 's' },
      ],
    },
    {
      dataClass: 'personal',
      table: 'identities',
      purpose: {
        en: 'Signing in by e-mail without a password, and keeping guesses and floods out.',
        de: 'Anmelden per E-Mail ohne Passwort, und Schutz vor Raten und Überfluten.',
      },
      kinds: [
        {
          kind: 'address',
          begins: 'address#',
          why: {
            en: 'Which account your address signs in to; the address itself is not in it.',
            de: 'Zu welchem Konto deine Adresse gehört; die Adresse selbst steht nicht darin.',
          },
          source: 'person',
        },
        {
          kind: 'codes',
          begins: 'codes#',
          why: {
            en: 'Which one-time codes went to your address that day, so that they can be found.',
            de: 'Welche Einmalcodes an dem Tag an deine Adresse gingen, damit man sie findet.',
          },
          source: 'software',
          retention: { until: 'days-after-writing', days: 1 },
        },
        {
          kind: 'code',
          begins: 'code#',
          why: {
            en: 'A one-time code, unreadable, good for ten minutes.',
            de: 'Ein Einmalcode, unlesbar, zehn Minuten gültig.',
          },
          source: 'software',
          retention: { until: 'days-after-writing', days: 1 },
        },
        {
          kind: 'limit',
          begins: 'limit#',
          why: {
            en: 'How often something was asked in a window of time, so that nobody can flood or guess.',
            de: 'Wie oft etwas in einem Zeitfenster angefragt wurde, damit niemand überflutet oder rät.',
          },
          source: 'software',
          retention: { until: 'days-after-writing', days: 2 },
          notShown: {
            en: 'How often a network address asked: under a hash of the network address, so nobody can tell whose it was.',
            de: 'Wie oft eine Netzadresse fragte: unter einer Prüfsumme der Netzadresse, sodass niemand weiß, wessen sie war.',
          },
        },
        {
          kind: 'suppressed',
          begins: 'suppressed#',
          why: {
            en: 'Mail to this address came back, so it gets no more.',
            de: 'Post an diese Adresse kam zurück; sie bekommt keine mehr.',
          },
          source: 'mail-provider',
          retention: { until: 'days-after-writing', days: 365 },
        },
      ],
      retention: { until: 'account-closed' },
      readers: ['person', 'api', 'upkeep', 'support'],
      erasure: 'Deleted with the account; codes and counters by themselves.',
      regions: 'any',
      fields: [
        { name: 'layout', why: 'Which version of the software’s layout the item was written in.' },
        { name: 'identity', why: 'Keyed hash of an address or of a source, or the id of a code.' },
        { name: 'accountId', why: 'The account that an address signs in to.' },
        {
          name: 'codeHash',
          why: 'Keyed hash of a one-time code.',
          retention: { until: 'days-after-writing', days: 1 },
        },
        {
          name: 'addressHash',
          why: 'Keyed hash of the address that the code went to.',
          retention: { until: 'days-after-writing', days: 1 },
        },
        {
          name: 'codeIds',
          why: 'Which codes an address got that day, so that its erasure finds them.',
          retention: { until: 'days-after-writing', days: 2 },
        },
        {
          name: 'triesLeft',
          why: 'How many wrong tries a code survives.',
          retention: { until: 'days-after-writing', days: 1 },
        },
        {
          name: 'expiresAt',
          why: 'When a code is worth nothing.',
          moment: 'ms',
          retention: { until: 'days-after-writing', days: 1 },
        },
        {
          name: 'usedAt',
          why: 'When a code was used; no code is used twice.',
          moment: 'ms',
          retention: { until: 'days-after-writing', days: 1 },
        },
        {
          name: 'count',
          why: 'How often an address or a source asked in a window of time. No IP address is kept.',
          retention: { until: 'days-after-writing', days: 2 },
        },
        { name: 'suppressedAt', why: 'When mail to an address came back: it gets no more.', moment: 'ms' },
        { name: 'suppressedFor', why: 'Why it came back: a word of a closed list.' },
        { name: 'removeAfter', why: 'When the database may remove the item by itself.', moment: 's' },
      ],
    },
    {
      dataClass: 'health',
      table: 'scans',
      purpose: {
        en: 'Showing a person the history of their high-level results (CAL-2, CAL-3).',
        de: 'Einer Person den Verlauf ihrer groben Ergebnisse zu zeigen (CAL-2, CAL-3).',
      },
      kinds: [
        {
          kind: 'scan',
          why: {
            en: 'A photo that was looked at once: its high-level result and when the photo was deleted.',
            de: 'Ein Foto, das einmal angesehen wurde: sein grobes Ergebnis und wann das Foto gelöscht wurde.',
          },
          source: 'software',
        },
      ],
      retention: { until: 'person-deletes-it-or-account-closed' },
      readers: ['person', 'api', 'analyze', 'sweep', 'upkeep'],
      erasure: 'Deleted on request of the person, and with the account.',
      regions: 'any',
      fields: [
        { name: 'scanId', why: 'Random id of the scan.' },
        { name: 'layout', why: 'Which version of the software’s layout the item was written in.' },
        { name: 'accountId', why: 'Whose history it is in; not on an erased scan.' },
        { name: 'state', why: 'Where the scan is in its life.' },
        { name: 'issuedAt', why: 'When the ticket was given.', moment: 'ms' },
        { name: 'endedAt', why: 'When the scan ended.', moment: 'ms' },
        { name: 'name', why: 'The person’s own name for the scan.' },
        { name: 'band', why: 'The high-level result: a word of a closed list.' },
        { name: 'reason', why: 'Why there is no result: a word of a closed list.' },
        { name: 'modelName', why: 'The model that looked (ONE-7).' },
        { name: 'modelVersion', why: 'Its version (ONE-7).' },
        { name: 'modelDigest', why: 'Its digest (ONE-7).' },
        { name: 'deletedAt', why: 'When the image was deleted, verified (CAL-1).', moment: 'ms' },
        { name: 'msFromUpload', why: 'How long the image existed, in milliseconds (ONE-1).' },
        {
          name: 'removeAfter',
          why: 'When the database may remove an erased scan, which belongs to nobody.',
          moment: 's',
        },
        {
          name: 'paymentIntentId',
          why: 'The purchase whose unit the open scan holds.',
          retention: { until: 'scan-ends' },
        },
        {
          name: 'deadlineAt',
          why: 'When the open scan is overdue.',
          moment: 'ms',
          retention: { until: 'scan-ends' },
        },
        { name: 'openShard', why: 'Finds open scans.', retention: { until: 'scan-ends' } },
        {
          name: 'contentType',
          why: 'Pinned by the upload address.',
          retention: { until: 'scan-ends' },
        },
        {
          name: 'contentLength',
          why: 'Pinned by the upload address.',
          retention: { until: 'scan-ends' },
        },
        { name: 'sha256', why: 'Pinned by the upload address.', retention: { until: 'scan-ends' } },
        { name: 'leaseId', why: 'The invocation that looks.', retention: { until: 'scan-ends' } },
        { name: 'leaseUntil', why: 'How long it may.', moment: 'ms', retention: { until: 'scan-ends' } },
        { name: 'etag', why: 'Which object it reads.', retention: { until: 'scan-ends' } },
        { name: 'sequencer', why: 'Orders storage events.', retention: { until: 'scan-ends' } },
      ],
    },
    {
      dataClass: 'transactions',
      table: 'purchases',
      purpose: {
        en: 'Counting paid scans exactly once (CAL-8, ONE-3).',
        de: 'Bezahlte Scans genau einmal zu zählen (CAL-8, ONE-3).',
      },
      kinds: [
        {
          kind: 'purchase',
          why: {
            en: 'A pack that you bought, and how much of it is used.',
            de: 'Ein Paket, das du gekauft hast, und wie viel davon verbraucht ist.',
          },
          source: 'payment-provider',
        },
      ],
      retention: { until: 'account-closed' },
      readers: ['person', 'api', 'upkeep', 'billing'],
      erasure: 'Deleted with the account, last; the payment provider keeps what the law requires.',
      regions: 'any',
      fields: [
        { name: 'accountId', why: 'Whose purchase it is.' },
        { name: 'layout', why: 'Which version of the software’s layout the item was written in.' },
        { name: 'paymentIntentId', why: 'The payment, as the provider names it.' },
        { name: 'boughtAt', why: 'When it was paid; the oldest pack is used first.', moment: 'ms' },
        { name: 'scansTotal', why: 'Scans that the money which was not sent back pays for.' },
        { name: 'scansUsed', why: 'Scans taken and not given back.' },
        { name: 'scansCompleted', why: 'Scans that ended with a result.' },
        { name: 'voidedAt', why: 'When it was refunded or disputed.', moment: 'ms' },
        { name: 'voidReason', why: 'Which of the two.' },
        { name: 'planId', why: 'What was bought.' },
        { name: 'amount', why: 'What was paid, in the currency’s smallest unit.' },
        { name: 'currency', why: 'In which currency.' },
        { name: 'amountRefunded', why: 'What was sent back of it.' },
      ],
    },
    {
      dataClass: 'evidence',
      table: 'consents',
      purpose: {
        en: 'Showing that consent was given, to which text, and when.',
        de: 'Zu zeigen, dass eingewilligt wurde, in welchen Text und wann.',
      },
      kinds: [
        {
          kind: 'consent',
          begins: 'consent#',
          why: { en: 'What you agree to at present.', de: 'Worin du zurzeit einwilligst.' },
          source: 'person',
        },
        {
          kind: 'act',
          begins: 'act#',
          why: {
            en: 'What you affirmed, accepted, agreed to or withdrew, as evidence.',
            de: 'Was du bestätigt, angenommen, erlaubt oder widerrufen hast, als Nachweis.',
          },
          source: 'person',
        },
      ],
      retention: { until: 'account-closed' },
      readers: ['person', 'api', 'upkeep', 'privacy-officer'],
      erasure: 'Deleted with the account.',
      regions: 'any',
      fields: [
        { name: 'accountId', why: 'Whose consent it is.' },
        { name: 'layout', why: 'Which version of the software’s layout the item was written in.' },
        { name: 'item', why: 'Which purpose it is about, or which act.' },
        { name: 'purpose', why: 'What was agreed to.' },
        { name: 'version', why: 'Which text was agreed to.' },
        { name: 'granted', why: 'Given or withdrawn.' },
        { name: 'at', why: 'When.', moment: 'ms' },
        { name: 'kind', why: 'What the person did: a word of a closed list.' },
        { name: 'text', why: 'Which text it was about.' },
        { name: 'textVersion', why: 'The version of the text that was shown.' },
        { name: 'language', why: 'The language in which it was shown.' },
        { name: 'textDigest', why: 'SHA-256 of the text as it was shown.' },
        { name: 'by', why: 'The request that was the act.' },
      ],
    },
    {
      dataClass: 'communications',
      table: 'communications',
      purpose: {
        en: 'Answering messages, and learning from feedback: what the person chose to give (CAL-10).',
        de: 'Nachrichten zu beantworten und aus Rückmeldungen zu lernen: was die Person geben wollte (CAL-10).',
      },
      kinds: [
        {
          kind: 'message',
          begins: 'message#',
          why: { en: 'A message of yours, and its answer.', de: 'Eine Nachricht von dir, mit Antwort.' },
          source: 'person',
        },
        {
          kind: 'feedback',
          begins: 'feedback#',
          why: { en: 'Your answers to a survey.', de: 'Deine Antworten auf eine Umfrage.' },
          source: 'person',
        },
        {
          kind: 'minor',
          begins: 'minor#',
          why: {
            en: 'Somebody reported that this account is a minor’s.',
            de: 'Jemand hat gemeldet, dass dieses Konto einer minderjährigen Person gehört.',
          },
          source: 'reporter',
          // Its person did not write it and cannot take it away.
          retention: { until: 'account-closed' },
          withheld: {
            fields: ['text', 'contact'],
            why: {
              en: 'What the reporter wrote and where they want to be answered is theirs.',
              de: 'Was die meldende Person schrieb und wo sie Antwort wünscht, gehört ihr.',
            },
          },
          notShown: {
            en: 'What you reported about somebody else’s account: it is kept with that account. If you left an address with it, ask us under that one.',
            de: 'Was du über ein anderes Konto gemeldet hast: Es liegt bei jenem Konto. Hast du eine Adresse hinterlassen, frag uns unter dieser.',
          },
        },
        {
          kind: 'security',
          begins: 'security#',
          why: {
            en: 'A report of a weakness, which belongs to no account.',
            de: 'Die Meldung einer Schwachstelle, die zu keinem Konto gehört.',
          },
          source: 'reporter',
          retention: { until: 'days-after-writing', days: 365 },
          notShown: {
            en: 'What you reported without an account: nobody knows that it was you. If you left an address with it, ask us under that one.',
            de: 'Was du ohne Konto gemeldet hast: Niemand weiß, dass du es warst. Hast du eine Adresse hinterlassen, frag uns unter dieser.',
          },
        },
      ],
      retention: { until: 'person-deletes-it-or-account-closed' },
      readers: ['person', 'api', 'upkeep', 'support', 'privacy-officer'],
      erasure:
        'Deleted on request of the person, and with the account. A report belongs to no account, and goes after a year; one about an account goes with that account.',
      regions: 'any',
      fields: [
        { name: 'layout', why: 'Which version of the software’s layout the item was written in.' },
        { name: 'accountId', why: 'Whose message it is; of a report without an account, that it is one.' },
        { name: 'item', why: 'Which message, answer to a survey or report this is.' },
        { name: 'topic', why: 'What it is about: a word of a closed list.' },
        { name: 'text', why: 'What the person wrote.' },
        { name: 'at', why: 'When.', moment: 'ms' },
        { name: 'contact', why: 'Where a reporter wants to be answered.' },
        { name: 'answer', why: 'What the staff answered.' },
        { name: 'answeredAt', why: 'When.', moment: 'ms' },
        { name: 'survey', why: 'Which survey was answered.' },
        { name: 'surveyVersion', why: 'Which version of its questions.' },
        { name: 'answers', why: 'The answers, by question.' },
        {
          name: 'waiting',
          why: 'That staff have not answered or decided yet, or that it is an answer to a survey.',
        },
        {
          name: 'removeAfter',
          why: 'When the database may remove a report that belongs to no account.',
          moment: 's',
        },
      ],
    },
    {
      dataClass: 'evidence',
      table: 'audit',
      purpose: {
        en: 'Showing who of the staff saw or did what, and why (CAL-12).',
        de: 'Zu zeigen, wer vom Team was gesehen oder getan hat, und warum (CAL-12).',
      },
      kinds: [
        {
          kind: 'authority',
          begins: 'authority#',
          why: {
            en: 'That an authority asked for something of an account, under counsel’s reference, and what was decided.',
            de: 'Dass eine Behörde etwas zu einem Konto verlangt hat, unter dem Zeichen der Rechtsberatung, und was entschieden wurde.',
          },
          source: 'staff',
          retention: { until: 'days-after-writing', days: 1095 },
          notShown: {
            en: 'An authority’s request itself: it names counsel and our staff. That there was one, and what became of it, is in the log of who looked.',
            de: 'Die Anfrage einer Behörde selbst: Sie nennt Rechtsberatung und Team. Dass es eine gab und was daraus wurde, steht im Protokoll, wer hineingesehen hat.',
          },
        },
        {
          kind: 'audit',
          why: {
            en: 'That somebody of the staff looked at your data or did something with it, and why.',
            de: 'Dass jemand vom Team deine Daten angesehen oder etwas damit getan hat, und warum.',
          },
          source: 'staff',
          withheld: {
            fields: ['staff', 'note', 'item', 'day'],
            why: {
              en: 'Who of the staff it was and what they noted is theirs; the audit has it.',
              de: 'Wer vom Team es war und was notiert wurde, gehört ihnen; die Prüfung hat es.',
            },
          },
        },
      ],
      retention: { until: 'days-after-writing', days: 365 },
      readers: ['person', 'api', 'upkeep', 'privacy-officer'],
      erasure:
        'Removed after a year, what an authority asked for after three; it names an account by its random id alone, which leads nowhere once the account is gone.',
      regions: 'any',
      fields: [
        { name: 'layout', why: 'Which version of the software’s layout the item was written in.' },
        { name: 'day', why: 'The day of the row.' },
        { name: 'item', why: 'Which row this is.' },
        { name: 'at', why: 'When.', moment: 'ms' },
        { name: 'staff', why: 'Who of the staff.' },
        { name: 'category', why: 'In which role.' },
        { name: 'action', why: 'What they asked for: a word of a closed list.' },
        { name: 'reason', why: 'Why: a word of a closed list.' },
        { name: 'note', why: 'Why, in their words.' },
        { name: 'accountId', why: 'About whose account.' },
        { name: 'refused', why: 'Why nothing was done or shown: a word of a closed list.' },
        { name: 'about', why: 'About whose account an authority asked.' },
        { name: 'authority', why: 'Which authority, and its own reference.' },
        { name: 'counselReference', why: 'Under which counsel looked at it (CAL-14).' },
        { name: 'classes', why: 'Of which classes of data something was asked for.' },
        { name: 'openedBy', why: 'Who of the staff asked for it to be answered.' },
        { name: 'openedAt', why: 'When.', moment: 'ms' },
        { name: 'state', why: 'Open, answered or refused.' },
        { name: 'decidedBy', why: 'Who decided: another person.' },
        { name: 'decidedAt', why: 'When.', moment: 'ms' },
        { name: 'disclosed', why: 'How many items were handed over; not which.' },
        { name: 'removeAfter', why: 'When the database removes the row.', moment: 's' },
      ],
    },
    {
      dataClass: 'usage',
      table: 'usage',
      purpose: {
        en: 'Knowing how often what is done in the app, of all people together (CAL-9). Nothing about a person.',
        de: 'Zu wissen, wie oft was in der App getan wird, von allen zusammen (CAL-9). Nichts über eine Person.',
      },
      kinds: [
        {
          kind: 'used',
          begins: 'used#',
          why: {
            en: 'How often what was done that day, by all people together.',
            de: 'Wie oft was an dem Tag getan wurde, von allen zusammen.',
          },
          source: 'software',
        },
      ],
      retention: { until: 'identifies-no-one' },
      readers: ['upkeep', 'product'],
      erasure: 'Holds nothing about a person.',
      regions: 'any',
      fields: [
        { name: 'item', why: 'Which day, and which of its shards.' },
        { name: 'used*', why: 'How often one thing of a closed list was done that day: a counter.' },
      ],
    },
    {
      dataClass: 'erasure',
      table: 'erasures',
      purpose: {
        en: 'Erasing what a person asked to be erased, showing that it was done, and doing it again when a backup is restored (CAL-6, CAL-15).',
        de: 'Zu löschen, was eine Person löschen ließ, zu zeigen, dass es geschehen ist, und es nach dem Einspielen einer Sicherung wieder zu tun (CAL-6, CAL-15).',
      },
      kinds: [
        {
          kind: 'severed',
          begins: 'account#',
          why: {
            en: 'That an account was erased, under a hash that leads nowhere.',
            de: 'Dass ein Konto gelöscht wurde, unter einer Prüfsumme, die nirgends hinführt.',
          },
          source: 'software',
          notShown: {
            en: 'That your account was erased: this is there only once there is no account that could ask.',
            de: 'Dass dein Konto gelöscht wurde: Das steht erst da, wenn es kein Konto mehr gibt, das fragen könnte.',
          },
        },
        {
          kind: 'history-erased',
          begins: 'history#',
          why: {
            en: 'That a history was erased, under a hash that leads nowhere.',
            de: 'Dass ein Verlauf gelöscht wurde, unter einer Prüfsumme, die nirgends hinführt.',
          },
          source: 'software',
          notShown: {
            en: 'When you last had your history deleted: what is gone must stay gone, and this serves restored backups alone.',
            de: 'Wann du zuletzt deinen Verlauf löschen ließest: Was weg ist, soll wegbleiben, und dies dient allein eingespielten Sicherungen.',
          },
        },
        {
          kind: 'messages-erased',
          begins: 'messages#',
          why: {
            en: 'That messages were erased, under a hash that leads nowhere.',
            de: 'Dass Nachrichten gelöscht wurden, unter einer Prüfsumme, die nirgends hinführt.',
          },
          source: 'software',
          notShown: {
            en: 'When you last had your messages deleted: what is gone must stay gone, and this serves restored backups alone.',
            de: 'Wann du zuletzt deine Nachrichten löschen ließest: Was weg ist, soll wegbleiben, und dies dient allein eingespielten Sicherungen.',
          },
        },
        {
          kind: 'erasing',
          begins: 'work#',
          why: { en: 'An erasure under way, or its end.', de: 'Eine laufende Löschung, oder ihr Ende.' },
          source: 'software',
          notShown: {
            en: 'An erasure under way, or its end: you follow it at the address that you were given for it; it names your account for a day, and then nobody.',
            de: 'Eine laufende Löschung, oder ihr Ende: Du verfolgst sie unter der Adresse, die du dafür bekommen hast; sie nennt dein Konto einen Tag lang und dann niemanden.',
          },
          retention: { until: 'days-after-ending', days: 90 },
        },
      ],
      retention: { until: 'days-after-writing', days: 3650 },
      readers: ['api', 'upkeep'],
      erasure:
        'Holds no name and no address: random ids and keyed hashes, which lead nowhere once the account is gone.',
      regions: 'any',
      fields: [
        { name: 'layout', why: 'Which version of the software’s layout the item was written in.' },
        {
          name: 'erasure',
          why: 'Keyed hash of the erased account’s random id, so that a late payment or a restored backup is recognised; or the reference of one erasure.',
        },
        { name: 'reference', why: 'By which the person follows the erasure without an account.' },
        { name: 'cause', why: 'Why: a word of a closed list.' },
        {
          name: 'erasedAt',
          why: 'When the account was severed, or up to when a part was erased.',
          moment: 'ms',
        },
        {
          name: 'scope',
          why: 'What is erased: a word of a closed list.',
          retention: { until: 'days-after-writing', days: 92 },
        },
        {
          name: 'requestedAt',
          moment: 'ms',
          why: 'When it was asked for.',
          retention: { until: 'days-after-writing', days: 92 },
        },
        {
          name: 'until',
          why: 'Of a part that a restored backup brought back: up to when it goes.',
          moment: 'ms',
          retention: { until: 'days-after-writing', days: 92 },
        },
        {
          name: 'passes',
          why: 'How many passes found everything gone.',
          retention: { until: 'days-after-writing', days: 92 },
        },
        {
          name: 'doneAt',
          moment: 'ms',
          why: 'When the second pass did.',
          retention: { until: 'days-after-writing', days: 92 },
        },
        {
          name: 'accountId',
          why: 'The account’s random id, while there are passes to come.',
          retention: { until: 'days-after-writing', days: 2 },
        },
        {
          name: 'addressHash',
          why: 'Keyed hash of its address, while there are passes to come.',
          retention: { until: 'days-after-writing', days: 2 },
        },
        {
          name: 'dueAt',
          moment: 'ms',
          why: 'When the next pass is due.',
          retention: { until: 'days-after-writing', days: 2 },
        },
        {
          name: 'pending',
          why: 'That there is one.',
          retention: { until: 'days-after-writing', days: 2 },
        },
        { name: 'removeAfter', why: 'When the database removes the item.', moment: 's' },
      ],
    },
    {
      dataClass: 'operations',
      table: 'operations',
      purpose: {
        en: 'Knowing that the process that guarantees deletion is alive (ONE-5), and how long objects live (ONE-1). Nothing about a person.',
        de: 'Zu wissen, dass der Vorgang lebt, der das Löschen garantiert (ONE-5), und wie lange Objekte bestehen (ONE-1). Nichts über eine Person.',
      },
      kinds: [
        {
          kind: 'heartbeat',
          begins: 'heartbeat',
          why: { en: 'When the cleaner last reached its end.', de: 'Wann das Aufräumen zuletzt fertig war.' },
          source: 'software',
        },
        {
          kind: 'sight',
          begins: 'sight',
          why: { en: 'What the cleaner last saw.', de: 'Was das Aufräumen zuletzt sah.' },
          source: 'software',
        },
        {
          kind: 'retention',
          begins: 'retention',
          why: {
            en: 'How far today’s deletion of what is due came.',
            de: 'Wie weit das heutige Löschen des Fälligen kam.',
          },
          source: 'software',
        },
        {
          kind: 'replay',
          begins: 'replay',
          why: {
            en: 'How far the erasures after a restored backup came.',
            de: 'Wie weit die Löschungen nach einer eingespielten Sicherung kamen.',
          },
          source: 'software',
        },
        {
          kind: 'dwell',
          begins: 'dwell#',
          why: { en: 'How long objects lived that day.', de: 'Wie lange Objekte an dem Tag bestanden.' },
          source: 'software',
          retention: { until: 'days-after-writing', days: 30 },
        },
        {
          kind: 'parked',
          begins: 'parked#',
          why: {
            en: 'An event of the payment provider that could not be handled.',
            de: 'Ein Ereignis des Zahlungsanbieters, das nicht verarbeitet werden konnte.',
          },
          source: 'payment-provider',
          retention: { until: 'days-after-writing', days: 90 },
        },
      ],
      retention: { until: 'replaced' },
      readers: ['api', 'analyze', 'sweep', 'upkeep', 'on-call'],
      erasure: 'Holds nothing about a person.',
      regions: 'any',
      fields: [
        { name: 'item', why: 'Which fact this is.' },
        {
          name: 'at',
          why: 'When the sweep last reached its end, or last saw the whole bucket; or when a backup was restored.',
          moment: 'ms',
        },
        { name: 'oldestAgeMs', why: 'How old the oldest object was that it saw.' },
        { name: 'day', why: 'Of which day the deletion of what is due is.' },
        { name: 'steps', why: 'How many of its steps are done.' },
        { name: 'segments', why: 'In how many parts each table is gone through.' },
        {
          name: 'lived*',
          why: 'How many objects lived so long that day: counters only, of no person and no single scan.',
          retention: { until: 'days-after-writing', days: 30 },
        },
        {
          name: 'removeAfter',
          why: 'When the database removes a day’s counters, or an event that was set aside.',
          moment: 's',
          retention: { until: 'days-after-writing', days: 90 },
        },
        {
          name: 'eventType',
          why: 'What kind of event of the payment provider could not be handled; the event itself is not kept.',
          retention: { until: 'days-after-writing', days: 90 },
        },
        {
          name: 'firstAt',
          why: 'When it first came.',
          moment: 'ms',
          retention: { until: 'days-after-writing', days: 90 },
        },
        {
          name: 'attempts',
          why: 'How often it came.',
          retention: { until: 'days-after-writing', days: 90 },
        },
      ],
    },
  ],
});
