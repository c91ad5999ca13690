import type { Source } from '../../evidence/fact';
import type { RecordedDeployment } from '../../ports';
import { enumerated } from '../../text/words';
import { fail, notKnown, pass, type Condition } from '../condition';

/** Whether somebody else is deploying at this moment. */
export const condition: Condition = {
  id: 'no-deployment-in-progress',
  title: 'No other deployment to the target is in progress',
  // Where no workflow is known to deploy there, GitHub's records show nothing.
  weight: ({ live }) => (live.repository !== null && live.workflows.length > 0 ? 'block' : 'warn'),
  criterion: 'execution',
  judge: ({ live, asked, now, change }) => {
    const { deployments, whyNotAsked, workflows } = live;
    if (!deployments) {
      return notKnown(
        whyNotAsked ?? 'nobody was asked for deployments',
        live.repository === null
          ? 'look where deployments are recorded, and let one person release at a time'
          : 'run it with --online',
      );
    }
    if (deployments.kind !== 'known') {
      return notKnown(
        deployments.detail,
        deployments.kind === 'refused'
          ? 'set GITHUB_TOKEN to a token that may read deployments and actions of the repository'
          : 'ask again when GitHub answers',
      );
    }
    const { inProgress, runs, history } = deployments;
    const head = change?.range.commits.head ?? null;
    const isOther = (each: RecordedDeployment): boolean => !each.isOwn && !isThisWaiting(each, head);
    const others = inProgress.filter(isOther);
    const recent = others.filter((each) => !isStale(each, now));
    const [current] = recent;
    if (current) {
      return fail(
        `${current.what} of ${current.commit.slice(0, 12)} is in progress (${current.state} since ${current.startedAt})`,
        'wait until it has ended, or end it, then judge the release again',
        recent.map(sourceOf),
      );
    }
    const running = runs.filter(isOther);
    const [run] = running;
    if (run) {
      return notKnown(
        `${run.what}, which deploys to production, has not ended (${run.state} since ${run.startedAt}), and may still deploy`,
        'wait until it has ended, or cancel it',
        running.map(sourceOf),
      );
    }
    const [old] = others;
    if (old) {
      return notKnown(
        `${old.what} never ended (${old.state} since ${old.startedAt})`,
        'give it a status that ends it, if nothing of it runs any more',
        others.map(sourceOf),
      );
    }
    if (history.length === 0 && workflows.length === 0) {
      return notKnown(
        `GitHub records no deployment to ${asked.environment}, and no workflow is known to deploy there, so who deploys otherwise is not seen`,
        'deploy by a workflow with that environment, or let one person release at a time',
      );
    }
    const seen = [
      ...(history.length > 0 ? [`the last deployments to ${asked.environment} have ended`] : []),
      ...(workflows.length > 0 ? [`no run of ${enumerated(workflows, 'and')} is in progress`] : []),
    ];
    return pass(seen.join(', and '), history.slice(0, 1).map(sourceOf));
  },
};

/** Runs end after 35 days at the latest, waiting for an approval included; a deployment older than that was forgotten. */
function isStale({ startedAt }: RecordedDeployment, now: Date): boolean {
  const started = Date.parse(startedAt);
  return !Number.isNaN(started) && now.getTime() - started > 35 * 24 * 60 * 60 * 1000;
}

/** This release itself, which waits for its approval or its turn. */
function isThisWaiting({ commit, state }: RecordedDeployment, head: string | null): boolean {
  return commit === head && ['waiting', 'queued', 'pending', 'requested'].includes(state);
}

function sourceOf({ what, state, startedAt, url }: RecordedDeployment): Source {
  return { kind: 'answer', from: 'GitHub', what: `${what}: ${state} since ${startedAt}`, url };
}
