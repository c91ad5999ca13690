import { promises as fs } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { at, isRecord, textAt } from '../json';
import { runProgram } from '../programs';

/** What docker would show a registry. It is never logged and never part of an answer. */
export type DockerCredentials =
  | { readonly kind: 'password'; readonly user: string; readonly password: string }
  /** A refresh token, exchanged at the registry's token server. */
  | { readonly kind: 'identity-token'; readonly token: string };

/** The credentials for a registry, or that there are none; `problem` says why some that should be there are not. */
export interface CredentialAnswer {
  readonly credentials: DockerCredentials | null;
  readonly problem: string | null;
}

/** Where docker keeps what people logged in with. */
export interface CredentialStore {
  /** @param registry As people write it: `docker.io`, `ghcr.io`, `localhost:5000`. */
  credentialsFor(registry: string, signal?: AbortSignal): Promise<CredentialAnswer>;
}

/** A helper that waits for a person at a keychain is given this long. */
const HELPER_TIMEOUT_MS = 20_000;

const MAX_CONFIG_BYTES = 1024 * 1024;

/** Docker Hub goes by its old name in docker's files. */
const HUB_KEY = 'https://index.docker.io/v1/';

/**
 * Reads docker's `config.json` (in `DOCKER_CONFIG`, else `~/.docker`) as docker does: a helper for the registry, else the
 * helper for all, else what the file holds. A helper is the program `docker-credential-<name>` of the PATH, asked with the
 * registry's name on standard input, without a shell.
 * https://docs.docker.com/reference/cli/docker/login/#credential-helpers
 */
export function createDockerCredentials(
  options: { readonly folder?: string; readonly timeoutMs?: number } = {},
): CredentialStore {
  const timeoutMs = options.timeoutMs ?? HELPER_TIMEOUT_MS;
  return {
    credentialsFor: async (registry, signal) => {
      const folder = options.folder ?? (process.env['DOCKER_CONFIG'] || path.join(os.homedir(), '.docker'));
      const config = await readConfig(path.join(folder, 'config.json'));
      if (!config.ok) return { credentials: null, problem: config.problem };
      const key = registry === 'docker.io' ? HUB_KEY : registry;
      const helper = helperFor(config.value, registry);
      if (helper !== null) return askHelper(helper, key, timeoutMs, signal);
      return { credentials: fromAuths(config.value, registry), problem: null };
    },
  };
}

type Config =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: string | null };

async function readConfig(file: string): Promise<Config> {
  try {
    const { size } = await fs.stat(file);
    if (size > MAX_CONFIG_BYTES)
      return { ok: false, problem: "docker's config.json is too large to be read" };
    return { ok: true, value: JSON.parse(await fs.readFile(file, 'utf8')) as unknown };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      return { ok: false, problem: null };
    // The parser's own message quotes the file, secrets included.
    return { ok: false, problem: "docker's config.json could not be read" };
  }
}

function helperFor(config: unknown, registry: string): string | null {
  const helpers = at(config, 'credHelpers');
  if (isRecord(helpers)) {
    for (const [key, name] of Object.entries(helpers)) {
      if (typeof name === 'string' && hostOf(key) === registry) return name;
    }
  }
  return textAt(config, 'credsStore') || null;
}

/** `https://ghcr.io/v2/` and `ghcr.io` are the same registry; Docker Hub has several names. */
function hostOf(key: string): string {
  const host = key
    .replace(/^https?:\/\//, '')
    .replace(/\/.*$/, '')
    .toLowerCase();
  return ['index.docker.io', 'registry-1.docker.io'].includes(host) ? 'docker.io' : host;
}

async function askHelper(
  name: string,
  key: string,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<CredentialAnswer> {
  if (!/^[a-z0-9][a-z0-9_.-]{0,63}$/i.test(name)) {
    return {
      credentials: null,
      problem: "docker's config.json names a credential helper whose name is none",
    };
  }
  const program = `docker-credential-${name}`;
  const result = await runProgram(program, ['get'], { cwd: os.homedir(), input: key, timeoutMs, signal });
  if (result.kind === 'failed') return { credentials: null, problem: `${program} ${result.detail}` };
  if (result.status !== 0) {
    // The protocol has words and no status of its own for "I have none".
    const hasNone = /credentials not found|not found in native keychain/i.test(result.stdout + result.stderr);
    return { credentials: null, problem: hasNone ? null : `${program} ended with status ${result.status}` };
  }
  const answer = parse(result.stdout);
  const user = textAt(answer, 'Username');
  const secret = textAt(answer, 'Secret');
  if (user === null || !secret)
    return { credentials: null, problem: `${program} answers with no credentials` };
  return {
    credentials:
      user === '<token>'
        ? { kind: 'identity-token', token: secret }
        : { kind: 'password', user, password: secret },
    problem: null,
  };
}

function fromAuths(config: unknown, registry: string): DockerCredentials | null {
  const auths = at(config, 'auths');
  if (!isRecord(auths)) return null;
  const entry = Object.entries(auths).find(([key]) => hostOf(key) === registry)?.[1];
  const identity = textAt(entry, 'identitytoken');
  if (identity) return { kind: 'identity-token', token: identity };
  const pair = Buffer.from(textAt(entry, 'auth') ?? '', 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  if (colon > 0) {
    return {
      kind: 'password',
      user: pair.slice(0, colon),
      password: pair.slice(colon + 1).replace(/\0+$/, ''),
    };
  }
  const user = textAt(entry, 'username');
  const password = textAt(entry, 'password');
  return user && password ? { kind: 'password', user, password } : null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
