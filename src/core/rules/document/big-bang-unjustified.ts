import type { ListItem } from 'mdast';
import type { ReadDocument } from '../../documents/document';
import { blocksOf, comparable, shownText, spanOf } from '../../documents/markdown/parse';
import { markdownTable } from '../../documents/markdown/write';
import type { CanaryStep, ReleasePlan } from '../../documents/release-plan/release-plan';
import { placeholder } from '../../evidence/fact';
import { CANARY_STAGES } from '../../risk/canary';
import { isAnswered } from '../../risk/compensations';
import { lineBreakOf, type TextEdit } from '../../text/edit';
import type { DocumentRule, Fix, RuleFinding } from '../rule';
import { quoted, severityIn } from './document-severity';

/** Everything at once without a reason in writing, or a high risk that neither a canary nor a flag holds back. */
export const rule: DocumentRule = {
  id: 'big-bang-unjustified',
  title: 'A release reaches everybody at once without a reason',
  severity: 'block',
  why: 'What reaches few users first hurts few; a release to all at once is an exception, and whoever makes it writes down why.',
  subject: 'document',
  kinds: ['release-plan'],
  check: (document): readonly RuleFinding[] => {
    const heading = document.sections.find(({ id }) => id === 'rollout')?.headingSpan;
    if (!heading || document.problems.length > 0) return [];
    const plan = document.data as ReleasePlan;
    const { strategy, why } = plan.rollout;
    const isRisky = plan.risk.level === 'high' || plan.risk.level === 'critical';
    const found = (message: string, status: RuleFinding['status']): readonly RuleFinding[] => [
      {
        message,
        path: document.path,
        span: itemOf(document, 'strategy') ? spanOf(itemOf(document, 'strategy') as ListItem) : heading,
        status,
        severity: severityIn(document, 'block'),
        fix: makeCanary(document, plan),
      },
    ];
    if (isRisky && !hasShares(plan) && !plan.flags.some(({ flag }) => isAnswered(flag))) {
      const isStillOpen = plan.flags.length > 0 || !isAnswered(strategy);
      return found(
        `The risk is ${quoted(plan.risk.level)} and the rollout ${quoted(strategy)}, and neither canary steps nor a named feature flag hold it back: plan shares of the users, or name the flag and its cohorts`,
        isStillOpen ? 'unknown' : 'fail',
      );
    }
    if (isAllAtOnce(strategy) && !isAnswered(why)) {
      return found(
        `The plan releases ${quoted(strategy)} without a reason in writing: write why no part of the users can have it first, or roll out in steps`,
        'fail',
      );
    }
    return [];
  },
};

function isAllAtOnce(strategy: string): boolean {
  return /^(?:all at once|big bang|everything at once)\b/.test(comparable(strategy));
}

/** A canary is one that has a share before all. */
function hasShares({ rollout }: ReleasePlan): boolean {
  return (
    /^canary\b/.test(comparable(rollout.strategy)) &&
    rollout.canary.some(({ share }) => isAnswered(share) && !/^\s*(?:100\s*%|all|everybody)/i.test(share))
  );
}

/** Shares with their times as the engine has them, each with the command that is needed. */
function makeCanary(document: ReadDocument, plan: ReleasePlan): Fix {
  const lineBreak = lineBreakOf(document.text);
  const edits: TextEdit[] = [];
  const isCanary = /^canary\b/.test(comparable(plan.rollout.strategy));
  const strategy = itemOf(document, 'strategy');
  const why = itemOf(document, 'why');
  const blocks = blocksOf(document, 'rollout');
  const list = blocks.find((block) => block.type === 'list');
  if (!isCanary) {
    if (strategy) edits.push({ span: spanOf(strategy), text: '- **Strategy:** canary' });
    if (why) edits.push({ span: spanOf(why), text: `- **Why:** ${placeholder('reason for the canary')}` });
  }
  const table = markdownTable(
    ['Share', 'Duration', 'Check', 'Abort when', 'Command'],
    CANARY_STAGES.map(({ percent, minutes }): CanaryStep => ({
      share: `${percent} %`,
      duration: `${minutes} min`,
      check: 'the metrics under “Rollback plan”',
      abort: 'a trigger of “Rollback plan” is met',
      command: placeholder(`command that gives ${percent} % the new version`),
    })).map(({ share, duration, check, abort, command }) => [share, duration, check, abort, command]),
  ).replace(/\n/g, lineBreak);
  const title = blocks.findIndex(
    (block) => block.type === 'heading' && comparable(shownText(block)) === 'canary steps',
  );
  const heading = blocks[title];
  const below = blocks[title + 1];
  if (heading && below && (below.type === 'table' || shownText(below) === 'None.')) {
    edits.push({ span: spanOf(below), text: table });
  } else {
    const last = heading ?? list ?? blocks.at(-1);
    const section = document.sections.find(({ id }) => id === 'rollout');
    const offset = last ? spanOf(last).end : (section?.headingSpan.end ?? document.text.length);
    const lead = !isCanary && !strategy ? `${lineBreak}${lineBreak}- **Strategy:** canary` : '';
    edits.push({
      span: { start: offset, end: offset },
      text: `${lead}${heading ? '' : `${lineBreak}${lineBreak}### Canary steps`}${lineBreak}${lineBreak}${table}`,
    });
  }
  return {
    kind: 'proposed',
    title: 'Roll out in canary steps',
    edits: [{ path: document.path, edits }],
  };
}

/** The bullet `- **Key:** value` of the section. */
function itemOf(document: ReadDocument, key: string): ListItem | null {
  for (const block of blocksOf(document, 'rollout')) {
    if (block.type !== 'list') continue;
    const item = block.children.find((each) => comparable(shownText(each).split(':', 1)[0] ?? '') === key);
    if (item) return item;
  }
  return null;
}
