/**
 * What the readable export calls each field and each word of a closed list, in English and in German; a test holds it against
 * the policy and the lists. What it has no words for stands there as it is stored. Data; knows nothing of pages.
 */

/** English, then German. */
export type Said = readonly [en: string, de: string];

/** Names of fields, whatever item they are of. */
const fields: Readonly<Record<string, Said>> = {
  accountId: ['Number of your account', 'Nummer deines Kontos'],
  layout: ['Layout of this entry', 'Aufbau dieses Eintrags'],
  item: ['Which entry this is', 'Welcher Eintrag das ist'],
  state: ['State', 'Zustand'],
  email: ['E-mail address', 'E-Mail-Adresse'],
  language: ['Language', 'Sprache'],
  openedAt: ['Opened', 'Eröffnet'],
  policyVersion: ['Version of the policy that you accepted', 'Angenommene Fassung der Erklärung'],
  policyAcceptedAt: ['Policy accepted', 'Erklärung angenommen'],
  policyTakenAt: [
    'Run that told you of the policy, begun',
    'Lauf, der dir von der Erklärung schrieb, begonnen',
  ],
  policyTold: [
    'Version of the policy that you were told of',
    'Fassung der Erklärung, die dir mitgeteilt wurde',
  ],
  sessionsEndedAt: ['Signed out everywhere', 'Überall abgemeldet'],
  startedAt: ['Signed in', 'Angemeldet'],
  refreshedAt: ['Last used', 'Zuletzt benutzt'],
  expiresAt: ['Ends by itself', 'Endet von selbst'],
  generation: ['How often the sign-in was renewed', 'Wie oft die Anmeldung erneuert wurde'],
  adultAffirmedAt: ['Being of age affirmed', 'Volljährigkeit bestätigt'],
  ticketCount: ['Photos begun that day', 'An dem Tag begonnene Fotos'],
  scanId: ['Number of the scan', 'Nummer des Scans'],
  requestHash: ['Check value of the request', 'Prüfsumme der Anfrage'],
  createdAt: ['Made', 'Angelegt'],
  removeAfter: ['Removed after', 'Wird entfernt nach'],
  identity: ['Which entry this is', 'Welcher Eintrag das ist'],
  codeHash: ['Check value of the code', 'Prüfsumme des Codes'],
  addressHash: ['Check value of your address', 'Prüfsumme deiner Adresse'],
  codeIds: ['Codes of that day', 'Codes des Tages'],
  triesLeft: ['Wrong tries that are left', 'Verbleibende Fehlversuche'],
  usedAt: ['Used', 'Benutzt'],
  count: ['How often', 'Wie oft'],
  suppressedAt: ['Mail came back', 'Post kam zurück'],
  suppressedFor: ['Why', 'Warum'],
  issuedAt: ['Begun', 'Begonnen'],
  endedAt: ['Ended', 'Beendet'],
  name: ['Your name for it', 'Dein Name dafür'],
  band: ['Result', 'Ergebnis'],
  reason: ['Reason', 'Grund'],
  modelName: ['Software that looked', 'Software, die hinsah'],
  modelVersion: ['Its version', 'Ihre Version'],
  modelDigest: ['Its check value', 'Ihre Prüfsumme'],
  deletedAt: ['Photo deleted', 'Foto gelöscht'],
  msFromUpload: [
    'How long the photo existed, in milliseconds',
    'Wie lange es das Foto gab, in Millisekunden',
  ],
  paymentIntentId: ['Payment', 'Zahlung'],
  deadlineAt: ['Overdue from', 'Überfällig ab'],
  openShard: ['Mark of an open scan', 'Kennzeichen eines offenen Scans'],
  contentType: ['Kind of file', 'Art der Datei'],
  contentLength: ['Size of the file, in bytes', 'Größe der Datei, in Byte'],
  sha256: ['Check value of the file', 'Prüfsumme der Datei'],
  leaseId: ['Run that looks', 'Lauf, der hinsieht'],
  leaseUntil: ['It may until', 'Er darf bis'],
  etag: ['Storage’s mark of the file', 'Kennzeichen der Datei im Speicher'],
  sequencer: ['Order of arrival', 'Reihenfolge der Ankunft'],
  boughtAt: ['Bought', 'Gekauft'],
  scansTotal: ['Scans of the pack', 'Scans des Pakets'],
  scansUsed: ['Of them taken', 'Davon genommen'],
  scansCompleted: ['Of them with a result', 'Davon mit Ergebnis'],
  voidedAt: ['Blocked', 'Gesperrt'],
  voidReason: ['Why', 'Warum'],
  planId: ['Pack', 'Paket'],
  amount: ['Paid, in the smallest unit of the currency', 'Bezahlt, in der kleinsten Einheit der Währung'],
  currency: ['Currency', 'Währung'],
  amountRefunded: ['Sent back of it', 'Davon zurückgezahlt'],
  purpose: ['What for', 'Wofür'],
  version: ['Version of the text', 'Fassung des Textes'],
  granted: ['Agreed', 'Eingewilligt'],
  at: ['When', 'Wann'],
  kind: ['What you did', 'Was du getan hast'],
  text: ['Text', 'Text'],
  textVersion: ['Version of the text', 'Fassung des Textes'],
  textDigest: ['Check value of the text as it was shown', 'Prüfsumme des gezeigten Textes'],
  by: ['By which request', 'Durch welche Anfrage'],
  topic: ['About', 'Worum es geht'],
  contact: ['Where an answer is wanted', 'Wohin geantwortet werden soll'],
  answer: ['Our answer', 'Unsere Antwort'],
  answeredAt: ['Answered', 'Beantwortet'],
  survey: ['Survey', 'Umfrage'],
  surveyVersion: ['Version of the survey', 'Fassung der Umfrage'],
  answers: ['Your answers', 'Deine Antworten'],
  waiting: ['Still to be looked at', 'Noch anzusehen'],
  category: ['Who of the staff', 'Wer vom Team'],
  action: ['What was done', 'Was getan wurde'],
  refused: ['Refused, because', 'Abgelehnt, weil'],
};

const languages: Readonly<Record<string, Said>> = { en: ['English', 'Englisch'], de: ['German', 'Deutsch'] };

/** Words of closed lists, by table and field. */
const values: Readonly<Record<string, Readonly<Record<string, Said>>>> = {
  'accounts.state': {
    active: ['in use', 'in Benutzung'],
    suspended: ['suspended', 'gesperrt'],
    erasing: ['being deleted', 'wird gelöscht'],
  },
  'accounts.language': languages,
  'consents.language': languages,
  'identities.suppressedFor': {
    bounced: ['nobody is reached there', 'dort wird niemand erreicht'],
    complained: ['it was called unwanted', 'sie wurde als unerwünscht gemeldet'],
  },
  'scans.state': {
    issued: ['waits for a photo', 'wartet auf ein Foto'],
    claimed: ['is being looked at', 'wird angesehen'],
    completed: ['looked at', 'angesehen'],
    inconclusive: ['no answer', 'ohne Aussage'],
    rejected: ['the photo could not be used', 'das Foto war nicht brauchbar'],
    failed: ['went wrong', 'misslungen'],
    expired: ['no photo came', 'es kam kein Foto'],
    erased: ['deleted', 'gelöscht'],
  },
  'scans.band': {
    'no-clear-difference': ['no clear colour difference', 'kein deutlicher Farbunterschied'],
    'visible-difference': ['a visible colour difference', 'ein sichtbarer Farbunterschied'],
  },
  'scans.reason': {
    'too-dark': ['too dark to tell', 'zu dunkel für eine Aussage'],
    'too-bright': ['too bright to tell', 'zu hell für eine Aussage'],
    blurred: ['too blurred to tell', 'zu unscharf für eine Aussage'],
    'not-enough-skin': ['too little skin to tell', 'zu wenig Haut für eine Aussage'],
    'not-skin': ['it does not look like skin', 'es sieht nicht nach Haut aus'],
    contradictory: ['it can be read in two ways', 'es lässt sich auf zweierlei Weise lesen'],
    uncertain: ['it lies between the answers', 'es liegt zwischen den Antworten'],
    'not-evaluated': ['the software was not measured yet', 'die Software war noch nicht gemessen'],
    'model-error': ['the software gave no usable answer', 'die Software gab keine brauchbare Antwort'],
    'unsupported-format': ['no readable photo', 'kein lesbares Foto'],
    'corrupt-image': ['the file is damaged', 'die Datei ist beschädigt'],
    'too-many-pixels': ['the photo is too large', 'das Foto ist zu groß'],
    'too-small': ['the photo is too small', 'das Foto ist zu klein'],
    'animated-image': ['it moves', 'es bewegt sich'],
    'checksum-mismatch': ['it changed on the way', 'es hat sich unterwegs verändert'],
    'length-mismatch': ['it did not arrive whole', 'es kam nicht ganz an'],
    'not-analysed': ['not looked at in time', 'nicht rechtzeitig angesehen'],
    'image-gone': ['the photo was gone too early', 'das Foto war zu früh weg'],
    interrupted: ['interrupted', 'unterbrochen'],
    'deletion-unverified': [
      'the deletion could not be confirmed at once',
      'das Löschen ließ sich nicht sofort bestätigen',
    ],
  },
  'purchases.voidReason': {
    refunded: ['sent back', 'zurückgezahlt'],
    disputed: ['disputed', 'strittig'],
  },
  'purchases.planId': { 'pack-20': ['20 scans', '20 Scans'], 'pack-100': ['100 scans', '100 Scans'] },
  'consents.purpose': { 'image-processing': ['looking at a photo once', 'ein Foto einmal ansehen'] },
  'consents.kind': {
    'adulthood-affirmed': ['affirmed being of age', 'Volljährigkeit bestätigt'],
    'policy-accepted': ['accepted the policy', 'Erklärung angenommen'],
    'consent-given': ['agreed', 'eingewilligt'],
    'consent-withdrawn': ['withdrew', 'widerrufen'],
  },
  'consents.text': {
    adulthood: ['being of age', 'Volljährigkeit'],
    policy: ['the policy', 'die Erklärung'],
    'image-processing': ['looking at a photo once', 'ein Foto einmal ansehen'],
  },
  'communications.topic': {
    question: ['a question', 'eine Frage'],
    problem: ['a problem', 'ein Problem'],
    privacy: ['privacy', 'Datenschutz'],
    payment: ['a payment', 'eine Zahlung'],
    other: ['something else', 'etwas anderes'],
  },
  'communications.survey': { 'after-scan': ['How was it?', 'Wie war es?'] },
  'communications.answers': {
    clear: ['How clear the result was, from 1 to 5', 'Wie klar das Ergebnis war, von 1 bis 5'],
    better: ['What should be better', 'Was besser sein sollte'],
  },
  'communications.waiting': {
    yes: ['waits for an answer', 'wartet auf Antwort'],
    minor: ['waits for a decision', 'wartet auf eine Entscheidung'],
    feedback: ['is among the answers that are read', 'ist unter den Antworten, die gelesen werden'],
  },
  'audit.category': {
    support: ['support', 'Support'],
    billing: ['billing', 'Abrechnung'],
    product: ['product', 'Produkt'],
    'privacy-officer': ['privacy officer', 'Datenschutz'],
    'on-call': ['on call', 'Bereitschaft'],
  },
  'audit.action': {
    find: ['looked for your account', 'hat dein Konto gesucht'],
    account: ['looked at your account', 'hat dein Konto angesehen'],
    inbox: ['looked at messages that wait', 'hat wartende Nachrichten angesehen'],
    messages: ['read your messages', 'hat deine Nachrichten gelesen'],
    answer: ['answered your message', 'hat deine Nachricht beantwortet'],
    surveys: ['looked at who answered surveys', 'hat angesehen, wer Umfragen beantwortet hat'],
    feedback: ['read your answers to surveys', 'hat deine Antworten auf Umfragen gelesen'],
    reports: ['read security reports', 'hat Sicherheitsmeldungen gelesen'],
    transactions: ['looked at your purchases', 'hat deine Käufe angesehen'],
    refund: ['sent money back to you', 'hat dir Geld zurückgeschickt'],
    usage: ['looked at counts of use', 'hat Zählungen der Nutzung angesehen'],
    audit: ['looked at who looked', 'hat angesehen, wer hineingesehen hat'],
    minors: ['looked at reports about minors', 'hat Meldungen über Minderjährige angesehen'],
    minor: ['read a report about your account', 'hat eine Meldung über dein Konto gelesen'],
    'confirm-minor': ['confirmed a report about your account', 'hat eine Meldung über dein Konto bestätigt'],
    'reject-minor': [
      'rejected a report about your account',
      'hat eine Meldung über dein Konto zurückgewiesen',
    ],
    'authority-open': ['wrote down an authority’s request', 'hat die Anfrage einer Behörde aufgenommen'],
    'authority-list': ['looked at authorities’ requests', 'hat Anfragen von Behörden angesehen'],
    'authority-answer': ['answered an authority’s request', 'hat die Anfrage einer Behörde beantwortet'],
    'authority-refuse': ['refused an authority’s request', 'hat die Anfrage einer Behörde abgelehnt'],
    operations: ['looked at how the system runs', 'hat angesehen, wie das System läuft'],
  },
  'audit.reason': {
    'person-asked': ['you asked', 'du hast darum gebeten'],
    'message-waiting': ['a message waited for an answer', 'eine Nachricht wartete auf Antwort'],
    'payment-question': ['a question about a payment', 'eine Frage zu einer Zahlung'],
    'payment-dispute': ['a dispute about a payment', 'eine strittige Zahlung'],
    'minor-reported': [
      'somebody reported that the account is a minor’s',
      'jemand meldete, das Konto gehöre einer minderjährigen Person',
    ],
    'security-reported': ['somebody reported a security problem', 'jemand meldete ein Sicherheitsproblem'],
    'authority-request': [
      'an authority asked, and a lawyer looked at it',
      'eine Behörde fragte, und die Rechtsberatung prüfte es',
    ],
    'regular-audit': ['the regular audit', 'die regelmäßige Prüfung'],
    'feedback-review': [
      'reading what people answered to a survey',
      'eine Durchsicht der Antworten auf Umfragen',
    ],
    'product-review': ['a review of the product', 'eine Durchsicht des Produkts'],
    incident: ['something was broken', 'etwas war kaputt'],
    'own-words': [
      'written down in our own words, from before there was a list of reasons',
      'in eigenen Worten vermerkt, aus der Zeit vor der Liste der Gründe',
    ],
  },
};

/** What a field is called; undefined for one that this knows nothing of. */
export function fieldSaid(name: string): Said | undefined {
  return wordOf(fields, name);
}

/** What a value says, where it is a word of a closed list. */
export function valueSaid(table: string, field: string, value: string): Said | undefined {
  const list = values[`${table}.${field}`];
  return list === undefined ? undefined : wordOf(list, value);
}

/** Of its own: what a person wrote may be the name of something that every object has. */
function wordOf(list: Readonly<Record<string, Said>>, word: string): Said | undefined {
  return Object.entries(list).find(([name]) => name === word)?.[1];
}
