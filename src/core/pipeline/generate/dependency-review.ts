import { useAction } from './actions';
import { namingCause } from './cause';
import type { PipelinePlan } from './plan';
import { checkout } from './setup';
import { MADE_BY, type GeneratedWorkflow } from './workflow-file';
import { workflowText } from './workflow-text';

/** Compares the dependencies of a pull request with what is known to be vulnerable. It can run on pull requests only. */
export function dependencyReview(plan: PipelinePlan): GeneratedWorkflow {
  return {
    names: ['dependency-review.yml', 'release-gate-dependency-review.yml'],
    purpose: 'review of new dependencies on pull requests',
    text: () =>
      workflowText({
        comment: `${MADE_BY}\nIn a workflow of its own, since it compares a pull request with its base and has nothing to compare on a push.`,
        name: 'Dependency review',
        on: { pull_request: { branches: [plan.branch] } },
        jobs: [
          namingCause({
            id: 'dependency-review',
            name: 'Dependency review',
            permissions: { contents: 'read' },
            timeoutMinutes: 10,
            steps: [
              checkout(),
              {
                name: 'Review new dependencies',
                uses: useAction('actions/dependency-review-action'),
                with: { 'fail-on-severity': 'high' },
                whenItFails:
                  'The log names each dependency with its advisory: take a version without it, or leave the dependency out. A private repository needs GitHub Code Security for this review',
              },
            ],
          }),
        ],
      }),
  };
}
