import type { WorkflowRule } from '../rule';
import { evidenceOf, productionPathOf, quoted } from './production-path';

/**
 * A job deploys and nothing says whether its target is production: the verdict is unknown, not pass.
 */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'deploy-target-unknown',
  title: 'Nothing says whether a deployment goes to production',
  severity: 'block',
  why: 'What production needs can only be asked of a deployment that is known to reach it; taking an unknown target for harmless would be a guess.',
  check(set) {
    return productionPathOf(set).unknownTarget.flatMap((facts) => {
      const { job, target, workflow } = facts;
      if (!target) return [];
      const [strong] = evidenceOf(facts, 'deploy', 'strong');
      const [any] = evidenceOf(facts, 'deploy');
      const because = strong ?? any;
      const environment = job.environment?.name.value;
      const literal = environment !== undefined && !environment.includes('${{') ? environment : null;
      return [
        {
          path: workflow.path,
          span: job.environment?.name.span ?? job.id.span,
          status: 'unknown' as const,
          // A deployment that is itself only likely must not hold a release up.
          ...(strong ? {} : { severity: 'warn' as const }),
          message:
            literal !== null
              ? `${quoted(job)} deploys to "${literal}", and nothing says whether that is production: list it under \`environments\` in .github/release-gate.yml, as production or as other`
              : `${quoted(job)} deploys, and nothing says whether its target is production: name its \`environment\`, or list the cluster, namespace or app that it names under \`environments\` in .github/release-gate.yml`,
          ...(because
            ? {
                evidence: [
                  {
                    message: `"${job.id.value}" deploys: ${because.message}`,
                    path: because.path,
                    span: because.span,
                  },
                ],
              }
            : {}),
        },
      ];
    });
  },
};
