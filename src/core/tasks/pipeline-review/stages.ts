import type { ReviewedStage } from '../../documents/pipeline-review/pipeline-review';
import { placeholder } from '../../evidence/fact';
import { productionChainsOf, productionPathOf } from '../../rules/workflow/production-path';
import { enumerated } from '../../text/words';
import type { JobFacts, Purpose, WorkflowSet } from '../../workflow/understanding';
import { jobTitle } from '../environments/deployments';
import { startsInChain } from '../environments/how-it-starts';

/** What people call the stage of a purpose, in the order of a pipeline. */
const STAGES: readonly (readonly [stage: string, purposes: readonly Purpose[]])[] = [
  ['lint', ['lint']],
  ['test', ['unit', 'smoke', 'end-to-end']],
  ['security scan', ['scan']],
  ['build', ['build', 'package']],
  ['publish', ['publish']],
  ['deploy', ['deploy']],
  ['verify', ['verify']],
  ['rollback', ['rollback']],
  ['notify', ['notify']],
];

/** GitHub's own limit of a job: docs.github.com, "Workflow syntax", `timeout-minutes`. */
const DEFAULT_LIMIT = "360 min, which is GitHub's own limit";

/** Every job with what it does, what it waits for, and what becomes of its failure, in the order of a pipeline. */
export function stagesOf(set: WorkflowSet): readonly ReviewedStage[] {
  return set.jobs
    .map((facts) => ({ facts, stages: stagesIn(facts) }))
    .sort((a, b) => rankOf(a.stages) - rankOf(b.stages))
    .map(({ facts, stages }): ReviewedStage => {
      const blocking = blockingOf(set, facts);
      return {
        stage: stages.length > 0 ? stages.join(', ') : facts.calls ? 'calls a workflow' : 'other',
        job: jobTitle(facts),
        purpose: purposeOf(facts),
        starts: startsIn(set, facts),
        waitsFor: waitsFor(facts),
        timeLimit: timeLimitOf(facts),
        blocking: blocking.says,
        onFailure: failureOf(set, facts, blocking.kind),
        notified: notifiedOf(set, facts),
      };
    });
}

function stagesIn({ purposes }: JobFacts): readonly string[] {
  const sure = purposes.filter(({ confidence }) => confidence !== 'weak').map(({ purpose }) => purpose);
  return STAGES.filter(([, wanted]) => wanted.some((purpose) => sure.includes(purpose))).map(
    ([stage]) => stage,
  );
}

/** By the latest thing that a job does: one that tests, builds and deploys deploys. Telling people is no stage of it. */
function rankOf(stages: readonly string[]): number {
  const ranks = stages
    .filter((stage) => stage !== 'notify' || stages.length === 1)
    .map((stage) => STAGES.findIndex(([known]) => known === stage));
  return ranks.length === 0 ? STAGES.length : Math.max(...ranks);
}

const MAX_PURPOSES = 5;

function purposeOf({ purposes, calls, job }: JobFacts): string {
  const messages = [
    ...new Set(purposes.filter(({ confidence }) => confidence !== 'weak').map(({ message }) => message)),
  ];
  if (messages.length > 0) {
    const rest = messages.length - MAX_PURPOSES;
    return `${messages.slice(0, MAX_PURPOSES).join('; ')}${rest > 0 ? `; and ${rest} more` : ''}`;
  }
  if (calls) return `runs the jobs of ${calls.path}`;
  if (job.uses) return `runs ${job.uses.value}`;
  return placeholder(`what the job ${job.id.value} is for`);
}

function startsIn(set: WorkflowSet, facts: JobFacts): string {
  const starts = [...new Set(set.chainsOf(facts).map(startsInChain))];
  return starts.length > 2
    ? `${starts.slice(0, 2).join('; ')}; and ${starts.length - 2} more ways`
    : starts.join('; ');
}

function waitsFor({ job }: JobFacts): string {
  return job.needs.length === 0
    ? 'nothing'
    : enumerated(
        job.needs.map(({ value }) => value),
        'and',
      );
}

function timeLimitOf({ job }: JobFacts): string {
  if (job.uses) return 'that of the jobs in it';
  const limit = job.timeoutMinutes?.value;
  return limit === undefined ? DEFAULT_LIMIT : limit.includes('${{') ? limit : `${limit} min`;
}

/** Whether production waits for a job. */
export type Blocking = 'deploys' | 'yes' | 'no' | 'unknown';

/** Proved over every way in which production comes to be deployed: one that does not wait is enough for no. */
export function blockingOf(
  set: WorkflowSet,
  facts: JobFacts,
): { readonly kind: Blocking; readonly says: string } {
  const { production } = productionPathOf(set);
  if (production.includes(facts)) return { kind: 'deploys', says: 'it is the deployment' };
  if (production.length === 0)
    return { kind: 'unknown', says: placeholder('which job deploys production: none is known to') };
  const chains = production.flatMap((each) => productionChainsOf(set, each));
  let open: string | null = null;
  for (const chain of chains) {
    const proof = set.proofOf(chain);
    const title = jobTitle(chain[0]);
    if (!proof.isAncestor(facts)) return { kind: 'no', says: `no: ${title} does not wait for it` };
    const verdict = proof.without(facts);
    if (verdict.kind === 'fails') return { kind: 'no', says: `no: ${title} can start though it failed` };
    if (verdict.kind === 'unknown') open ??= verdict.because;
  }
  return open === null
    ? { kind: 'yes', says: 'yes' }
    : { kind: 'unknown', says: placeholder(`whether production waits for it: ${open}`) };
}

function failureOf(set: WorkflowSet, facts: JobFacts, blocking: Blocking): string {
  const tolerated = facts.job.continueOnError?.value;
  if (tolerated !== undefined && tolerated !== 'false' && !tolerated.includes('${{'))
    return 'goes on as if it had succeeded (`continue-on-error`)'.replaceAll('`', '');
  switch (blocking) {
    case 'deploys': {
      const back = set
        .jobsOf(facts.workflow)
        .filter(
          (other) =>
            set.needsOf(other).includes(facts) &&
            other.purposes.some(({ purpose }) => purpose === 'rollback') &&
            /failure\(\)|always\(\)|failure'/.test(other.job.condition?.value ?? ''),
        );
      const own = facts.purposes.some(({ purpose }) => purpose === 'rollback');
      return back.length > 0
        ? `blocked half-way: ${enumerated(back.map(jobTitle), 'and')} goes back`
        : own
          ? 'blocked half-way: a step of the job itself goes back'
          : 'blocked half-way: nothing in the workflow goes back by itself';
    }
    case 'yes':
      return 'blocked: production is not deployed';
    case 'no':
      return 'not blocked: production can be deployed all the same';
    case 'unknown':
      return placeholder(`what becomes of the release when ${facts.job.id.value} fails`);
  }
}

const ON_FAILURE = /failure\(\)|always\(\)|!\s*cancelled\(\)|!\s*success\(\)|'failure'/;

/** Who learns of a failure by a step or job that runs then; GitHub itself tells only who started the run. */
function notifiedOf(set: WorkflowSet, facts: JobFacts): string {
  const tells = set.jobsOf(facts.workflow).flatMap((other) => {
    const isLater = other === facts || set.ancestorsOf(other).includes(facts);
    if (!isLater) return [];
    return other.purposes.flatMap(({ purpose, message, stepIndex }) => {
      if (purpose !== 'notify') return [];
      const step = other.job.steps.find(({ index }) => index === stepIndex);
      const runsThen =
        other === facts
          ? ON_FAILURE.test(step?.condition?.value ?? '')
          : ON_FAILURE.test(other.job.condition?.value ?? '');
      return runsThen ? [`${other === facts ? 'a step' : jobTitle(other)} ${message}`] : [];
    });
  });
  return tells.length > 0
    ? enumerated([...new Set(tells)], 'and')
    : 'nobody by the workflow; GitHub tells who started the run';
}
