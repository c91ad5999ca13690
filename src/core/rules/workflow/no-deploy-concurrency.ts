import type { JobFacts, WorkflowSet } from '../../workflow/understanding';
import { partsOf, readExpression } from '../../workflow/conditions/expression';
import { setEntry } from '../../workflow/edit';
import type { RuleFinding, WorkflowRule } from '../rule';
import { groupsOver } from './deploy-runs';
import { callChainsOf, productionPathOf, quoted, whyItDeploys } from './production-path';

/**
 * Nothing keeps two deployments of one environment from running at the same time.
 * https://docs.github.com/actions/how-tos/write-workflows/choose-when-workflows-run/control-workflow-concurrency
 */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'no-deploy-concurrency',
  title: 'Two deployments of one environment can race',
  severity: 'block',
  why: 'Two runs that deploy at once leave a mixture of two versions, and the older one may finish last.',
  check(set) {
    const path = productionPathOf(set);
    return [...path.production, ...path.unknownTarget].flatMap((facts) => judge(set, facts));
  },
};

function judge(set: WorkflowSet, facts: JobFacts): RuleFinding[] {
  if (callChainsOf(set, facts).every((chain) => groupsOver(chain).length > 0)) return [];
  const { job, workflow } = facts;
  const isProduction = facts.target?.kind === 'production';
  const group = groupFor(facts);
  const edits = group
    ? setEntry(
        workflow.text,
        job.body,
        'concurrency',
        { group, 'cancel-in-progress': false, queue: 'max' },
        { after: ['name', 'needs', 'if', 'runs-on', 'environment'] },
      )
    : null;
  return [
    {
      path: workflow.path,
      span: job.id.span,
      status: 'fail',
      severity: isProduction ? 'block' : 'warn',
      message: `Two runs of ${quoted(job)} can deploy ${isProduction ? 'production ' : ''}at the same time: add a \`concurrency\` group that every deployment of this target shares, with \`cancel-in-progress: false\``,
      evidence: whyItDeploys(facts),
      ...(edits?.ok
        ? {
            fix: {
              kind: 'proposed' as const,
              title: `Let deployments wait for one another in the group ${group}`,
              edits: [{ path: workflow.path, edits: edits.edits }],
            },
          }
        : {}),
    },
  ];
}

/**
 * Contexts that the key of a group may use.
 * https://docs.github.com/actions/reference/workflows-and-actions/contexts#context-availability
 */
const KEY_CONTEXTS = ['github', 'inputs', 'vars', 'needs', 'strategy', 'matrix'];

/** One key for each environment, as the environment is named; null where it is named by what a key may not use. */
export function groupFor(facts: JobFacts): string | null {
  const environment = facts.job.environment?.name.value;
  if (environment === undefined) return facts.target?.kind === 'production' ? 'deploy-production' : null;
  const written = environment.replace(/\$\{\{[\s\S]*?\}\}/g, '');
  if (!/^[A-Za-z0-9._/ -]*$/.test(written)) return null;
  if (!environment.includes('${{')) return `deploy-${environment.toLowerCase().replace(/[ /]+/g, '-')}`;
  const mayBeUsed = [...environment.matchAll(/\$\{\{([\s\S]*?)\}\}/g)].every(([, source = '']) => {
    const read = readExpression(source.trim());
    return (
      read.ok &&
      partsOf(read.expression).every(
        (part) => part.kind !== 'path' || KEY_CONTEXTS.includes(part.parts[0] ?? ''),
      )
    );
  });
  return mayBeUsed ? `deploy-${environment}` : null;
}
