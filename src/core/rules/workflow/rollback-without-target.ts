import { unwrapCommand } from '../../shell/wrappers';
import { replaceInCommand } from '../../workflow/script-edit';
import type { JobFacts, PurposeEvidence, StepCommand, WorkflowSet } from '../../workflow/understanding';
import type { Fix, RuleFinding, WorkflowRule } from '../rule';
import { evidenceOf, hasPurpose, quoted } from './production-path';
import { commandOf, isCalledRollback, namesTarget, restores, textsOf, undoOf } from './ways-back';

/** The newest of everything, which is what has just been deployed. */
const NEWEST = /:(latest|main|master|stable|edge)\b/;

/**
 * A rollback that names nothing to go back to: it deploys the same again, or the newest.
 */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'rollback-without-target',
  title: 'A rollback names nothing to go back to',
  severity: 'warn',
  why: 'Without a version, a digest or a recorded revision a rollback deploys again what is already there, and that is found out during the outage.',
  check(set) {
    return set.jobs
      .filter((facts) => facts.calls === null && facts.target?.kind !== 'non-production')
      .flatMap((facts) => judge(set, facts));
  },
};

function judge(set: WorkflowSet, facts: JobFacts): RuleFinding[] {
  // The platform's own rollback goes to the revision before; what a script of the repository goes to is not known.
  if (hasPurpose(facts, 'rollback')) return [];
  const reverts = facts.commands.find(({ words }) => /^git revert\b/.test(unwrapCommand(words).join(' ')));
  const isCalledSo = isCalledRollback(set, facts);
  if (reverts && isCalledSo && facts.commands.some(({ words }) => /^git push\b/.test(words.join(' ')))) {
    return [
      finding(
        facts,
        reverts.span,
        'by a new commit, which is built, tested and deployed like any other before anything is back',
        'deploy the version that ran before',
        null,
      ),
    ];
  }
  const onFailure = restores(set, facts);
  const deploys = onFailure.length > 0 ? onFailure : isCalledSo ? evidenceOf(facts, 'deploy') : [];
  const [first] = deploys;
  if (!first || namesTarget(set, facts)) return [];
  const newest = NEWEST.exec(textsOf(facts).join('\n'))?.[0];
  return [
    finding(
      facts,
      first.span,
      newest !== undefined
        ? `to "${newest.slice(1)}", which is what was deployed last`
        : onFailure.length > 0
          ? 'by deploying once more what has just failed'
          : 'without naming a version, a digest or a recorded revision',
      'take the version as an input, record what runs before the deployment, or let the platform undo the last change',
      deploys.length === 1 ? fixOf(facts, first) : null,
    ),
  ];
}

function finding(
  facts: JobFacts,
  span: PurposeEvidence['span'],
  how: string,
  remedy: string,
  fix: Fix | null,
): RuleFinding {
  return {
    path: facts.workflow.path,
    span,
    status: 'fail',
    message: `${quoted(facts.job)} goes back ${how}: ${remedy}`,
    ...(fix ? { fix } : {}),
  };
}

/** `kubectl set image …` and `helm upgrade …` have an undo of the same workload. */
function fixOf(facts: JobFacts, evidence: PurposeEvidence): Fix | null {
  const command: StepCommand | null = commandOf(facts, evidence);
  const undo = command ? undoOf(command) : null;
  if (!command || undo === null) return null;
  const edits = replaceInCommand(facts.workflow, command, /^[\s\S]+$/g, () => undo);
  return edits
    ? {
        kind: 'proposed',
        title: `Go back by \`${undo}\``,
        edits: [{ path: facts.workflow.path, edits }],
      }
    : null;
}
