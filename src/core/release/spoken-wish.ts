/** What a person may mean by a message that asks for something only a person can start. */
export type SpokenWish = 'release' | 'roll-back' | 'abort';

/** How a message asks: as an order for the thing itself, or with its words amid something else. */
export interface HeardWish {
  readonly wish: SpokenWish;
  /** The whole message is the order: there is nothing else to answer. */
  readonly isOrder: boolean;
}

const POLITE =
  /^(?:(?:please|ok|okay|now|so|let'?s|let us|can you|could you|go ahead and|i want to|we want to)[\s,]+)*/i;

/** What a release may be of and go to: `2.4.0`, `orders v2.4 to production`, `it`, `this to prod now`. */
const OBJECT =
  '(?:\\s+(?:it|this|that|now|please|the|release|version|to|on|in|prod|production|staging|live|v?\\d[\\w.+-]*|[a-z][\\w-]*(?=\\s+v?\\d)))*';

const ORDERS: readonly (readonly [SpokenWish, RegExp])[] = [
  [
    'abort',
    new RegExp(`^(?:abort|cancel|stop)(?:\\s+(?:the|this))?\\s+(?:release|deployment|deploy)${OBJECT}$`, 'i'),
  ],
  ['roll-back', new RegExp(`^(?:roll\\s?back|rollback|revert\\s+the\\s+release)${OBJECT}$`, 'i')],
  [
    'release',
    new RegExp(
      `^(?:release|ship|go\\s+live|roll\\s?out|deploy\\s+(?:it\\s+|this\\s+)?to|promote\\s+(?:it\\s+|this\\s+)?to|deploy|promote)${OBJECT}$`,
      'i',
    ),
  ],
];

/** The words amid other ones. `release` alone is in too many questions to mean the deed. */
const MENTIONS: readonly (readonly [SpokenWish, RegExp])[] = [
  ['abort', /\b(?:abort|cancel|stop)\s+(?:the|this)\s+(?:release|deployment)\b/i],
  ['roll-back', /\b(?:roll|rolling)\s?back\s+(?:now|production|prod|staging|the\s+release)\b/i],
  [
    'release',
    /\b(?:ship\s+it|go\s+live|(?:deploy|release|ship|promote)\s+(?:[\w.]+\s+)?to\s+(?:prod|production|staging)|promote\s+to\s+\w+)\b/i,
  ],
];

/**
 * Whether a message asks for a release, a rollback or an abort: then a face offers the button, and a person presses it.
 * Nothing is started by words. Null for questions and wishes about documents, which only share the words.
 */
export function heardWish(message: string): HeardWish | null {
  const text = message.trim().replace(/[\s.!?]+$/, '');
  const bare = text.replace(POLITE, '');
  const order = ORDERS.find(([, pattern]) => pattern.test(bare));
  if (order) return { wish: order[0], isOrder: true };
  const mention = MENTIONS.find(([, pattern]) => pattern.test(text));
  return mention ? { wish: mention[0], isOrder: false } : null;
}
