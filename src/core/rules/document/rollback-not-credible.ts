import type { RollbackCondition } from '../../risk/credibility';
import type { Source } from '../../evidence/fact';
import type { DocumentRule, FindingEvidence, RuleFinding } from '../rule';

/** A condition of a credible rollback fails for the release that the plan is of. */
export const rule: DocumentRule = {
  id: 'rollback-not-credible',
  title: 'The rollback of the plan is not credible',
  severity: 'block',
  why: 'A rollback that cannot be carried out is found out when it is needed, with users waiting.',
  subject: 'document',
  kinds: ['release-plan'],
  check: (document, { release }): readonly RuleFinding[] => {
    if (!release || document.path !== release.planPath || document.problems.length > 0) return [];
    const heading = document.sections.find(({ id }) => id === 'rollback')?.headingSpan ?? null;
    return release.credibility.conditions
      .filter(({ id, status }) => status === 'fail' && id !== 'actions-compensated')
      .map((condition): RuleFinding => ({
        message: `The rollback is not credible (${condition.id}): ${condition.why}; ${nextOf(condition)}`,
        path: document.path,
        span: heading,
        status: 'fail',
        evidence: condition.evidence.flatMap(evidenceOf),
      }));
  },
};

function nextOf({ id }: RollbackCondition): string {
  switch (id) {
    case 'target-exists':
      return 'name a version that can be deployed again, or tag and keep the one that runs today';
    case 'script-handles-rollback':
      return 'give the deploy script a branch for --rollback that deploys the version before, or the repository a rollback script';
    case 'runs-on-new-schema':
      return 'split the release, so that the version before runs on the schema of this one';
    case 'drilled':
      return 'practise the rollback outside production and record it (release-gate drill record)';
    case 'within-rto':
      return 'make the rollback faster, or agree on another objective and write it into the plan';
    case 'triggers-machine-readable':
      return 'give each trigger a metric, a comparison, a number and a window';
    case 'actions-compensated':
      return 'compensate what cannot be undone';
    default:
      return id satisfies never;
  }
}

function evidenceOf(source: Source): readonly FindingEvidence[] {
  return source.kind === 'file'
    ? [
        {
          message: 'Read here',
          path: source.path,
          span: null,
          ...(source.range ? { range: source.range } : {}),
        },
      ]
    : [];
}
