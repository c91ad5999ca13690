import type { CommitAnswer, CommitLookup, ReleaseLookup } from '../core/ports';

/** How GitHub's API is asked. */
export interface GitHubOptions {
  /** `https://api.github.com` where nothing is given. */
  readonly url?: string;
  /** Sent as a bearer token; more may be asked with one, private repositories too. */
  readonly token?: string;
  readonly timeoutMs?: number;
}

const DEFAULT_URL = 'https://api.github.com';

const DEFAULT_TIMEOUT_MS = 10_000;

/** A tag of a tag of a tag; more is no release. */
const MAX_PEELS = 5;

/** How many annotated tags are looked into to name the version of a moving tag. */
const MAX_VERSIONS_PEELED = 5;

/** No answer that is asked for here is larger. */
const MAX_ANSWER_BYTES = 5 * 1024 * 1024;

/**
 * Asks GitHub's API for the commits of tags and branches. A tag is looked for first, and by its exact name: an
 * abbreviated commit or a name that only begins like one is no answer.
 * https://docs.github.com/rest/git/refs#get-a-reference, https://docs.github.com/rest/git/tags#get-a-tag,
 * https://docs.github.com/rest/releases/releases#get-the-latest-release
 *
 * @throws RangeError where `url` is neither https nor this machine: a token would go over the wire in clear.
 */
export function createGitHubCommits(options: GitHubOptions = {}): ReleaseLookup {
  const base = new URL(options.url ?? DEFAULT_URL);
  if (base.protocol !== 'https:' && !['127.0.0.1', 'localhost', '[::1]'].includes(base.hostname)) {
    throw new RangeError(`${base.href} is not https`);
  }
  const ask = (path: string, signal: AbortSignal | undefined): Promise<Answer> =>
    askOnce(`${base.href.replace(/\/$/, '')}${path}`, options, signal);

  const commitOf: CommitLookup['commitOf'] = async (repository, ref, signal) => {
    const repo = `/repos/${repository.split('/').map(encodeURIComponent).join('/')}/git`;
    const name = ref.split('/').map(encodeURIComponent).join('/');
    for (const kind of ['tags', 'heads']) {
      const answer = await ask(`${repo}/ref/${kind}/${name}`, signal);
      if (!answer.ok) return answer.failure;
      if (answer.body === null) continue;
      const commit = await peel(objectOf(answer.body), repo, ask, signal);
      if (!commit.ok) return commit;
      const version = kind === 'tags' ? await versionAt(commit.commit, ref, repo, ask, signal) : null;
      return { ok: true, commit: commit.commit, version };
    }
    return {
      ok: false,
      isFinal: false,
      detail: `is no tag or branch of ${repository}, or the repository is private${
        options.token ? ' and the token may not read it' : ' (a token in GITHUB_TOKEN may be able to read it)'
      }`,
    };
  };
  const latestRelease: ReleaseLookup['latestRelease'] = async (repository, signal) => {
    const name = repository.split('/').map(encodeURIComponent).join('/');
    const answer = await ask(`/repos/${name}/releases/latest`, signal);
    if (!answer.ok) return answer.failure;
    const tag = textAt(answer.body, 'tag_name');
    return tag === null
      ? { ok: false, isFinal: false, detail: 'has no release, or is private' }
      : { ok: true, tag };
  };
  return { name: base.host, commitOf, latestRelease };
}

/** `body` null: there is no such thing. */
type Answer =
  | { readonly ok: true; readonly body: unknown }
  | { readonly ok: false; readonly failure: Extract<CommitAnswer, { ok: false }> };

type Ask = (path: string, signal: AbortSignal | undefined) => Promise<Answer>;

async function askOnce(
  url: string,
  { token, timeoutMs = DEFAULT_TIMEOUT_MS }: GitHubOptions,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  signal?.throwIfAborted();
  const limit = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      headers: {
        accept: 'application/vnd.github+json',
        'user-agent': 'release-gate',
        'x-github-api-version': '2022-11-28',
        ...(token ? { authorization: `Bearer ${token}` } : {}),
      },
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
    const text = await boundedText(response);
    if (response.status === 404) return { ok: true, body: null };
    if (!response.ok) return { ok: false, failure: refusalOf(response, token !== undefined) };
    return text === null
      ? failed('could not be asked for: the answer is too long', false)
      : { ok: true, body: JSON.parse(text) as unknown };
  } catch (error) {
    signal?.throwIfAborted();
    if (limit.aborted)
      return failed(`could not be asked for: no answer within ${timeoutMs / 1000} seconds`, true);
    if (error instanceof SyntaxError) return failed('could not be asked for: the answer is no JSON', false);
    return failed(`could not be asked for: ${reasonOf(error)}`, true);
  }
}

function failed(detail: string, isFinal: boolean): Answer {
  return { ok: false, failure: { ok: false, detail, isFinal } };
}

/** https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api */
function refusalOf(response: Response, hasToken: boolean): Extract<CommitAnswer, { ok: false }> {
  const { status, headers } = response;
  const isLimited =
    status === 429 ||
    (status === 403 && (headers.get('x-ratelimit-remaining') === '0' || headers.has('retry-after')));
  if (isLimited) {
    const reset = Number(headers.get('x-ratelimit-reset'));
    const until = reset > 0 ? ` before ${new Date(reset * 1000).toISOString().slice(11, 16)} UTC` : '';
    const more = hasToken ? '' : '; a token in GITHUB_TOKEN allows more';
    return {
      ok: false,
      isFinal: true,
      detail: `could not be asked for: GitHub answers no more requests${until}${more}`,
    };
  }
  if (status === 401) {
    return { ok: false, isFinal: true, detail: 'could not be asked for: GitHub refuses the token' };
  }
  return {
    ok: false,
    isFinal: status >= 500,
    detail: `could not be asked for: GitHub answered with status ${status}`,
  };
}

/** The commit of an object, through tags of tags. */
async function peel(
  object: GitObject | null,
  repo: string,
  ask: Ask,
  signal: AbortSignal | undefined,
): Promise<{ readonly ok: true; readonly commit: string } | Extract<CommitAnswer, { ok: false }>> {
  let reached = object;
  for (let peels = 0; reached?.type === 'tag' && peels < MAX_PEELS; peels++) {
    const answer = await ask(`${repo}/tags/${reached.sha}`, signal);
    if (!answer.ok) return answer.failure;
    reached = objectOf(answer.body);
  }
  return reached?.type === 'commit'
    ? { ok: true, commit: reached.sha }
    : { ok: false, isFinal: false, detail: 'names no commit' };
}

/** The full version whose tag names the commit too, for a tag that moves (`v4`, `v4.2`); null for others and if none is found. */
async function versionAt(
  commit: string,
  ref: string,
  repo: string,
  ask: Ask,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  if (!/^v?\d+(?:\.\d+)?$/.test(ref)) return null;
  const answer = await ask(`${repo}/matching-refs/tags/${encodeURIComponent(`${ref}.`)}`, signal);
  if (!answer.ok || !Array.isArray(answer.body)) return null;
  const versions = answer.body
    .flatMap((entry: unknown) => {
      const name = textAt(entry, 'ref')?.replace(/^refs\/tags\//, '') ?? '';
      const object = objectOf(entry);
      return object && /^v?\d+\.\d+\.\d+$/.test(name) ? [{ name, object }] : [];
    })
    .sort((a, b) => compareVersions(b.name, a.name));
  const direct = versions.find(({ object }) => object.type === 'commit' && object.sha === commit);
  if (direct) return direct.name;
  const annotated = versions.filter(({ object }) => object.type === 'tag').slice(0, MAX_VERSIONS_PEELED);
  for (const { name, object } of annotated) {
    const peeled = await peel(object, repo, ask, signal);
    if (peeled.ok && peeled.commit === commit) return name;
  }
  return null;
}

function compareVersions(a: string, b: string): number {
  const numbers = (version: string): number[] => version.replace(/^v/, '').split('.').map(Number);
  const [first, second] = [numbers(a), numbers(b)];
  for (let index = 0; index < 3; index++) {
    const difference = (first[index] ?? 0) - (second[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

interface GitObject {
  readonly type: string;
  /** 40 hex digits. */
  readonly sha: string;
}

/** The `object` of an answer about a reference or tag; null where it is not as documented. */
function objectOf(body: unknown): GitObject | null {
  const object = isRecord(body) ? body['object'] : null;
  const type = textAt(object, 'type');
  const sha = textAt(object, 'sha');
  return type !== null && sha !== null && /^[0-9a-f]{40}$/.test(sha) ? { type, sha } : null;
}

function textAt(value: unknown, key: string): string | null {
  const text = isRecord(value) ? value[key] : null;
  return typeof text === 'string' ? text : null;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Null for an answer that is too long. */
async function boundedText(response: Response): Promise<string | null> {
  if (!response.body) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > MAX_ANSWER_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** `fetch` hides why in the cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : null;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return error instanceof Error ? error.message : 'it failed';
}
