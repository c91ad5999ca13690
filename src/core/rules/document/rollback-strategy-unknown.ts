import { blocksOf } from '../../documents/markdown/parse';
import { readKeyValues } from '../../documents/markdown/parts';
import { holdsPlaceholder } from '../../documents/markdown/placeholders';
import type { RollbackRunbook } from '../../documents/rollback-runbook/rollback-runbook';
import { rollbackRunbookKind } from '../../documents/rollback-runbook/rollback-runbook-kind';
import { ROLLBACK_STRATEGIES, type RollbackStrategy } from '../../evidence/platforms';
import { enumerated } from '../../text/words';
import type { DocumentRule, Fix, RuleFinding } from '../rule';
import { quoted } from './document-severity';

/** By which words people mean which strategy. */
const MEANS: readonly (readonly [RegExp, RollbackStrategy])[] = [
  [/blue.{0,3}green/i, 'blue-green switch'],
  [/\bcanary\b/i, 'canary revert'],
  [/re-?deploy/i, 'artifact redeployment'],
  [
    /(?:database|backup|snapshot|data).{0,20}restor|restor.{0,20}(?:database|backup|snapshot|data)/i,
    'database restore',
  ],
];

/** Words that come near to one of them, for the fix. */
const NEAR: readonly (readonly [RegExp, RollbackStrategy])[] = [
  [/switch|swap|traffic|slot|alias/i, 'blue-green switch'],
  [/share|percent|gradual/i, 'canary revert'],
  [/undo|revert|previous|version|image|artifact|revision|release|tag/i, 'artifact redeployment'],
  [/restore|backup|snapshot|point.in.time/i, 'database restore'],
];

/** The strategy of a rollback is none of the four that everybody knows what to do for. */
export const rule: DocumentRule = {
  id: 'rollback-strategy-unknown',
  title: 'The strategy of the rollback is none of the known ones',
  severity: 'warn',
  why: 'The strategy decides what is lost, how long it takes and what has to be kept for it; a word of its own leaves all three to be guessed.',
  subject: 'document',
  kinds: [rollbackRunbookKind.id],
  check: (document): readonly RuleFinding[] => {
    const written = (document.data as RollbackRunbook).strategy.name.trim();
    if (written === '' || holdsPlaceholder(written)) return [];
    if (MEANS.some(([pattern]) => pattern.test(written))) return [];
    const found = readKeyValues(blocksOf(document, 'strategy')).get('strategy');
    // A cell of a table is not ours to write.
    const bullet = found?.form === 'row' ? undefined : found;
    const fixTo = (strategy: RollbackStrategy): Fix => ({
      kind: 'proposed',
      title: `Call the strategy "${strategy}"`,
      edits: [
        {
          path: document.path,
          edits: bullet
            ? [
                {
                  span: bullet.span,
                  text: `${bullet.form === 'line' ? '' : '- '}**Strategy:** ${strategy}: ${escaped(written)}`,
                },
              ]
            : [],
        },
      ],
    });
    const near = NEAR.find(([pattern]) => pattern.test(written))?.[1];
    const others = ROLLBACK_STRATEGIES.filter((strategy) => strategy !== near).map(fixTo);
    return [
      {
        message: `The strategy ${quoted(written)} is none of ${enumerated(ROLLBACK_STRATEGIES, 'or')}: begin with the one that it is`,
        path: document.path,
        span: found?.span ?? document.sections.find(({ id }) => id === 'strategy')?.headingSpan ?? null,
        status: 'fail',
        ...(bullet && near ? { fix: fixTo(near) } : {}),
        ...(bullet ? { otherFixes: others } : {}),
      },
    ];
  },
};

function escaped(text: string): string {
  return text.replace(/[\\`*[\]<|~]/g, '\\$&');
}
