import type { ReadDocument } from '../../documents/document';
import { blocksOf, comparable } from '../../documents/markdown/parse';
import { readKeyValues } from '../../documents/markdown/parts';
import { holdsPlaceholder } from '../../documents/markdown/placeholders';
import type { Span } from '../../text/position';
import type { DocumentRule, RuleFinding } from '../rule';
import { quoted } from './document-severity';
import { companionOf, currentPlan } from './release-documents';

/** What people call the four strategies. */
const STRATEGIES: readonly (readonly [string, RegExp])[] = [
  ['blue-green switch', /\bblue ?green\b|\b(?:traffic|slot) (?:switch|swap)\b/],
  ['canary revert', /\bcanary\b/],
  [
    'database restore',
    /\b(?:database|db|backup|snapshot|point in time)\b.*\brestor|\brestor\w* (?:of |from )?(?:the |a )?(?:database|db|backup|snapshot)\b/,
  ],
  [
    'artifact redeployment',
    /\b(?:re ?deploy\w*|previous (?:artifact|version|image|release)|version before (?:back|again)|artifact|helm rollback|rollout undo)\b/,
  ],
];

/** The rollback runbook goes back in another way than the plan says. */
export const rule: DocumentRule = {
  id: 'rollback-strategy-differs',
  title: 'Plan and rollback runbook go back in different ways',
  severity: 'warn',
  why: 'Two ways back are none: in the night one person switches traffic while another deploys the version before.',
  subject: 'document',
  kinds: ['release-plan'],
  check: (document, facts): readonly RuleFinding[] => {
    if (currentPlan(facts)?.path !== document.path) return [];
    const runbook = companionOf(document, 'rollback-runbook', facts);
    const planned = strategyIn(document, 'rollback');
    const written = runbook ? strategyIn(runbook, 'strategy') : null;
    if (!runbook || !planned || !written) return [];
    if (planned.strategies.some((each) => written.strategies.includes(each))) return [];
    const [only, another] = written.strategies;
    return [
      {
        message: `The plan goes back by ${quoted(planned.text)}, and ${quoted(runbook.path)} by ${quoted(written.text)}: agree on one way, and write it into both`,
        path: document.path,
        span: planned.span,
        status: 'fail',
        evidence: [
          {
            message: 'As the rollback runbook has it',
            path: runbook.path,
            span: null,
            range: runbook.lines.rangeOf(written.span),
          },
        ],
        ...(only !== undefined && another === undefined
          ? {
              fix: {
                kind: 'proposed',
                title: `Take the way of the rollback runbook: ${only}`,
                edits: [{ path: document.path, edits: [{ span: planned.textSpan, text: only }] }],
              },
            }
          : {}),
      },
    ];
  },
};

/** The strategies that a document names, the one that it begins with first; null where it names none, or leaves it open. */
function strategyIn(
  document: ReadDocument,
  section: string,
): {
  readonly strategies: readonly string[];
  readonly text: string;
  readonly span: Span;
  readonly textSpan: Span;
} | null {
  const values = readKeyValues(blocksOf(document, section));
  const found = values.get('strategy') ?? values.get('rollback strategy');
  if (!found || found.value === '' || holdsPlaceholder(found.value)) return null;
  const name = comparable(found.value);
  const named = STRATEGIES.filter(
    ([strategy, words]) => comparable(strategy) === name || words.test(name),
  ).map(([strategy]) => strategy);
  if (named.length === 0) return null;
  const at = document.text.slice(found.span.start, found.span.end).lastIndexOf(found.value);
  const start = at < 0 ? found.span.start : found.span.start + at;
  return {
    strategies: named,
    text: found.value,
    span: found.span,
    textSpan: at < 0 ? found.span : { start, end: start + found.value.length },
  };
}
