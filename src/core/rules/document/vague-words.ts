/**
 * Words that stand where a number belongs: data, so that a language is a line. Each is matched as whole words, whatever
 * its case; longer ones first. Left out on purpose: words that are vague only by what follows ("low", "about").
 */
export const VAGUE_WORDS: readonly string[] = [
  // English
  ...[
    'looks normal',
    'look normal',
    'looks good',
    'look good',
    'looks fine',
    'look fine',
    'looks ok',
    'looks okay',
  ],
  ...[
    'looks healthy',
    'look healthy',
    'looks reasonable',
    'seems fine',
    'seems ok',
    'seems normal',
    'seems healthy',
  ],
  ...['is normal', 'are normal', 'is fine', 'are fine', 'is ok', 'are ok', 'is okay', 'all good', 'all fine'],
  ...['should be fine', 'should be ok', 'should be okay', 'should be good', 'should work'],
  ...[
    'back to normal',
    'within normal range',
    'within normal limits',
    'normal levels',
    'normal range',
    'as normal',
  ],
  ...['as expected', 'as usual', 'as needed', 'as required', 'as necessary', 'as appropriate', 'when needed'],
  ...['when necessary', 'when required', 'if and when needed', 'on demand'],
  ...['soon', 'as soon as possible', 'asap', 'shortly', 'in a timely manner', 'in due course', 'in due time'],
  ...[
    'regularly',
    'periodically',
    'occasionally',
    'frequently',
    'from time to time',
    'every now and then',
    'often',
  ],
  ...[
    'a while',
    'some time',
    'a moment',
    'a few seconds',
    'a few minutes',
    'a few hours',
    'a few days',
    'a few weeks',
  ],
  ...[
    'several seconds',
    'several minutes',
    'several hours',
    'several days',
    'a couple of minutes',
    'a couple of hours',
  ],
  ...['quickly', 'fast enough', 'reasonably fast', 'acceptable', 'reasonable', 'adequate', 'sufficiently'],
  // German
  ...['sieht gut aus', 'sieht normal aus', 'sehen gut aus', 'sehen normal aus', 'ist normal', 'sind normal'],
  ...['in ordnung', 'alles gut', 'sollte passen', 'im rahmen', 'im normalen bereich', 'im grünen bereich'],
  ...['wie erwartet', 'wie üblich', 'wie gewohnt', 'bei bedarf', 'nach bedarf', 'falls nötig'],
  ...[
    'bald',
    'in kürze',
    'demnächst',
    'zeitnah',
    'so bald wie möglich',
    'so schnell wie möglich',
    'schnellstmöglich',
  ],
  ...['regelmäßig', 'gelegentlich', 'ab und zu', 'von zeit zu zeit', 'häufig', 'eine weile', 'einige zeit'],
  ...[
    'ein paar sekunden',
    'ein paar minuten',
    'ein paar stunden',
    'einige sekunden',
    'einige minuten',
    'einige stunden',
  ],
  ...['akzeptabel', 'ausreichend', 'angemessen'],
  // French
  ...[
    'semble normal',
    'semble correct',
    'semble bon',
    'est normal',
    'est normale',
    'sont normaux',
    'tout va bien',
  ],
  ...['comme prévu', "comme d'habitude", 'comme d’habitude', 'au besoin', 'si besoin', 'selon les besoins'],
  ...['bientôt', 'prochainement', 'sous peu', 'dès que possible', 'régulièrement', 'périodiquement'],
  ...[
    'de temps en temps',
    'souvent',
    'un moment',
    'un certain temps',
    'quelques secondes',
    'quelques minutes',
  ],
  ...['quelques heures', 'rapidement', 'acceptable', 'raisonnable', 'suffisamment'],
  // Spanish
  ...['parece normal', 'parece bien', 'parece correcto', 'es normal', 'son normales', 'todo bien'],
  ...['como se espera', 'como siempre', 'según sea necesario', 'cuando sea necesario', 'según se necesite'],
  ...['pronto', 'en breve', 'lo antes posible', 'regularmente', 'periódicamente', 'de vez en cuando'],
  ...[
    'con frecuencia',
    'un rato',
    'unos segundos',
    'unos minutos',
    'unas horas',
    'algunos minutos',
    'algunas horas',
  ],
  ...['rápidamente', 'aceptable', 'razonable', 'adecuado'],
  // Portuguese
  ...[
    'parece normal',
    'parece bom',
    'é normal',
    'são normais',
    'tudo bem',
    'como esperado',
    'como de costume',
  ],
  ...['conforme necessário', 'quando necessário', 'em breve', 'o mais rápido possível', 'regularmente'],
  ...[
    'periodicamente',
    'de vez em quando',
    'com frequência',
    'algum tempo',
    'alguns segundos',
    'alguns minutos',
  ],
  ...['algumas horas', 'rapidamente', 'aceitável', 'razoável', 'adequado'],
];

/** What holds such a word and is a condition that can be seen: "as soon as the queue is empty". */
export const CONDITIONS: readonly string[] = [
  ...['as soon as', 'as often as', 'as quickly as', 'no sooner than', 'sobald', 'so häufig wie', 'dès que'],
  ...['aussi souvent que', 'tan pronto como', 'assim que', 'acceptable range', 'not acceptable'],
];

/** Before it in the same sentence, the word is what is not meant: "never 'looks normal'". */
export const NEGATIONS: readonly string[] = [
  ...[
    'not',
    'never',
    'no longer',
    "don't",
    "doesn't",
    "isn't",
    "aren't",
    'instead of',
    'rather than',
    'without',
  ],
  ...['nicht', 'nie', 'niemals', 'kein', 'keine', 'statt', 'ohne'],
  ...['pas', 'jamais', 'plutôt que', 'sans', 'au lieu de'],
  ...['nunca', 'en vez de', 'en lugar de', 'não', 'em vez de', 'sem', 'sin'],
];

/** Columns and labels whose value is a number with its unit, whatever the section; by the words that kinds know. */
export const MEASURED: readonly string[] = [
  ...['expected', 'expected outcome', 'expected result', 'outcome', 'baseline', 'good', 'healthy', 'normal'],
  ...[
    'cadence',
    'frequency',
    'interval',
    'how often',
    'rotation',
    'rotation interval',
    'window',
    'time window',
  ],
  ...['deploy window', 'change window', 'watch window', 'threshold', 'limit', 'duration'],
  ...[
    'estimated duration',
    'total duration',
    'rollback deadline',
    'recovery time',
    'recovery time objective',
    'rto',
  ],
  ...['response time', 'result', 'measured', 'next update', 'expected resolution', 'trigger'],
];
