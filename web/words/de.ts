/** German. Not yet read by a speaker; the app says so where it is chosen. */
import type { Words } from './catalogue.ts';

export const de: Words = {
  language: { code: 'de', name: 'Deutsch', dir: 'ltr', reviewed: false },
  unreviewed:
    'Diese Übersetzung hat noch niemand gegengelesen, der die Sprache spricht. Es gilt der englische Text.',
  brand: 'Calmara',
  skip: 'Zum Inhalt',
  back: 'Zurück',
  close: 'Schließen',
  cancel: 'Abbrechen',
  save: 'Speichern',
  tryAgain: 'Noch einmal versuchen',
  loading: 'Einen Moment',
  nav: { label: 'Haupt', look: 'Ansehen', history: 'Verlauf', account: 'Konto', privacy: 'Datenschutz' },

  welcome: {
    title: 'Ein Foto, ein Blick, dann ist es weg.',
    lead: 'Nimm ein Foto von Haut aus der Nähe auf. Eine Software sieht es einmal an und sagt dir eine ehrliche Sache über seine Farben. Dann wird das Foto gelöscht, und du siehst, wann.',
    what: 'Was mit deinem Foto geschieht',
    steps: [
      {
        title: 'Auf deinem Gerät verkleinert',
        text: 'Ort, Zeit und Kameradaten sind entfernt, bevor ein Byte dein Gerät verlässt.',
      },
      {
        title: 'Einmal angesehen',
        text: 'Von Software, im Arbeitsspeicher. Kein Mensch kann es öffnen, und nichts wird daraus gelernt.',
      },
      {
        title: 'Gelöscht und nachgeprüft',
        text: 'Nach etwa einer Sekunde. Dir bleibt ein Satz und der Moment, in dem dein Foto weg war.',
      },
    ],
    identity: 'Sende kein Foto, auf dem man dich erkennt: kein Gesicht, keinen Namen, keine Tätowierung.',
    honest:
      'Das beschreibt ein Foto. Es ist keine Diagnose, kein Test auf eine Krankheit und ersetzt keine ärztliche Beratung.',
    begin: 'Anfangen',
    more: 'Lies, was wir versprechen',
    adults: (age) => `Für Erwachsene ab ${age}.`,
    price: (price, photos) =>
      `Ab ${price} für ${photos} Fotos, einmal bezahlt. Ein Foto ohne Ergebnis kostet nichts.`,
  },

  look: {
    title: 'Bereit, wenn du es bist',
    lead: 'Ein Foto von Haut aus der Nähe, bei Tageslicht, aus etwa einer Handbreit Abstand.',
    take: 'Foto aufnehmen',
    choose: 'Foto auswählen',
    drop: 'oder hier ablegen',
    tipsTitle: 'Ein gutes Foto',
    tips: ['Tageslicht, kein Blitz', 'Haut füllt das Bild', 'Worum es geht, ist in der Mitte'],
    identity: 'Kein Gesicht, kein Name, nichts, woran man dich erkennt.',
    last: 'Zuletzt',
    first: {
      title: 'Zuerst ein paar Scans',
      lead: 'Jedes Foto, das ein Ergebnis bekommt, verbraucht einen. Wähle, wie viele du haben möchtest.',
    },
    noneLeft: {
      title: 'Keine Scans mehr',
      lead: 'Jeder Scan, den du gekauft hast, ist verbraucht. Mit ein paar neuen geht es weiter.',
    },
    paused:
      'Uploads ruhen: Der Prozess, der für das Löschen bürgt, hat sich nicht gemeldet. Versuch es in einer Minute noch einmal.',
  },

  preparing: { title: 'Wird verkleinert', text: 'Auf deinem Gerät. Noch wird nichts gesendet.' },

  unreadable: {
    title: 'Diese Datei lässt sich nicht als Foto lesen',
    text: 'Nimm ein Foto mit der Kamera auf, oder wähle ein JPEG, PNG, WebP, AVIF oder HEIC. Gesendet wurde nichts.',
    damaged:
      'Die Datei ist beschädigt oder größer, als dieses Gerät öffnen kann. Nimm das Foto neu auf, oder wähle ein anderes. Gesendet wurde nichts.',
    tooLarge:
      'Sie ist größer als 10 MB, und dieser Browser kann sie nicht verkleinern. Gesendet wurde nichts.',
    noMemory:
      'Der Speicher deines Geräts reicht für dieses Foto nicht. Schließe andere Apps, oder wähle ein kleineres. Gesendet wurde nichts.',
  },

  original: {
    title: 'Dieser Browser kann so ein Foto nicht öffnen',
    text: (format) =>
      `Es ist ein Foto im Format ${format}. Wir können es senden, wie es ist. Dann geht aber mit, was darin steht: der Ort der Aufnahme, die Zeit und die Kamera, sofern dein Telefon sie vermerkt hat.`,
    server: 'Das wird nur im Arbeitsspeicher gelesen, nicht behalten und mit dem Foto gelöscht.',
    send: 'Original senden',
  },

  ready: {
    title: 'Ist es im Rahmen?',
    lead: 'Angesehen wird nur die Mitte dieses Quadrats.',
    frame: 'Dein Foto mit einem Rahmen um die Mitte, die angesehen wird',
    checklist: 'Prüfliste',
    send: 'Senden, für einen Blick',
    sendAnyway: 'Trotzdem senden',
    anyway: 'Es wird wohl ohne Ergebnis bleiben. Das kostet nichts.',
    take: 'Neu aufnehmen',
    choose: 'Anderes auswählen',
    costs: (left) => `Verbraucht einen deiner ${left} Scans, und keinen, wenn es kein Ergebnis gibt.`,
    stripped: (size) => `${size}, ohne Ort, Zeit und Kameradaten`,
    checks: {
      size: { good: 'Groß genug' },
      light: { good: 'Genug Licht' },
      sharp: { good: 'Scharf' },
      skin: { good: 'Haut füllt das Bild' },
      centred: { good: 'Im Rahmen? Entscheide du.' },
    },
    problems: {
      'too-small': 'Zu klein. Wähle das Original, kein Vorschaubild.',
      'too-dark': 'Zu dunkel. Geh ans Fenster, aus deinem eigenen Schatten.',
      'too-bright': 'Zu hell. Kein Blitz, keine direkte Sonne.',
      blurred: 'Unscharf. Halte still und tippe zum Scharfstellen auf die Haut.',
      'not-enough-skin': 'Zu wenig Haut. Geh näher heran.',
      'not-skin': 'Das sieht nicht nach Haut aus.',
    },
    passes: 'in Ordnung',
    fails: 'nicht gut genug',
    yours: 'das entscheidest du',
  },

  sending: {
    title: 'Wird gesendet',
    text: 'Verschlüsselt, geradewegs in einen Speicher, den nur die Auswertung lesen kann.',
    local: 'Geradewegs in den Speicher dieses Rechners.',
    percent: (percent) => `${percent} %`,
    slow: 'Deine Verbindung ist langsam. Kommt das Foto nicht binnen einer Minute an, kostet es nichts, und du kannst es noch einmal senden.',
    stop: 'Anhalten',
  },
  looking: {
    title: 'Wird angesehen',
    text: 'Einmal, etwa eine Sekunde lang. In diesem Moment wird das Foto gelöscht.',
    long: 'Das dauert länger als sonst. Du kannst diese Seite verlassen: Das Ergebnis steht dann im Verlauf, und das Foto wird in jedem Fall gelöscht.',
  },

  result: {
    pageTitle: 'Ergebnis',
    deleted: (time, after) => `Dein Foto wurde um ${time} gelöscht, ${after} nach seiner Ankunft.`,
    deletedSoon:
      'Dein Foto wird binnen fünf Minuten gelöscht; das Löschen ließ sich nicht sofort bestätigen.',
    neverArrived: 'Es kam kein Foto an, also gab es nichts zu löschen.',
    seconds: (seconds) => `${seconds} s`,
    evidence: 'Den Beleg zeigen',
    evidenceList: {
      deletedAt: 'Gelöscht am',
      checked: 'Nachgeprüft',
      checkedText: 'Danach wurde der Speicher nach dem Foto gefragt. Seine Antwort: Es gibt keines.',
      lived: 'Es bestand',
      model: 'Angesehen von',
      digest: 'Fingerabdruck der Software',
      kept: 'Was bleibt',
      keptText: 'Dieser Satz, die Zeiten auf dieser Seite und der Name, den du vergibst. Nichts vom Foto.',
      id: 'Nummer dieses Scans',
    },
    lifetimes: (half, all, count) =>
      `Von den letzten ${count} Fotos war die Hälfte nach ${half} weg und alle nach ${all}.`,
    bound: (minutes) =>
      `Das Versprechen: Kein Foto besteht länger als ${minutes} Minuten, was auch ausfällt.`,
    meansNot: 'Was das nicht heißt',
    next: 'Was du jetzt tun kannst',
    another: 'Noch ein Foto ansehen',
    toHistory: 'Zum Verlauf',
    charged: 'Das hat einen Scan deines Pakets verbraucht.',
    notCharged: 'Es wurde nichts berechnet.',
    gone: {
      title: 'Dieses Ergebnis gibt es nicht',
      text: 'Vielleicht wurde es gelöscht. Ergebnisse sieht nur das Konto, für das sie gemacht wurden.',
    },
  },

  bands: {
    'no-clear-difference': {
      title: 'Kein deutlicher Farbunterschied',
      means: 'In der Mitte dieses Fotos hebt sich keine Stelle farblich von der Haut ringsum ab.',
      meansNot:
        'Es heißt nicht, dass deine Haut gesund ist. Vieles, worauf es ankommt, hat keine Farbe oder keine, die ein Foto zeigt.',
    },
    'visible-difference': {
      title: 'Ein Farbunterschied ist sichtbar',
      means: 'In der Mitte dieses Fotos unterscheidet sich eine Stelle farblich von der Haut ringsum.',
      meansNot:
        'Es heißt nicht, dass etwas nicht stimmt. Sommersprossen, ein Kratzer, ein Schatten oder eine warme Dusche können das auch bewirken.',
    },
  },
  unknownBand: {
    title: 'Es wurde angesehen',
    meansNot: 'Es ist keine Diagnose und kein Test auf eine Krankheit.',
  },
  advice:
    'Frag bei jeder Frage zu deiner Haut eine Ärztin oder einen Arzt, was immer ein Foto zeigt. Dieser Rat ist bei jedem Ergebnis derselbe.',

  reasons: {
    'too-dark': {
      title: 'Zu dunkel für eine Aussage',
      text: 'In dem Foto ist zu wenig Licht.',
      next: 'Nimm es noch einmal am Fenster auf, bei Tageslicht, außerhalb deines eigenen Schattens.',
    },
    'too-bright': {
      title: 'Zu hell für eine Aussage',
      text: 'Teile des Fotos sind vom Licht ausgebleicht.',
      next: 'Nimm es noch einmal ohne Blitz und ohne direkte Sonne auf.',
    },
    blurred: {
      title: 'Zu unscharf für eine Aussage',
      text: 'Das Foto ist nicht scharf.',
      next: 'Stütze den Arm auf, tippe zum Scharfstellen auf die Haut und nimm es noch einmal auf.',
    },
    'not-enough-skin': {
      title: 'Zu wenig Haut für eine Aussage',
      text: 'Zu viel von dem Foto ist etwas anderes als Haut.',
      next: 'Geh näher heran, bis Haut das Bild füllt.',
    },
    'not-skin': {
      title: 'Das sieht nicht nach Haut aus',
      text: 'Die Software kennt nur Haut aus der Nähe.',
      next: 'Nimm aus der Nähe ein Foto auf, das nur Haut zeigt.',
    },
    contradictory: {
      title: 'Es lässt sich zweierlei lesen',
      text: 'Zwei Arten hinzusehen waren sich nicht einig, darum wird über dieses Foto nichts gesagt.',
      next: 'Nimm ein anderes auf, näher und bei Tageslicht.',
    },
    'not-evaluated': {
      title: 'Noch nicht freigegeben',
      text: 'Die Analyse wurde noch nicht an Fotos gemessen, darum wird über dieses nichts gesagt.',
      next: 'Komm später wieder. Am Foto liegt es nicht.',
    },
    uncertain: {
      title: 'Nicht deutlich genug',
      text: 'Das Foto liegt zwischen den Antworten, und zu raten wäre nicht ehrlich.',
      next: 'Nimm ein anderes auf, näher und bei Tageslicht.',
    },
    'model-error': {
      title: 'Es ließ sich nicht ansehen',
      text: 'Die Software gab zu diesem Foto keine brauchbare Antwort.',
      next: 'Sende es noch einmal, oder nimm ein anderes auf.',
    },
    'unsupported-format': {
      title: 'Das ist kein lesbares Foto',
      text: 'Es ist kein JPEG, PNG, WebP, HEIC oder AVIF, wie immer es heißt.',
      next: 'Nimm ein Foto mit der Kamera auf, oder wähle eine andere Datei.',
    },
    'corrupt-image': {
      title: 'Die Datei ist beschädigt',
      text: 'Ein Teil des Fotos fehlt oder ist kaputt.',
      next: 'Nimm ein anderes Foto auf.',
    },
    'too-many-pixels': {
      title: 'Das Foto ist zu groß',
      text: 'Höchstens 50 Megapixel können angesehen werden, als HEIC oder AVIF 25.',
      next: 'Wähle eine kleinere Fassung.',
    },
    'too-small': {
      title: 'Das Foto ist zu klein',
      text: 'Es hat zu wenige Pixel, um etwas zu sehen.',
      next: 'Wähle das Original, kein Vorschaubild und keines aus einem Chat.',
    },
    'animated-image': {
      title: 'Das bewegt sich',
      text: 'Eine Animation hat kein einzelnes Bild, das man ansehen könnte.',
      next: 'Wähle ein stehendes Foto.',
    },
    'checksum-mismatch': {
      title: 'Es hat sich unterwegs verändert',
      text: 'Was ankam, ist nicht, was dein Gerät gesendet hat. Es wurde ungelesen gelöscht.',
      next: 'Sende es noch einmal.',
    },
    'length-mismatch': {
      title: 'Es kam nicht ganz an',
      text: 'Was ankam, ist länger oder kürzer als das, was dein Gerät gesendet hat. Es wurde ungelesen gelöscht.',
      next: 'Sende es noch einmal.',
    },
    'not-analysed': {
      title: 'Nicht rechtzeitig angesehen',
      text: 'Das Foto kam an, wurde nicht rechtzeitig angesehen und gelöscht.',
      next: 'Sende es noch einmal.',
    },
    'image-gone': {
      title: 'Es war zu früh weg',
      text: 'Das Foto wurde gelöscht, bevor es angesehen werden konnte.',
      next: 'Sende es noch einmal.',
    },
    interrupted: {
      title: 'Der Blick wurde unterbrochen',
      text: 'Die Software hielt mittendrin an. Das Foto wurde gelöscht.',
      next: 'Sende es noch einmal.',
    },
    'deletion-unverified': {
      title: 'Kein Ergebnis, zur Sicherheit',
      text: 'Das Löschen deines Fotos ließ sich nicht sofort bestätigen, und ohne das gibt es kein Ergebnis.',
      next: 'Sende es etwas später noch einmal.',
    },
  },
  expired: {
    title: 'Kein Foto kam rechtzeitig an',
    text: 'Ein Platz für ein Foto wird eine Minute freigehalten, und es kam keines.',
    next: 'Beginne mit dem Foto von vorn.',
  },
  noReason: {
    title: 'Kein Ergebnis',
    text: 'Dieser Scan endete ohne Ergebnis.',
    next: 'Sende das Foto noch einmal.',
  },

  history: {
    title: 'Verlauf',
    lead: 'Was gesagt wurde, und wann. Die Fotos sind weg.',
    empty: 'Noch nichts da',
    emptyText: 'Nach deinem ersten Foto steht hier sein Satz. Das Foto nicht.',
    first: 'Ein Foto ansehen',
    older: 'Ältere zeigen',
    rename: (what) => `${what} umbenennen`,
    remove: (what) => `${what} löschen`,
    nameLabel: 'Name',
    nameHint: 'Nur für dich. Bis zu 60 Zeichen; lieber keine Namen von Menschen.',
    nameRefused: 'Dieser Name geht nicht. Bis zu 60 Zeichen, keine unsichtbaren.',
    removeTitle: 'Dieses Ergebnis löschen?',
    removeText: 'Es wird endgültig gelöscht. Dein Paket bekommt dafür keinen Scan zurück.',
    removeConfirm: 'Löschen',
    removed: 'Gelöscht.',
    renamed: 'Umbenannt.',
    open: 'Unterwegs',
  },

  signIn: {
    title: 'Anmelden per E-Mail',
    lead: 'Kein Passwort. Wir senden dir einen Code; beim ersten Mal öffnet er dein Konto.',
    email: 'E-Mail-Adresse',
    emailHint: 'Eine Adresse, die die echte verbirgt, ist willkommen.',
    send: 'Code senden',
    codeTitle: 'Sieh in deine Mail',
    codeLead: (email) => `Wir haben einen Code an ${email} gesendet. Er gilt zehn Minuten und einmal.`,
    code: 'Code aus der Mail',
    check: 'Anmelden',
    again: 'Einen neuen Code senden',
    otherAddress: 'Eine andere Adresse nehmen',
    sentAgain: 'Ein neuer Code ist unterwegs.',
    outbox: 'Dieses System läuft auf deinem eigenen Rechner: Seine Mail liegt',
    outboxLink: 'im Postausgang',
    interrupted:
      'Du wurdest abgemeldet. Dein Foto ist noch hier, auf deinem Gerät: Melde dich an und mach weiter, wo du warst.',
    refusedCode:
      'Dieser Code gilt nicht: vertippt, benutzt oder älter als zehn Minuten. Lass dir einen neuen senden.',
    refusedAddress: 'An diese Adresse kommt keine Mail. Bitte prüfe sie.',
    tooOften: (minutes) => `Das war zu oft. Versuch es in ${minutes} Minuten noch einmal.`,
  },

  join: {
    step: (at, of) => `Schritt ${at} von ${of}`,
    adulthood: {
      title: (age) => `Bist du ${age} oder älter?`,
      lead: 'Das hier ist nur für Erwachsene. Wenn du jünger bist, hör bitte hier auf.',
      yes: (age) => `Ja, ich bin ${age} oder älter`,
      no: 'Nein',
    },
    policy: {
      title: 'Was wir versprechen',
      lead: 'Das Wichtigste in Kürze. Alles andere ist einen Tipp entfernt und bleibt es.',
      read: 'Alles lesen',
      accept: (version) => `Ich nehme Fassung ${version} an`,
    },
    consent: {
      lead: 'Deine eigene Entscheidung. Du kannst sie jederzeit widerrufen, und nichts anderes hängt daran.',
      agree: 'Ich willige ein',
      notNow: 'Jetzt nicht',
    },
    stopped: {
      title: 'Dann ist das hier noch nichts für dich',
      text: 'Über dein Alter wurde nichts festgehalten. Du kannst dich abmelden oder das Konto löschen, das deine Adresse eben geöffnet hat.',
    },
    without: {
      title: 'Ohne das kein Foto',
      text: 'Ohne deine Einwilligung darf niemand dein Foto ansehen. Du kannst einwilligen, wann immer du willst.',
      back: 'Noch einmal lesen',
    },
  },

  buy: {
    buy: 'Kaufen',
    buyPack: (pack, price) => `${pack} für ${price} kaufen`,
    each: (price) => `${price} je Foto`,
    opening: 'Die Bezahlseite wird geöffnet',
    go: 'Scans kaufen',
    terms: [
      'Einmal bezahlt. Kein Abo, nichts verlängert sich.',
      'Ein Foto ohne Ergebnis kostet nichts.',
      'Du bezahlst auf der Seite von Stripe. Deine Karte kommt nicht in unsere Nähe.',
    ],
    photoGoes:
      'Zum Bezahlen verlässt du diese Seite, und dein Foto geht mit ihr, denn nichts davon wird aufbewahrt. Du nimmst oder wählst es danach noch einmal.',
  },
  purchases: {
    title: 'Scans und Käufe',
    left: (count) => (count === 1 ? 'Scan übrig' : 'Scans übrig'),
    leftOf: (count) => (count === 1 ? '1 Scan übrig' : `${count} Scans übrig`),
    more: 'Mehr Scans',
    bought: 'Was du gekauft hast',
    none: 'Noch nichts.',
    pack: (scans) => `${scans} Scans`,
    units: (left, used) => `${left} übrig, ${used} verbraucht`,
    refunded: (amount, scans) => `${amount} gingen an dich zurück; ${scans} Scans bleiben dir.`,
    voided: {
      refunded: (date) =>
        `Am ${date} ging alles an dich zurück. Was noch übrig war, lässt sich nicht mehr verwenden.`,
      disputed: (date) =>
        `Am ${date} hat deine Bank das Geld zurückgefordert. Was noch übrig war, lässt sich nicht mehr verwenden.`,
    },
    receipt: 'Beleg',
    receiptOf: (pack, date) => `Beleg für ${pack} vom ${date}, in einem neuen Tab`,
  },
  checkout: {
    asking: { title: 'Willkommen zurück', text: 'Stripe wird gefragt, was aus deiner Zahlung geworden ist.' },
    confirming: {
      title: 'Bezahlt',
      text: 'Deine Scans werden gutgeschrieben. Das dauert ein, zwei Sekunden.',
    },
    there: { title: 'Bezahlt, und deine Scans sind da', text: 'Der Beleg ist unten, bei deinem Kauf.' },
    pending: {
      title: 'Deine Bank schickt das Geld noch',
      text: 'Das kann Tage dauern. Du musst nichts mehr tun: Deine Scans erscheinen hier, sobald es da ist.',
    },
    refused: {
      title: 'Die Zahlung kam nicht zustande',
      text: 'Deine Bank hat kein Geld geschickt, und berechnet wurde nichts. Du kannst es noch einmal oder auf anderem Weg versuchen.',
    },
    cancelled: {
      title: 'Gekauft wurde nichts',
      text: 'Du bist ohne zu bezahlen gegangen, und berechnet wurde nichts.',
    },
    long: 'Das dauert länger als üblich. Du kannst diese Seite verlassen: Deine Scans erscheinen von selbst.',
    use: 'Ein Foto ansehen',
  },

  data: {
    title: 'Deine Daten',
    lead: 'Alles, was wir über dich haben, kannst du sehen, mitnehmen und löschen.',
    download: {
      title: 'Herunterladen',
      text: 'Alles, mit dem Zweck, der Herkunft und der Dauer der Aufbewahrung. Die Datei entsteht auf deinem Gerät.',
      html: 'Seite zum Lesen',
      json: 'Datei für Programme',
      busy: (items) => `Wird gesammelt: bisher ${items}.`,
      done: 'Deine Datei ist fertig.',
      fileName: 'calmara-meine-daten',
    },
    access: {
      title: 'Wer deine Daten angesehen hat',
      lead: 'Jedes Mal, wenn ein Mensch aus unserem Team etwas von dir ansieht, wird das vorher aufgeschrieben.',
      nobody: 'Niemand hat hineingesehen.',
      older: 'Ältere zeigen',
      because: (reason) => `Grund: ${reason}.`,
      about: (classes) => `Betrifft: ${classes}.`,
      categories: {
        support: 'Support',
        billing: 'Abrechnung',
        product: 'Produkt',
        'privacy-officer': 'Datenschutz',
        'on-call': 'Bereitschaft',
        unlisted: 'Eine Rolle, die es nicht mehr gibt',
      },
      reasons: {
        'person-asked': 'du hast darum gebeten',
        'message-waiting': 'eine Nachricht wartete auf Antwort',
        'payment-question': 'eine Frage zu einer Zahlung',
        'payment-dispute': 'eine strittige Zahlung',
        'minor-reported': 'jemand meldete, das Konto gehöre einer minderjährigen Person',
        'security-reported': 'jemand meldete ein Sicherheitsproblem',
        'authority-request': 'eine Behörde fragte, und die Rechtsberatung prüfte es',
        'regular-audit': 'die regelmäßige Prüfung',
        'feedback-review': 'eine Durchsicht der Antworten auf Umfragen',
        'product-review': 'eine Durchsicht des Produkts',
        incident: 'etwas war kaputt',
        'own-words': 'in eigenen Worten vermerkt, aus der Zeit vor der Liste der Gründe',
      },
      actions: {
        find: 'Hat dein Konto gesucht',
        account: 'Hat dein Konto angesehen',
        inbox: 'Hat wartende Nachrichten angesehen',
        messages: 'Hat deine Nachrichten gelesen',
        answer: 'Hat deine Nachricht beantwortet',
        surveys: 'Hat angesehen, wer Umfragen beantwortet hat',
        feedback: 'Hat deine Antworten auf Umfragen gelesen',
        reports: 'Hat Sicherheitsmeldungen gelesen',
        transactions: 'Hat deine Käufe angesehen',
        refund: 'Hat dir Geld zurückgeschickt',
        usage: 'Hat Zählungen der Nutzung angesehen',
        audit: 'Hat angesehen, wer hineingesehen hat',
        minors: 'Hat Meldungen über Minderjährige angesehen',
        minor: 'Hat eine Meldung über dein Konto gelesen',
        'confirm-minor': 'Hat eine Meldung über dein Konto bestätigt',
        'reject-minor': 'Hat eine Meldung über dein Konto zurückgewiesen',
        'authority-open': 'Hat die Anfrage einer Behörde aufgenommen',
        'authority-list': 'Hat Anfragen von Behörden angesehen',
        'authority-answer': 'Hat die Anfrage einer Behörde beantwortet',
        'authority-refuse': 'Hat die Anfrage einer Behörde abgelehnt',
        operations: 'Hat angesehen, wie das System läuft',
        unlisted: 'Hat etwas getan, das heute niemand mehr verlangen kann',
      },
      classes: {
        personal: 'dein Konto',
        health: 'deine Ergebnisse',
        transactions: 'deine Käufe',
        evidence: 'deine Einwilligungen, und wer hineingesehen hat',
        communications: 'deine Nachrichten',
        erasure: 'eine Löschung',
        usage: 'Zählungen der Nutzung',
        operations: 'das System',
      },
    },
    remove: {
      title: 'Löschen',
      again: 'In einer Viertelstunde wird noch einmal danach gesucht.',
      follow: 'Sieh nach, ob es weg ist',
      history: {
        title: 'Deinen Verlauf löschen',
        text: 'Jedes bisherige Ergebnis mit Namen und Zeitpunkten, endgültig. Dein Paket bekommt dafür keinen Scan zurück; dein Konto bleibt.',
        go: 'Verlauf löschen',
        confirm: 'Alles davon löschen',
        done: 'Dein Verlauf ist gelöscht.',
      },
      messages: {
        title: 'Deine Nachrichten löschen',
        text: 'Jede bisherige Nachricht und Antwort auf eine Umfrage, endgültig, mit unseren Antworten. Dein Konto bleibt.',
        go: 'Nachrichten löschen',
        confirm: 'Alle löschen',
        done: 'Deine Nachrichten sind gelöscht.',
      },
      account: {
        title: 'Dein Konto löschen',
        text: 'Das Konto und alles, was daran hängt. Die nächste Seite sagt offen, was wegfällt.',
        go: 'Was wegfällt',
      },
    },
    goodbye: {
      title: 'Dein Konto löschen',
      lead: 'Es wirkt sofort und lässt sich nicht rückgängig machen, auch nicht von uns.',
      goes: {
        title: 'Was verschwindet',
        items: [
          'Deine Adresse, dein Konto und jede Anmeldung auf jedem Gerät',
          'Dein Verlauf. Die Fotos sind schon weg',
          'Worin du eingewilligt hast, und wann',
          'Deine Nachrichten und Rückmeldungen, mit unseren Antworten',
          'Was wir von deinen Käufen wissen',
        ],
        scans: (left) =>
          left === 0
            ? 'Scans, die noch nicht verbraucht sind. Geld gibt es dafür nicht zurück'
            : `${left} unverbrauchte Scans. Geld gibt es dafür nicht zurück`,
      },
      stays: {
        title: 'Was bleibt, und warum',
        items: [
          'Bei Stripe die Zahlungen, so lange das Gesetz es verlangt',
          'Eine zufällige Marke, dass ein Konto gelöscht wurde, damit nichts davon je wiederkommt. Sie führt nicht zu dir',
        ],
      },
      when: 'Sobald du bestätigst, kann sich niemand mehr anmelden. Alles wird innerhalb von Minuten gelöscht, und nach einer Viertelstunde wird noch einmal danach gesucht. Eine Seite sagt dir dann, dass es weg ist.',
      first: 'Lade zuerst deine Daten herunter',
      go: 'Mein Konto löschen',
      busy: 'Wird gelöscht',
      askTitle: 'Alles löschen, endgültig?',
      askText:
        'Dein Konto, dein Verlauf und deine unverbrauchten Scans sind dann weg. Es gibt keinen Weg zurück.',
      confirm: 'Alles löschen',
    },
  },
  gone: {
    failed: 'Zu dieser Löschung',
    erasing: {
      title: 'Es wird gelöscht',
      text: 'Was du löschen lässt, kann niemand mehr verwenden. Es wird aus jeder Tabelle entfernt, und nach einer Viertelstunde wird noch einmal danach gesucht.',
      asked: (date) => `Du hast am ${date} darum gebeten.`,
      keep: 'Diese Seite sagt, wann es weg ist. Du kannst sie schließen und über ihre Adresse wiederkommen, die sonst niemand hat:',
    },
    done: {
      title: 'Es ist weg',
      text: 'Alles, was du löschen lassen wolltest, wurde gelöscht und dann noch einmal gesucht; gefunden wurde nichts.',
    },
    home: 'Zum Anfang',
  },

  account: {
    title: 'Konto',
    signedInAs: 'Angemeldet als',
    since: (date) => `seit ${date}`,
    language: 'Sprache',
    privacy: 'Was wir versprechen',
    consents: 'Wozu du eingewilligt hast',
    sessions: 'Wo du angemeldet bist',
    messages: 'Nachrichten und Rückmeldung',
    signOut: 'Abmelden',
    photo: 'Deine Fotos',
    photoText: 'Es gibt keine. Jedes wurde gleich nach dem Blick gelöscht.',
  },

  consents: {
    title: 'Wozu du eingewilligt hast',
    lead: 'Jedes ist deine eigene Entscheidung, und jedes lässt sich widerrufen.',
    given: (date) => `Eingewilligt am ${date}.`,
    notGiven: 'Dazu hast du nicht eingewilligt.',
    withdrawnAt: (date) => `Widerrufen am ${date}.`,
    withdraw: 'Widerrufen',
    withdrawTitle: 'Einwilligung widerrufen?',
    withdrawText:
      'Ab jetzt kann kein Foto gesendet werden. Ein Foto, das unterwegs ist, wird ungelesen gelöscht und nicht berechnet. Dein Verlauf bleibt, bis du ihn löschst.',
    withdrawConfirm: 'Widerrufen',
    withdrawn: 'Widerrufen.',
    agreed: 'Danke. Festgehalten.',
    agree: 'Ich willige ein',
    evidence: 'Was du getan hast, und wann',
    acts: {
      'adulthood-affirmed': 'Du hast bestätigt, erwachsen zu sein',
      'policy-accepted': 'Du hast die Bedingungen angenommen',
      'consent-given': 'Du hast eingewilligt',
      'consent-withdrawn': 'Du hast widerrufen',
    },
    actVersion: (version) => `Fassung ${version}`,
  },

  sessions: {
    title: 'Wo du angemeldet bist',
    lead: 'Eine Anmeldung endet von selbst, wenn sie einen Monat nicht benutzt wird.',
    here: 'Diese hier',
    began: (date) => `Angemeldet am ${date}`,
    used: (date) => `Zuletzt benutzt ${date}`,
    end: 'Dort abmelden',
    endOf: (date) => `Die vom ${date} abmelden`,
    ended: 'Dort abgemeldet.',
    everywhere: 'Überall abmelden',
    everywhereTitle: 'Überall abmelden?',
    everywhereText: 'Jedes Gerät ist sofort abgemeldet, auch dieses.',
  },

  messages: {
    title: 'Nachrichten und Rückmeldung',
    lead: 'Schreib an Menschen. Sie sehen, was du hier schreibst, und nie ein Foto.',
    topic: 'Worum geht es?',
    topics: {
      question: 'Eine Frage',
      problem: 'Ein Problem',
      privacy: 'Datenschutz',
      payment: 'Bezahlung',
      other: 'Etwas anderes',
    },
    text: 'Deine Nachricht',
    textHint: (most) => `Bis zu ${most} Zeichen. Bitte nichts über deine Gesundheit.`,
    send: 'Senden',
    sent: 'Gesendet. Die Antwort kommt per Mail und steht dann hier.',
    refused: 'Dieser Text lässt sich nicht senden: leer, zu lang oder mit unsichtbaren Zeichen.',
    yours: 'Deine Nachrichten',
    none: 'Noch keine.',
    answer: 'Antwort',
    waiting: 'Noch nicht beantwortet',
    remove: (date) => `Nachricht vom ${date} löschen`,
    removeTitle: 'Diese Nachricht löschen?',
    removeText: 'Sie wird endgültig gelöscht, mit ihrer Antwort.',
    removeConfirm: 'Löschen',
    removed: 'Gelöscht.',
    yourAnswers: 'Deine Antworten',
    removeAnswers: (date) => `Antworten vom ${date} löschen`,
    removeAnswersTitle: 'Diese Antworten löschen?',
    removeAnswersText: 'Sie werden endgültig gelöscht.',
    thanks: 'Danke.',
    rating: (value) => `${value} von 5`,
    sendFeedback: 'Rückmeldung senden',
  },

  report: {
    title: 'Eine Schwachstelle oder ein Konto Minderjähriger melden',
    lead: 'Das dürfen alle, auch ohne Konto. Wir fragen nichts über dich.',
    kind: 'Worum geht es?',
    kinds: {
      security: () => 'Eine Schwachstelle dieses Dienstes',
      minor: (age) => `Das Konto einer Person unter ${age}`,
    },
    minorHint:
      'Gibt es ein solches Konto, wird es sofort gesperrt, und seine Fotos werden gelöscht. Über das Weitere entscheiden Menschen.',
    email: 'E-Mail-Adresse dieses Kontos',
    text: 'Was hast du gesehen?',
    textOptional: 'Was hast du gesehen? (freiwillig)',
    contact: 'Wo wir dir antworten können (freiwillig)',
    contactHint: 'Das sieht nur, wer die Meldung liest.',
    send: 'Meldung senden',
    sent: 'Danke. Deine Meldung ist angekommen.',
    refused:
      'Das lässt sich nicht senden: Die Adresse ist keine, oder ein Text ist leer, zu lang oder enthält verborgene Zeichen.',
    another: 'Noch etwas melden',
  },

  policyChanged: {
    text: (version) => `Was wir versprechen, hat sich geändert: Fassung ${version}.`,
    show: 'Sieh, was sich geändert hat',
  },

  privacy: {
    title: 'Was wir versprechen',
    version: (version, date) => `Fassung ${version}, in Kraft seit ${date}.`,
    photo: 'Dein Foto',
    photoItems: [
      'Es wird einmal angesehen, von Software, und im selben Programmlauf gelöscht.',
      'Kein Foto besteht länger als fünf Minuten, was auch ausfällt.',
      'Kein Mensch kann es öffnen. Nichts wird daraus gelernt. Nichts davon wird behalten.',
      'Es wird auf deinem Gerät verkleinert, und Ort, Zeit und Kameradaten werden dort entfernt.',
    ],
    consents: 'Wozu du einwilligst',
    limits: 'Grenzen',
    limitsText: (perDay) => `Höchstens ${perDay} Fotos am Tag.`,
    adults: (age) => `Nur für Erwachsene ab ${age}.`,
    model: 'Die Software, die ansieht',
    modelText: (name, version) =>
      `${name}, Fassung ${version}. Sie kann eines davon sagen und nichts anderes:`,
    now: 'Wie es gerade ist',
    kept: {
      title: 'Was aufbewahrt wird, und warum',
      readBy: (readers) => `Lesen können es: ${readers}, und sonst niemand.`,
      ends: {
        'account-closed': () => 'Bis du dein Konto löschst',
        'person-deletes-it-or-account-closed': () => 'Bis du es löschst, oder dein Konto',
        'session-ends': () => 'Bis du dich abmeldest oder die Anmeldung von selbst endet',
        'days-after-writing': (days) => (days === 1 ? 'Einen Tag lang' : `${days} Tage lang`),
        'days-after-ending': (days) => `Bis ${days} Tage nach seinem Ende`,
        'scan-ends': () => 'Bis der Scan endet, Minuten später',
        replaced: () => 'Bis der nächste Wert es ersetzt',
        'identifies-no-one': () => 'Ohne Ende: Es bezeichnet niemanden',
      },
      readers: {
        person: 'du',
        api: 'das Programm, das dir antwortet',
        analyze: 'das Programm, das Fotos ansieht',
        sweep: 'das Programm, das Übriges löscht',
        upkeep: 'das Programm, das Fälliges löscht',
        support: 'der Support aus einem genannten Grund',
        billing: 'die Abrechnung aus einem genannten Grund',
        'privacy-officer': 'der Datenschutz',
        product: 'das Produktteam als Zahlen ab zehn',
        'on-call': 'die Technik',
      },
    },
    providers: 'Wer sonst etwas bekommt',
    neverSold: 'Deine Daten werden nie verkauft und nie für Werbung verwendet.',
    versions: 'Fassungen',
    accepted: (version, date) => `Du hast Fassung ${version} am ${date} angenommen.`,
    contacts: 'Wer antwortet',
    device: 'Auf deinem Gerät',
    deviceText:
      'Diese App behält auf deinem Gerät kein Foto, kein Ergebnis und keinen Namen. Sie verfolgt dich nicht und spricht mit keinem Dritten.',
  },

  offline: {
    banner: 'Du bist offline. Nichts geht verloren, und nichts wird berechnet.',
    back: 'Du bist wieder online.',
  },
  trouble: {
    photoKept: 'Dein Foto ist noch hier, auf deinem Gerät. Du kannst es noch einmal senden.',
    nothingLost: 'Es wurde nichts berechnet.',
    reference: (reference) => `Wenn du uns schreibst, nenne ${reference}.`,
    start: 'Von vorn beginnen',
  },
  errors: {
    'invalid-request': {
      title: 'Die App hat etwas Falsches gesendet',
      text: 'Lade die Seite neu und versuch es noch einmal.',
    },
    unauthenticated: { title: 'Du wurdest abgemeldet', text: 'Melde dich an und mach weiter, wo du warst.' },
    'no-scans-left': { title: 'Keine Scans mehr', text: 'Jeder Scan deines Pakets ist verbraucht.' },
    'account-inactive': { title: 'Dieses Konto ist gesperrt', text: 'Schreib uns, wenn das ein Irrtum ist.' },
    'adults-only': {
      title: 'Nur für Erwachsene',
      text: 'Bestätige vor dem ersten Foto, dass du alt genug bist.',
    },
    'consent-required': {
      title: 'Erst braucht es deine Einwilligung',
      text: 'Ohne sie darf kein Foto angesehen werden.',
    },
    'cross-site': {
      title: 'Eine andere Seite ist dazwischen',
      text: 'Öffne die App unter ihrer eigenen Adresse und versuch es noch einmal.',
    },
    'policy-changed': {
      title: 'Was wir versprechen, hat sich geändert',
      text: 'Lies es vor dem nächsten Foto und nimm es an.',
    },
    'session-not-found': {
      title: 'Diese Anmeldung ist schon vorbei',
      text: 'Es gibt nichts mehr zu beenden.',
    },
    'payments-unavailable': {
      title: 'Gerade kann nichts gekauft werden',
      text: 'Die Bezahlung ist nicht erreichbar. Es wurde nichts abgebucht; versuch es in ein paar Minuten noch einmal.',
    },
    'plan-not-found': {
      title: 'Dieses Paket gibt es nicht mehr',
      text: 'Das Paket wird nicht mehr verkauft. Lade die Seite neu und wähle ein anderes.',
    },
    'purchase-not-found': {
      title: 'Kein solcher Kauf',
      text: 'Er ist nicht unter deinen Käufen.',
    },
    'receipt-not-found': {
      title: 'Noch kein Beleg',
      text: 'Der Bezahldienst hat für diesen Kauf noch keinen Beleg.',
    },
    'signature-refused': {
      title: 'Das war nicht für die App',
      text: 'Eine Nachricht des Bezahldienstes wurde abgelehnt. Du musst nichts tun.',
    },
    'feedback-not-found': { title: 'Diese Antwort gibt es nicht', text: 'Vielleicht wurde sie gelöscht.' },
    'message-not-found': { title: 'Diese Nachricht gibt es nicht', text: 'Vielleicht wurde sie gelöscht.' },
    'erasure-not-found': {
      title: 'Diese Löschung gibt es nicht',
      text: 'Vielleicht ist die Adresse vertippt, oder die Löschung ist länger als 90 Tage her.',
    },
    'purpose-not-found': {
      title: 'Danach wird nicht mehr gefragt',
      text: 'Lade die Seite neu, um zu sehen, wonach.',
    },
    'survey-not-found': { title: 'Diese Umfrage ist vorbei', text: 'Lade die Seite neu.' },
    'text-changed': {
      title: 'Der Text ist jetzt ein anderer',
      text: 'Es wurde nichts festgehalten. Lade die Seite neu und lies den jetzigen Text.',
    },
    'code-refused': {
      title: 'Dieser Code gilt nicht',
      text: 'Er ist vertippt, benutzt oder älter als zehn Minuten. Lass dir einen neuen senden.',
    },
    'too-many-attempts': { title: 'Zu oft', text: 'Warte ein wenig und versuch es dann noch einmal.' },
    'scan-not-found': { title: 'Dieses Ergebnis gibt es nicht', text: 'Vielleicht wurde es gelöscht.' },
    'not-found': { title: 'Hier ist nichts', text: 'Vielleicht ist die Adresse vertippt oder alt.' },
    'method-not-allowed': {
      title: 'Die App hat etwas Falsches gesendet',
      text: 'Lade die Seite neu und versuch es noch einmal.',
    },
    'idempotency-key-reused': {
      title: 'Dieses Foto wurde schon gesendet',
      text: 'Beginne mit dem Foto von vorn.',
    },
    'scan-gone': { title: 'Dieser Scan wurde gelöscht', text: 'Beginne mit dem Foto von vorn.' },
    'request-too-large': {
      title: 'Die App hat etwas Falsches gesendet',
      text: 'Lade die Seite neu und versuch es noch einmal.',
    },
    'unsupported-media-type': {
      title: 'Die App hat etwas Falsches gesendet',
      text: 'Lade die Seite neu und versuch es noch einmal.',
    },
    'too-many-bytes': { title: 'Das Foto ist zu groß', text: 'Ein Foto darf höchstens 10 MB haben.' },
    'unsupported-content-type': {
      title: 'Diese Art von Foto geht nicht',
      text: 'Wähle ein JPEG, PNG, WebP, HEIC oder AVIF.',
    },
    'too-many-scans': {
      title: 'Genug für heute',
      text: 'Die Grenze des Tages ist erreicht. Komm morgen wieder.',
    },
    internal: { title: 'Bei uns ist etwas kaputtgegangen', text: 'Versuch es gleich noch einmal.' },
    'cleaner-not-alive': {
      title: 'Uploads ruhen',
      text: 'Der Prozess, der für das Löschen bürgt, hat sich nicht gemeldet, darum wird kein Foto angenommen. Versuch es in einer Minute noch einmal.',
    },
    busy: { title: 'Gerade zu viel los', text: 'Versuch es gleich noch einmal.' },
    network: { title: 'Keine Verbindung', text: 'Die App hat uns nicht erreicht. Prüfe deine Verbindung.' },
    timeout: {
      title: 'Keine Antwort in der Zeit',
      text: 'Wenn das Foto ankam, steht sein Ergebnis bald im Verlauf. Gelöscht wird es in jedem Fall.',
    },
    'upload-expired': {
      title: 'Es hat zu lange gedauert',
      text: 'Ein Platz für ein Foto wird eine Minute freigehalten, und bis dahin war es nicht da.',
    },
    'upload-refused': {
      title: 'Der Speicher nahm das Foto nicht',
      text: 'Es war nicht, was angekündigt war.',
    },
    'unexpected-answer': {
      title: 'Etwas anderes hat geantwortet',
      text: 'Vielleicht ist die Anmeldeseite eines Netzes dazwischen. Öffne irgendeine Webseite und versuch es dann noch einmal.',
    },
  },
  notFound: {
    title: 'Hier ist nichts',
    text: 'Vielleicht ist die Adresse vertippt oder alt.',
    home: 'Zum Anfang',
  },
};
