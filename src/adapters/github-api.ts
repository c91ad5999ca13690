import { askHttp, jsonOf, whyNotAsked } from './http';

/** How GitHub's API is asked. */
export interface GitHubApiOptions {
  /** `https://api.github.com` where nothing is given. */
  readonly url?: string;
  /** Sent as a bearer token, to this address and to none that it redirects to. */
  readonly token?: string;
  readonly timeoutMs?: number;
}

/** What the API answers. `missing`: it says that there is no such thing, which it also says of what may not be read. */
export type GitHubAnswer =
  | { readonly kind: 'body'; readonly body: unknown }
  | { readonly kind: 'missing' }
  /** `detail` is a sentence without a full stop. */
  | { readonly kind: 'refused' | 'unknown'; readonly detail: string };

/** GitHub's API, for reading. A call rejects for its signal alone. */
export interface GitHubApi {
  /** For people: `api.github.com`. */
  readonly name: string;
  readonly hasToken: boolean;
  get(path: string, signal?: AbortSignal): Promise<GitHubAnswer>;
}

const DEFAULT_URL = 'https://api.github.com';

const DEFAULT_TIMEOUT_MS = 10_000;

/** A page of a hundred releases with their notes. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/** @throws RangeError where `url` is neither https nor this machine: a token would go over the wire in clear. */
export function createGitHubApi(options: GitHubApiOptions = {}): GitHubApi {
  const base = new URL(options.url ?? DEFAULT_URL);
  if (whyNotAsked(base)) throw new RangeError(`${base.href} is not https`);
  const root = base.href.replace(/\/$/, '');
  const { token, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  return {
    name: base.host,
    hasToken: Boolean(token),
    get: async (path, signal) => {
      const answer = await askHttp(new URL(`${root}${path}`), {
        headers: {
          accept: 'application/vnd.github+json',
          'x-github-api-version': '2022-11-28',
          ...(token ? { authorization: `Bearer ${token}` } : {}),
        },
        maxBytes: MAX_ANSWER_BYTES,
        timeoutMs,
        signal,
      });
      if (!answer.ok) return { kind: 'unknown', detail: `${base.host} ${answer.detail}` };
      const { status, headers, body } = answer;
      if (status === 200) {
        const value = jsonOf(body);
        return value === undefined
          ? { kind: 'unknown', detail: `${base.host} answers with what is no JSON` }
          : { kind: 'body', body: value };
      }
      if (status === 404) return { kind: 'missing' };
      const isLimited =
        status === 429 ||
        (status === 403 && (headers.get('x-ratelimit-remaining') === '0' || headers.has('retry-after')));
      if (isLimited) {
        const more = token ? '' : '; a token in GITHUB_TOKEN allows more';
        return { kind: 'unknown', detail: `${base.host} answers no more requests for now${more}` };
      }
      if (status === 401) return { kind: 'refused', detail: `${base.host} refuses the token` };
      if (status === 403) {
        return {
          kind: 'refused',
          detail: `${base.host} refuses to tell ${token ? 'with this token' : 'without a token'} (status 403)`,
        };
      }
      return { kind: 'unknown', detail: `${base.host} answers with status ${status}` };
    },
  };
}

/** `owner/name` as a part of a path; null where it is no repository's name. */
export function repositoryPath(repository: string): string | null {
  return /^[\w.-]+\/[\w.-]+$/.test(repository) && !/(^|\/)\.{1,2}(\/|$)/.test(repository)
    ? `/repos/${repository}`
    : null;
}
