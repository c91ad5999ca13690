import { askHttp, jsonOf, whyNotAsked, type HttpAnswer } from '../http';
import { at, listAt, textAt } from '../json';
import type { CredentialStore, DockerCredentials } from './docker-credentials';
import { registryAddress, type OciReference } from './oci-reference';

/** What a registry answered to one request for a repository, with what had to be shown for it. */
export type OciAnswer =
  | {
      readonly ok: true;
      readonly status: number;
      readonly headers: Headers;
      readonly body: Buffer;
      /** The error code of the specification (`MANIFEST_UNKNOWN`); null where there is none. */
      readonly code: string | null;
    }
  /** `isRefusal`: by the registry's word, not for want of an answer. `detail` is a sentence without a full stop. */
  | { readonly ok: false; readonly isRefusal: boolean; readonly detail: string };

/** One repository of a registry, asked with what docker knows of it. */
export interface OciSession {
  get(path: string, accept: string, maxBytes: number): Promise<OciAnswer>;
  /** Whether the registry knows who asks; null where it did not want to know. */
  readonly identity: 'signed-in' | 'anonymous' | null;
  /** Whether the registry's token says that it grants nothing; false where it does not tell. */
  readonly grantsNothing: boolean;
  /** Why credentials that should be there were not shown. */
  readonly problem: string | null;
}

/** How a session asks. */
export interface OciSessionOptions {
  readonly credentials: CredentialStore;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly deadline: AbortSignal;
}

const MAX_TOKEN_BYTES = 256 * 1024;

/**
 * Opens a repository. Nothing is asked before the first `get`. Where the registry wants a token, one for reading this
 * repository is asked of the server that it names, once; docker's credentials are shown to the registry's own host and
 * its token server alone, and to no server that a redirect leads to.
 * https://distribution.github.io/distribution/spec/auth/token/
 */
export function openOciSession(reference: OciReference, options: OciSessionOptions): OciSession {
  const { timeoutMs, signal, deadline } = options;
  const base = registryAddress(reference.registry);
  let authorization: string | null = null;
  let hasTried = false;
  const session = {
    identity: null as OciSession['identity'],
    grantsNothing: false,
    problem: null as string | null,
  };

  const ask = (path: string, accept: string, maxBytes: number): Promise<HttpAnswer> =>
    askHttp(new URL(`v2/${reference.repository}/${path}`, base), {
      headers: { accept, ...(authorization === null ? {} : { authorization }) },
      maxBytes,
      timeoutMs,
      signal,
      deadline,
    });

  const authenticate = async (
    challenge: string | null,
  ): Promise<Extract<OciAnswer, { ok: false }> | null> => {
    hasTried = true;
    const challenges = parseChallenges(challenge ?? '');
    const { credentials, problem } = await options.credentials.credentialsFor(reference.registry, signal);
    session.problem = problem;
    const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
    if (bearer) return takeToken(bearer, credentials);
    if (challenges.some(({ scheme }) => scheme === 'basic') && credentials?.kind === 'password') {
      authorization = basic(credentials);
      session.identity = 'signed-in';
    }
    return null;
  };

  const takeToken = async (
    { realm, service }: Challenge,
    credentials: DockerCredentials | null,
  ): Promise<Extract<OciAnswer, { ok: false }> | null> => {
    const { registry, repository } = reference;
    if (realm === null || !URL.canParse(realm)) {
      return failure(`${registry} asks for a token and does not say where to have it`);
    }
    const server = new URL(realm);
    const refusal = whyNotAsked(server);
    if (refusal) return failure(`${registry} has its tokens from ${server.host}, which ${refusal}`);
    const mayShow = isOwnTokenServer(server, base);
    if (credentials && !mayShow) {
      session.problem = `the credentials for ${registry} were not shown to ${server.host}, which it names for tokens`;
    }
    const shown = mayShow ? credentials : null;
    const asked = { scope: `repository:${repository}:pull`, ...(service === null ? {} : { service }) };
    const limits = { maxBytes: MAX_TOKEN_BYTES, timeoutMs, signal, deadline };
    if (shown?.kind !== 'identity-token') {
      for (const [key, value] of Object.entries(asked)) server.searchParams.set(key, value);
    }
    const answer =
      shown?.kind === 'identity-token'
        ? await askHttp(server, {
            ...limits,
            method: 'POST',
            headers: { 'content-type': 'application/x-www-form-urlencoded' },
            body: new URLSearchParams({
              ...asked,
              grant_type: 'refresh_token',
              client_id: 'release-gate',
              refresh_token: shown.token,
            }).toString(),
          })
        : await askHttp(server, {
            ...limits,
            ...(shown ? { headers: { authorization: basic(shown) } } : {}),
          });
    if (!answer.ok) return failure(`${server.host}, where ${registry} has its tokens from, ${answer.detail}`);
    session.identity = shown ? 'signed-in' : 'anonymous';
    if (answer.status === 401 || answer.status === 403) {
      return {
        ok: false,
        isRefusal: true,
        detail: shown
          ? `${registry} refuses the credentials that docker has for it`
          : `${registry} gives no token for ${repository} to whoever is not signed in${problemClause(session.problem)}`,
      };
    }
    const body = answer.status === 200 ? jsonOf(answer.body) : undefined;
    const token = textAt(body, 'token') || textAt(body, 'access_token');
    // What goes into a header must be one token and nothing else.
    if (!token || !/^[\x21-\x7e]+$/.test(token)) {
      return failure(
        `${server.host}, where ${registry} has its tokens from, answers with status ${answer.status} and no token`,
      );
    }
    authorization = `Bearer ${token}`;
    session.grantsNothing = grantsNothing(token, repository);
    return null;
  };

  return {
    get identity() {
      return session.identity;
    },
    get grantsNothing() {
      return session.grantsNothing;
    },
    get problem() {
      return session.problem;
    },
    get: async (path, accept, maxBytes) => {
      let answer = await ask(path, accept, maxBytes);
      if (answer.ok && answer.status === 401 && !hasTried) {
        const failed = await authenticate(answer.headers.get('www-authenticate'));
        if (failed) return failed;
        if (authorization !== null) answer = await ask(path, accept, maxBytes);
      }
      if (!answer.ok) return failure(`${reference.registry} ${answer.detail}`);
      const { status, headers, body } = answer;
      const code = status >= 400 ? textAt(listAt(jsonOf(body), 'errors')[0], 'code') : null;
      return { ok: true, status, headers, body, code };
    },
  };
}

/** As the end of a sentence. */
export function problemClause(problem: string | null): string {
  return problem === null ? '' : ` (${problem})`;
}

function failure(detail: string): Extract<OciAnswer, { ok: false }> {
  return { ok: false, isRefusal: false, detail };
}

function basic({ user, password }: Extract<DockerCredentials, { kind: 'password' }>): string {
  return `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
}

/**
 * Whether a token server is the registry's own: the same host, the domain that the registry is in, or another host of that
 * domain (`registry-1.docker.io` and `auth.docker.io`, `registry.gitlab.com` and `gitlab.com`).
 */
function isOwnTokenServer(server: URL, registry: URL): boolean {
  if (server.hostname === registry.hostname) return true;
  const domain = registry.hostname.split('.').slice(1).join('.');
  return (
    /[a-z]$/.test(domain) &&
    domain.includes('.') &&
    (server.hostname === domain || server.hostname.endsWith(`.${domain}`))
  );
}

/** Whether a token that can be read (a JWT) lists what it grants, and reading the repository is not among it. */
function grantsNothing(token: string, repository: string): boolean {
  const [, middle, signature] = token.split('.');
  if (!middle || !signature) return false;
  const access = at(jsonOf(Buffer.from(middle, 'base64url')), 'access');
  if (!Array.isArray(access)) return false;
  return !access.some(
    (grant: unknown) =>
      textAt(grant, 'name') === repository &&
      listAt(grant, 'actions').some((action) => action === 'pull' || action === '*'),
  );
}

interface Challenge {
  readonly scheme: string;
  readonly realm: string | null;
  readonly service: string | null;
}

/** The challenges of a `WWW-Authenticate` header, which may hold several. https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1 */
export function parseChallenges(header: string): readonly Challenge[] {
  const challenges: { scheme: string; realm: string | null; service: string | null }[] = [];
  const parameter =
    /(?:^|[\s,])(?:([A-Za-z][\w-]*)[ \t]+)?([A-Za-z][\w-]*)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g;
  for (const [, scheme, name = '', quoted, plain] of header.slice(0, 8192).matchAll(parameter)) {
    if (scheme) challenges.push({ scheme: scheme.toLowerCase(), realm: null, service: null });
    const last = challenges.at(-1);
    if (!last) continue;
    const value = quoted?.replace(/\\(.)/g, '$1') ?? plain ?? null;
    const key = name.toLowerCase();
    if (key === 'realm') last.realm ??= value;
    if (key === 'service') last.service ??= value;
  }
  return challenges;
}
