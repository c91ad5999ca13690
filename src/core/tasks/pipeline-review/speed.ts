import type { ReviewedSpeed } from '../../documents/pipeline-review/pipeline-review';
import { placeholder } from '../../evidence/fact';
import { medianOf, secondsInWords, type RunTimes } from '../../evidence/results/run-times';
import { counted, enumerated } from '../../text/words';
import type { Job, Step, Workflow } from '../../workflow/model';
import { actionOf } from '../../workflow/credential-uses';

/** What a workflow does about its run time, and how long it takes where a report of runs says so. */
export function speedOf(workflow: Workflow, times: readonly RunTimes[]): ReviewedSpeed {
  const file = workflow.path.replace(/^\.github\/workflows\//, '');
  const own = times.filter(
    ({ workflow: name }) =>
      name === workflow.path || name === file || (workflow.name !== null && name === workflow.name.value),
  );
  const whole = own.find(({ job }) => job === null);
  const slowest = own
    .filter(({ job }) => job !== null)
    .map(({ job, seconds }) => ({ job, median: medianOf(seconds) }))
    .sort((a, b) => b.median - a.median)[0];
  return {
    workflow: file,
    runTime: whole
      ? `${secondsInWords(medianOf(whole.seconds))}, median of ${counted(whole.seconds.length, 'successful run')}`
      : placeholder(
          `run time of ${file}: gh run list --workflow ${file} --json workflowName,startedAt,updatedAt,conclusion`,
        ),
    slowest: slowest?.job
      ? `${slowest.job}: ${secondsInWords(slowest.median)}`
      : placeholder(`slowest job of ${file}`),
    parallel: parallelOf(workflow.jobs),
    caching: cachingOf(workflow.jobs),
  };
}

/** The longest chain of needs against the number of jobs: what could run at once. */
function parallelOf(jobs: readonly Job[]): string {
  const byId = new Map(jobs.map((job) => [job.id.value, job]));
  const depths = new Map<string, number>();
  const depthOf = (job: Job, seen: ReadonlySet<string>): number => {
    const known = depths.get(job.id.value);
    if (known !== undefined) return known;
    const before = job.needs.flatMap(({ value }) => {
      const needed = byId.get(value);
      return needed && !seen.has(value) ? [depthOf(needed, new Set([...seen, value]))] : [];
    });
    const depth = 1 + Math.max(0, ...before);
    depths.set(job.id.value, depth);
    return depth;
  };
  const longest = Math.max(0, ...jobs.map((job) => depthOf(job, new Set([job.id.value]))));
  const matrices = jobs.filter(({ matrix }) => matrix !== null).map(({ id }) => id.value);
  return [
    `${counted(jobs.length, 'job')}; at most ${longest} wait one for another`,
    ...(matrices.length > 0 ? [`a matrix in ${enumerated(matrices, 'and')}`] : []),
  ].join('; ');
}

function cachingOf(jobs: readonly Job[]): string {
  const caches = jobs.flatMap((job) => job.steps.flatMap((step) => cacheOf(step) ?? []));
  return caches.length === 0 ? 'none' : enumerated([...new Set(caches)], 'and');
}

/** What a step keeps from one run to the next; null for a step that keeps nothing that its inputs show. */
function cacheOf(step: Step): string | null {
  const action = actionOf(step);
  if (action === null) return null;
  const input = (name: string): string | undefined =>
    step.with.find((entry) => entry.name.value === name)?.value.text;
  const short = action.replace(/^[^/]+\//, '');
  if (/^actions\/cache(?:\/restore)?$/.test(action))
    return `actions/cache of ${(input('path') ?? 'a path').split('\n')[0] ?? ''}`;
  // Its own default is a cache.
  if (action === 'actions/setup-go' && input('cache') !== 'false') return 'setup-go';
  if (
    /^(?:gradle\/(?:actions\/setup-gradle|gradle-build-action)|swatinem\/rust-cache|astral-sh\/setup-uv)$/.test(
      action,
    )
  )
    return short;
  if (/^actions\/setup-/.test(action) && input('cache') !== undefined)
    return `${short} (${input('cache') ?? ''})`;
  if (action === 'docker/build-push-action' && input('cache-from') !== undefined)
    return 'layers of docker/build-push-action';
  return action === 'ruby/setup-ruby' && input('bundler-cache') === 'true' ? 'setup-ruby (bundler)' : null;
}
