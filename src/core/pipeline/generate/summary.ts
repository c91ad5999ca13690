import { shellWord } from '../../evidence/detect/shell-text';
import { useAction } from './actions';
import { releaseCondition } from './build';
import { imageVariable } from './deploy/slots';
import { imageEnvironment } from './environment-jobs';
import type { PipelinePlan } from './plan';
import { expression, type JobSpec } from './workflow-text';

/**
 * Says what became of each job, also when the release stopped early, and keeps it as a record: version and digests, when
 * each job began and ended, and who approved.
 */
export function summaryJob(plan: PipelinePlan, jobs: readonly JobSpec[]): JobSpec {
  const variable = (index: number): string => `RESULT_${index + 1}`;
  const told = jobs.filter((job) => job.if !== undefined);
  return {
    id: 'summary',
    name: 'Release summary',
    needs: jobs.map((job) => job.id),
    if: `always() && ${releaseCondition(plan)}`,
    permissions: { actions: 'read' },
    timeoutMinutes: 5,
    env: {
      VERSION: expression('${{ github.sha }}'),
      ...imageEnvironment(plan),
      IMAGES: expression(
        plan.images
          .map(({ jobId }) => `\${{ needs.${jobId}.outputs.image }}@\${{ needs.${jobId}.outputs.digest }}`)
          .join(' '),
      ),
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
      {
        name: 'Write the release record',
        env: { GH_TOKEN: expression('${{ github.token }}') },
        run: [
          'run="repos/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID"',
          'gh api --paginate "$run/attempts/$GITHUB_RUN_ATTEMPT/jobs" --jq \'.jobs[]\' > "$RUNNER_TEMP/jobs.json"',
          'gh api "$run/approvals" > "$RUNNER_TEMP/approvals.json"',
          'jq --null-input --arg version "$VERSION" --arg images "$IMAGES" \\',
          '  --arg run "$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID/attempts/$GITHUB_RUN_ATTEMPT" \\',
          '  --slurpfile jobs "$RUNNER_TEMP/jobs.json" --slurpfile approvals "$RUNNER_TEMP/approvals.json" \'{',
          '    version: $version,',
          '    images: ($images | split(" ") | map(select(. != "@" and . != ""))),',
          '    run: $run,',
          '    jobs: [$jobs[] | {name, result: .conclusion, started: .started_at, ended: .completed_at}],',
          '    approvals: [$approvals[0][] | {by: .user.login, state, environments: [.environments[].name], comment}]',
          '  }\' > "$RUNNER_TEMP/release-record.json"',
        ].join('\n'),
      },
      {
        name: 'Keep the release record',
        uses: useAction('actions/upload-artifact'),
        with: {
          name: expression('release-record-${{ github.sha }}-${{ github.run_attempt }}'),
          path: expression('${{ runner.temp }}/release-record.json'),
          'if-no-files-found': 'error',
          'retention-days': String(plan.settings.retentionDays),
        },
      },
    ],
  };
}
