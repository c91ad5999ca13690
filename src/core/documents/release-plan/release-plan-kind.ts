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
    id: 'components',
    title: 'Components',
    isRequired: false,
    aliases: ['parts', 'components with owners'],
    holds: 'table',
  },
  {
    id: 'changes',
    title: 'Changes',
    isRequired: true,
    aliases: ['change log', 'changelog', 'what changes'],
    needs: 'the commits of this release',
    holds: 'table',
    isQuoted: true,
  },
  {
    id: 'irreversible',
    title: 'Irreversible actions',
    isRequired: true,
    aliases: ['irreversible', 'what cannot be undone', 'irreversible changes'],
    needs: 'what going back does not undo',
    holds: 'table',
    isQuoted: true,
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
    id: 'flags',
    title: 'Feature flags',
    isRequired: false,
    aliases: ['flags', 'feature flag plan', 'feature toggles'],
    holds: 'table',
  },
  {
    id: 'steps',
    title: 'Steps',
    isRequired: true,
    aliases: ['release steps', 'deployment steps', 'plan'],
    needs: 'the steps of the release with owner and command',
    holds: 'steps',
    isEssential: true,
    isTimed: true,
  },
  {
    id: 'rollback',
    title: 'Rollback plan',
    isRequired: true,
    aliases: ['rollback', 'roll back'],
    needs: 'how to go back, and the metric, comparison, threshold and window that say when',
    holds: 'steps-and-triggers',
    isEssential: true,
  },
  {
    id: 'communication',
    title: 'Communication',
    isRequired: true,
    aliases: ['communication plan', 'announcements'],
    needs: 'who is told what, when',
    holds: 'table',
  },
  {
    id: 'overrides',
    title: 'Overrides in force',
    isRequired: false,
    aliases: ['overrides'],
    holds: 'table',
  },
  {
    id: 'claims',
    title: 'Told by a person',
    isRequired: false,
    aliases: ['inputs', 'told'],
    holds: 'table',
    isQuoted: true,
  },
  {
    id: 'open',
    title: 'Still to be decided',
    isRequired: false,
    aliases: ['open decisions', 'open questions', 'to be decided'],
    holds: 'list',
  },
];

const groups: readonly ChangeGroup[] = ['breaking', 'security', 'features', 'fixes', 'other', 'unclassified'];
const levels: readonly RiskLevel[] = ['low', 'medium', 'high', 'critical', 'unknown'];

const componentColumns: Columns<'component' | 'files' | 'commits' | 'owners'> = {
  component: ['component', 'part'],
  files: ['files', 'changed files'],
  commits: ['commits', 'changes'],
  owners: ['owners', 'owner'],
};
const changeColumns: Columns<'commit' | 'subject' | 'component' | 'detail'> = {
  commit: ['commit', 'hash', 'sha'],
  subject: ['change', 'subject', 'description'],
  component: ['component', 'part'],
  detail: ['detail', 'note', 'notes'],
};
/** A person fills the last three of them. */
export const irreversibleColumns: Columns<
  'path' | 'line' | 'statement' | 'why' | 'advice' | 'compensation' | 'evidence' | 'by'
> = {
  path: ['path', 'file'],
  line: ['line'],
  statement: ['statement', 'action'],
  why: ['why', 'reason'],
  advice: ['advice', 'what would compensate'],
  compensation: ['compensation', 'compensating action', 'undo'],
  evidence: ['evidence', 'shown by', 'proof'],
  by: ['by', 'by whom', 'who', 'owner'],
};
export const riskColumns: Columns<
  'signal' | 'likelihood' | 'impact' | 'blastRadius' | 'mitigation' | 'owner' | 'trigger' | 'state'
> = {
  signal: ['signal', 'risk'],
  likelihood: ['likelihood', 'probability'],
  impact: ['impact', 'severity'],
  blastRadius: ['blast radius', 'reach'],
  mitigation: ['mitigation', 'countermeasure'],
  owner: ['owner', 'who'],
  trigger: ['trigger', 'sign'],
  state: ['state', 'status'],
};
export const canaryColumns: Columns<'share' | 'duration' | 'check' | 'abort' | 'command'> = {
  share: ['share', 'traffic', 'percentage', 'weight'],
  duration: ['duration', 'time', 'for', 'hold'],
  check: ['check', 'checks', 'compare'],
  abort: ['abort when', 'abort', 'stop when'],
  command: ['command', 'how'],
};
export const flagColumns: Columns<'flag' | 'cohorts' | 'killSwitch' | 'owner' | 'removalDate'> = {
  flag: ['flag', 'key', 'feature flag'],
  cohorts: ['cohorts', 'rollout', 'who gets it'],
  killSwitch: ['kill switch', 'switched off by', 'how to switch it off'],
  owner: ['owner', 'who'],
  removalDate: ['removal date', 'removed', 'remove by', 'end'],
};
const overrideColumns: Columns<'condition' | 'by' | 'reason' | 'until'> = {
  condition: ['condition', 'rule', 'override'],
  by: ['by', 'who', 'name'],
  reason: ['reason', 'why'],
  until: ['until', 'expires', 'expiry'],
};

const write = markdownTemplate<ReleasePlan & Readonly<Record<ChangeGroup, readonly PlannedChange[]>>>(source);

/** The release plan, `docs/release/RELEASE_PLAN.md`. Changes are written by group, so that they are read in that order. */
export const releasePlanKind: DocumentKind<ReleasePlan> = {
  id: 'release-plan',
  title: 'Release plan',
  sections,
  isParameterised: true,
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
      unclassified: byGroup('unclassified'),
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
  const changes = readKeyValues(blocksOf(document, 'changes'));
  const rolloutBlocks = blocksOf(document, 'rollout');
  const rollout = readKeyValues(rolloutBlocks);
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
    components: readTable(blocksOf(document, 'components'), componentColumns).map(({ cells }) => cells),
    commits: {
      total: valueOf(changes, 'commits', 'total'),
      classified: valueOf(changes, 'classified'),
      unclassified: valueOf(changes, 'unclassified'),
      reverted: valueOf(changes, 'undone again', 'reverted'),
    },
    changes: readChanges(document),
    irreversible: readTable(blocksOf(document, 'irreversible'), irreversibleColumns).map(({ cells }) => ({
      ...cells,
      line: /^\d{1,9}$/.test(cells.line) ? Number(cells.line) : null,
    })),
    risks: readTable(blocksOf(document, 'risks'), riskColumns).map(({ cells }) => cells),
    rollout: {
      strategy: valueOf(rollout, 'strategy'),
      why: valueOf(rollout, 'why', 'reason'),
      recommended: valueOf(rollout, 'recommended', 'recommendation'),
      canary: readTable(rolloutBlocks, canaryColumns).map(({ cells }) => cells),
    },
    flags: readTable(blocksOf(document, 'flags'), flagColumns).map(({ cells }) => cells),
    steps: readSteps(blocksOf(document, 'steps')).map(({ step }) => withoutFailure(step)),
    rollback: {
      strategy: valueOf(rollback, 'strategy'),
      target: valueOf(rollback, 'target', 'target version'),
      declaration: {
        runsOnNewSchema: valueOf(rollback, 'runs on the new schema', 'runs on new schema'),
        runsOnNewSchemaEvidence: valueOf(rollback, 'evidence', 'shown by'),
        estimatedMinutes: valueOf(rollback, 'estimated minutes', 'estimate', 'estimated duration'),
        recoveryTimeObjective: valueOf(rollback, 'recovery time objective', 'rto'),
      },
      steps: readSteps(rollbackBlocks).map(({ step }) => withoutFailure(step)),
      triggers: readTable(rollbackBlocks, triggerColumns).map(({ cells }) => cells),
    },
    communication: readTable(blocksOf(document, 'communication'), announcementColumns).map(
      ({ cells }) => cells,
    ),
    overrides: readTable(blocksOf(document, 'overrides'), overrideColumns).map(({ cells }) => cells),
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
