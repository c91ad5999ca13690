import { shellWord } from '../../evidence/detect/shell-text';
import { releaseCondition } from './build';
import { imageVariable } from './deploy/slots';
import { imageEnvironment } from './environment-jobs';
import type { PipelinePlan } from './plan';
import { expression, type JobSpec } from './workflow-text';

/** Says what became of each job, also when the release stopped early. */
export function summaryJob(plan: PipelinePlan, jobs: readonly JobSpec[]): JobSpec {
  const variable = (index: number): string => `RESULT_${index + 1}`;
  const told = jobs.filter((job) => job.if !== undefined);
  return {
    id: 'summary',
    name: 'Release summary',
    needs: jobs.map((job) => job.id),
    if: `always() && ${releaseCondition(plan)}`,
    permissions: {},
    timeoutMinutes: 5,
    env: {
      VERSION: expression('${{ github.sha }}'),
      ...imageEnvironment(plan),
      ...Object.fromEntries(
        told.map((job, index) => [variable(index), expression(`\${{ needs.${job.id}.result }}`)]),
      ),
    },
    steps: [
      {
        name: 'Write the summary',
        run: [
          '{',
          '  echo "## Release $VERSION"',
          '  echo',
          ...plan.images.map((_, index) => {
            const image = imageVariable(index);
            return `  [ "$${image}" = @ ] || echo "Image: \\\`$${image}\\\`"`;
          }),
          ...(plan.images.length > 0 ? ['  echo'] : []),
          "  echo '| Job | Result |'",
          "  echo '| --- | --- |'",
          ...told.map(
            (job, index) =>
              `  echo ${shellWord(`| ${job.name.replaceAll('|', '/')} | `)}"$${variable(index)} |"`,
          ),
          '} >> "$GITHUB_STEP_SUMMARY"',
        ].join('\n'),
      },
    ],
  };
}
