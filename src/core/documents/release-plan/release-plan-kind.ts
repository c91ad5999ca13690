import type { DocumentKind, ReadDocument, SectionShape } from '../document';
import { plainText } from '../markdown/write';
import { blocksOf, parseDocument } from '../markdown/parse';
import {
  readKeyValues,
  readList,
  readProse,
  readSteps,
  readTable,
  valueOf,
  type Columns,
} from '../markdown/parts';
import type { RunbookStep, Step } from '../markdown/steps';
import { markdownTemplate } from '../markdown/template';
import { announcementColumns, claimColumns, triggerColumns } from '../markdown/columns';
import { frontMatterText, isNamed } from '../markdown/fields';
import type { ChangeGroup, PlannedChange, ReleasePlan, RiskLevel } from './release-plan';
import source from './template.hbs';

const sections: readonly SectionShape[] = [
  {
    id: 'summary',
    title: 'Summary',
    isRequired: true,
    aliases: ['overview'],
    needs: 'what this release changes for its users',
  },
  {
    id: 'scope',
    title: 'Scope and risk',
    isRequired: true,
    aliases: ['scope', 'risk', 'scope and risk level'],
    needs: 'the risk level and why',
  },
  {
    id: 'changes',
    title: 'Changes',
    isRequired: true,
    aliases: ['change log', 'changelog', 'what changes'],
    needs: 'the commits of this release',
    holds: 'table',
  },
  {
    id: 'irreversible',
    title: 'Irreversible actions',
    isRequired: true,
    aliases: ['irreversible', 'what cannot be undone', 'irreversible changes'],
    needs: 'what going back does not undo',
    holds: 'table',
  },
  {
    id: 'risks',
    title: 'Risk register',
    isRequired: true,
    aliases: ['risks'],
    needs: 'each risk with likelihood, impact, mitigation and owner',
    holds: 'table',
  },
  {
    id: 'rollout',
    title: 'Rollout strategy',
    isRequired: true,
    aliases: ['rollout', 'strategy', 'deployment strategy'],
    needs: 'the rollout strategy and why',
  },
  {
    id: 'steps',
    title: 'Steps',
    isRequired: true,
    aliases: ['release steps', 'deployment steps', 'plan'],
    needs: 'the steps of the release with owner and command',
    holds: 'steps',
  },
  {
    id: 'rollback',
    title: 'Rollback plan',
    isRequired: true,
    aliases: ['rollback', 'roll back'],
    needs: 'how to go back, and the metric, comparison, threshold and window that say when',
    holds: 'steps-and-triggers',
  },
  {
    id: 'communication',
    title: 'Communication',
    isRequired: true,
    aliases: ['communication plan', 'announcements'],
    needs: 'who is told what, when',
    holds: 'table',
  },
  { id: 'claims', title: 'Told by a person', isRequired: false, aliases: ['inputs', 'told'], holds: 'table' },
  {
    id: 'open',
    title: 'Still to be decided',
    isRequired: false,
    aliases: ['open decisions', 'open questions', 'to be decided'],
    holds: 'list',
  },
];

const groups: readonly ChangeGroup[] = ['breaking', 'security', 'features', 'fixes', 'other'];
const levels: readonly RiskLevel[] = ['low', 'medium', 'high', 'critical', 'unknown'];

const changeColumns: Columns<'commit' | 'subject' | 'detail'> = {
  commit: ['commit', 'hash', 'sha'],
  subject: ['change', 'subject', 'description'],
  detail: ['detail', 'note', 'notes'],
};
const irreversibleColumns: Columns<'path' | 'line' | 'statement' | 'why' | 'compensation'> = {
  path: ['path', 'file'],
  line: ['line'],
  statement: ['statement', 'action'],
  why: ['why', 'reason'],
  compensation: ['compensation', 'compensating action', 'undo'],
};
const riskColumns: Columns<
  'signal' | 'likelihood' | 'impact' | 'blastRadius' | 'mitigation' | 'owner' | 'trigger'
> = {
  signal: ['signal', 'risk'],
  likelihood: ['likelihood', 'probability'],
  impact: ['impact', 'severity'],
  blastRadius: ['blast radius', 'reach'],
  mitigation: ['mitigation', 'countermeasure'],
  owner: ['owner', 'who'],
  trigger: ['trigger', 'sign'],
};

const write = markdownTemplate<ReleasePlan & Readonly<Record<ChangeGroup, readonly PlannedChange[]>>>(source);

/** The release plan, `docs/release/RELEASE_PLAN.md`. Changes are written by group, so that they are read in that order. */
export const releasePlanKind: DocumentKind<ReleasePlan> = {
  id: 'release-plan',
  title: 'Release plan',
  sections,
  recognises: (path, frontMatter) =>
    frontMatter['kind'] === 'release-plan' || /(?:^|\/)RELEASE_PLAN\.md$/.test(path),
  render: (plan) => {
    const byGroup = (group: ChangeGroup) => plan.changes.filter((change) => change.group === group);
    return write({
      ...plan,
      service: plainText(plan.service),
      version: plainText(plan.version),
      range: { base: plainText(plan.range.base), head: plainText(plan.range.head) },
      features: byGroup('features'),
      fixes: byGroup('fixes'),
      breaking: byGroup('breaking'),
      security: byGroup('security'),
      other: byGroup('other'),
    });
  },
  read: (path, text) => {
    const document = parseDocument(path, text, sections);
    return { ...document, kind: 'release-plan', data: readPlan(document) };
  },
};

function readPlan(document: Omit<ReadDocument, 'kind' | 'data'>): ReleasePlan {
  const scope = blocksOf(document, 'scope');
  const risk = readKeyValues(scope);
  const level = valueOf(risk, 'risk level', 'level', 'risk').toLowerCase();
  const rollout = readKeyValues(blocksOf(document, 'rollout'));
  const rollbackBlocks = blocksOf(document, 'rollback');
  const rollback = readKeyValues(rollbackBlocks);
  return {
    service: frontMatterText(document, 'service'),
    version: frontMatterText(document, 'version'),
    range: { base: frontMatterText(document, 'base'), head: frontMatterText(document, 'head') },
    summary: readProse(blocksOf(document, 'summary')),
    risk: {
      level: levels.find((other) => other === level) ?? 'unknown',
      why: valueOf(risk, 'why', 'reason'),
    },
    scope: readTable(scope, { area: ['area', 'what'], evidence: ['evidence', 'shown by'] }).map(
      ({ cells }) => cells,
    ),
    changes: readChanges(document),
    irreversible: readTable(blocksOf(document, 'irreversible'), irreversibleColumns).map(({ cells }) => ({
      ...cells,
      line: /^\d{1,9}$/.test(cells.line) ? Number(cells.line) : null,
    })),
    risks: readTable(blocksOf(document, 'risks'), riskColumns).map(({ cells }) => cells),
    rollout: { strategy: valueOf(rollout, 'strategy'), why: valueOf(rollout, 'why', 'reason') },
    steps: readSteps(blocksOf(document, 'steps')).map(({ step }) => withoutFailure(step)),
    rollback: {
      strategy: valueOf(rollback, 'strategy'),
      target: valueOf(rollback, 'target', 'target version'),
      steps: readSteps(rollbackBlocks).map(({ step }) => withoutFailure(step)),
      triggers: readTable(rollbackBlocks, triggerColumns).map(({ cells }) => cells),
    },
    communication: readTable(blocksOf(document, 'communication'), announcementColumns).map(
      ({ cells }) => cells,
    ),
    claims: readTable(blocksOf(document, 'claims'), claimColumns).map(({ cells }) => cells),
    openDecisions: readList(blocksOf(document, 'open')),
  };
}

/** Changes stand in one table per group, under a heading that names it. */
function readChanges(document: Omit<ReadDocument, 'kind' | 'data'>): PlannedChange[] {
  const found: PlannedChange[] = [];
  let group: ChangeGroup = 'other';
  for (const block of blocksOf(document, 'changes')) {
    if (block.type === 'heading') group = groups.find((other) => isNamed(block, other)) ?? 'other';
    else found.push(...readTable([block], changeColumns).map(({ cells }) => ({ group, ...cells })));
  }
  return found;
}

function withoutFailure({ title, owner, command, action, expected, durationMinutes }: RunbookStep): Step {
  return { title, owner, command, action, expected, durationMinutes };
}
