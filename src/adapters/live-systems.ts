import type { DeploymentsAnswer, HealthAnswer, LiveSystems, RecordedDeployment } from '../core/ports';
import {
  createGitHubApi,
  repositoryPath,
  type GitHubAnswer,
  type GitHubApi,
  type GitHubApiOptions,
} from './github-api';
import { askHttp, whyNotAsked } from './http';
import { listAt, numberAt, textAt } from './json';

/** How what is live is asked. */
export interface LiveOptions {
  readonly github?: GitHubApiOptions;
  /** The id of the workflow run that asks, so that it is not taken for another deployment (`GITHUB_RUN_ID`). */
  readonly ownRun?: string;
  /** For one request. */
  readonly timeoutMs?: number;
}

/** So many deployments of the environment are looked into, newest first. */
const MAX_DEPLOYMENTS = 10;

/** So many workflows that deploy are asked for runs. */
const MAX_WORKFLOWS = 5;

/** States after which nothing more happens. https://docs.github.com/rest/deployments/statuses */
const ENDED = new Set(['success', 'failure', 'error', 'inactive']);

/** States of a run that has not ended. https://docs.github.com/rest/actions/workflow-runs */
const RUNNING = ['in_progress', 'queued', 'waiting'] as const;

/** What starts a run that judges a change rather than releases one. */
const JUDGING_EVENTS = new Set(['pull_request', 'pull_request_target', 'merge_group', 'pull_request_review']);

/** What GitHub records of deployments and runs, and what addresses of the target answer. */
export function createLiveSystems(options: LiveOptions = {}): LiveSystems {
  const timeoutMs = options.timeoutMs ?? 10_000;
  const api = createGitHubApi({ timeoutMs, ...options.github });
  const ownRun = options.ownRun ?? null;
  return {
    deployments: (question, signal) => askDeployments(api, question, ownRun, signal),
    health: (url, signal) => askHealth(url, timeoutMs, signal),
  };
}

async function askDeployments(
  api: GitHubApi,
  { repository, environment, workflows }: Parameters<LiveSystems['deployments']>[0],
  ownRun: string | null,
  signal: AbortSignal | undefined,
): Promise<DeploymentsAnswer> {
  const root = repositoryPath(repository);
  if (!root) return { kind: 'unknown', detail: `"${repository}" is no repository of GitHub` };
  const listed = await api.get(
    `${root}/deployments?environment=${encodeURIComponent(environment)}&per_page=${MAX_DEPLOYMENTS}`,
    signal,
  );
  const failed = failureOf(listed, api, repository);
  if (failed) return failed;
  const inProgress: RecordedDeployment[] = [];
  const history: RecordedDeployment[] = [];
  const deployments =
    listed.kind === 'body' && Array.isArray(listed.body) ? (listed.body as readonly unknown[]) : [];
  for (const deployment of deployments.slice(0, MAX_DEPLOYMENTS)) {
    const id = numberAt(deployment, 'id');
    const commit = textAt(deployment, 'sha');
    if (id === null || commit === null) continue;
    const statuses = await api.get(`${root}/deployments/${id}/statuses?per_page=1`, signal);
    const unread = failureOf(statuses, api, repository);
    if (unread) return unread;
    const [status] =
      statuses.kind === 'body' && Array.isArray(statuses.body) ? (statuses.body as readonly unknown[]) : [];
    const state = textAt(status, 'state') ?? 'pending';
    const log = textAt(status, 'log_url') || textAt(status, 'target_url');
    const recorded: RecordedDeployment = {
      what: `deployment ${id} to ${environment}`,
      commit,
      state,
      startedAt: textAt(deployment, 'created_at') ?? '',
      url: log,
      isOwn:
        ownRun !== null && new RegExp(`/actions/runs/${ownRun.replace(/\D/g, '')}(?:/|$)`).test(log ?? ''),
    };
    (ENDED.has(state) ? history : inProgress).push(recorded);
  }
  const runs = await askRuns(api, root, repository, workflows.slice(0, MAX_WORKFLOWS), ownRun, signal);
  return Array.isArray(runs)
    ? { kind: 'known', inProgress, history, runs: runs as readonly RecordedDeployment[] }
    : (runs as DeploymentsAnswer);
}

async function askRuns(
  api: GitHubApi,
  root: string,
  repository: string,
  workflows: readonly string[],
  ownRun: string | null,
  signal: AbortSignal | undefined,
): Promise<readonly RecordedDeployment[] | DeploymentsAnswer> {
  const runs = new Map<number, RecordedDeployment>();
  for (const path of workflows) {
    const file = path.slice(path.lastIndexOf('/') + 1);
    for (const state of RUNNING) {
      const answer = await api.get(
        `${root}/actions/workflows/${encodeURIComponent(file)}/runs?status=${state}&per_page=20`,
        signal,
      );
      // A workflow that GitHub does not know yet has no runs.
      if (answer.kind === 'missing') break;
      const failed = failureOf(answer, api, repository);
      if (failed) return failed;
      for (const run of answer.kind === 'body' ? listAt(answer.body, 'workflow_runs') : []) {
        const id = numberAt(run, 'id');
        const commit = textAt(run, 'head_sha');
        if (id === null || commit === null || JUDGING_EVENTS.has(textAt(run, 'event') ?? '')) continue;
        runs.set(id, {
          what: `run ${numberAt(run, 'run_number') ?? id} of ${file}`,
          commit,
          state: textAt(run, 'status') ?? state,
          startedAt: textAt(run, 'run_started_at') ?? textAt(run, 'created_at') ?? '',
          url: textAt(run, 'html_url'),
          isOwn: ownRun === String(id),
        });
      }
    }
  }
  return [...runs.values()];
}

function failureOf(
  answer: GitHubAnswer,
  api: GitHubApi,
  repository: string,
): Extract<DeploymentsAnswer, { kind: 'refused' | 'unknown' }> | null {
  switch (answer.kind) {
    case 'body':
      return null;
    case 'missing':
      return {
        kind: 'refused',
        detail: `${api.name} tells nothing of ${repository}: it is not there, or private${api.hasToken ? ' and the token may not read it' : ' and no token was shown (GITHUB_TOKEN)'}`,
      };
    case 'refused':
    case 'unknown':
      return { kind: answer.kind, detail: answer.detail };
    default:
      return answer satisfies never;
  }
}

async function askHealth(
  address: string,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<HealthAnswer> {
  if (!URL.canParse(address)) return { kind: 'unknown', detail: `"${address}" is no address` };
  const url = new URL(address);
  const refusal = whyNotAsked(url);
  if (refusal) return { kind: 'unknown', detail: `${url.origin} was not asked: it ${refusal}` };
  const started = performance.now();
  // The status is that of the address itself: a redirect to a login page is not health.
  const answer = await askHttp(url, { maxBytes: 1024 * 1024, timeoutMs, signal, maxRedirects: 0 });
  return answer.ok
    ? { kind: 'answered', status: answer.status, milliseconds: Math.round(performance.now() - started) }
    : { kind: 'unknown', detail: `${url.host} ${answer.detail}` };
}

/** The options for GitHub's API that the environment gives: `GITHUB_TOKEN` or `GH_TOKEN`, `GITHUB_API_URL`. */
export function githubFromEnvironment(environment: NodeJS.ProcessEnv): GitHubApiOptions {
  const token = environment['GITHUB_TOKEN'] || environment['GH_TOKEN'];
  const url = environment['GITHUB_API_URL'];
  return { ...(url ? { url } : {}), ...(token ? { token } : {}) };
}
