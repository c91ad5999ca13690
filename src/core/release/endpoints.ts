import { parseDocument } from 'yaml';
import { nestsReasonably } from '../text/nesting';
import type { SmokeTest } from './smoke-cases';

/** One operation that the public can call. */
export interface Endpoint {
  readonly component: string;
  readonly method: string;
  /** With its templates: `/orders/{id}`; the base path of the description's server is in front. */
  readonly path: string;
  /** The file that says so. */
  readonly source: string;
}

/** What a description or list says. */
export interface EndpointList {
  readonly endpoints: readonly Endpoint[];
  /** What could not be read. Sentences without a full stop. */
  readonly problems: readonly string[];
}

const METHODS = ['get', 'head', 'put', 'post', 'delete', 'patch'] as const;
const WRITING = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** Larger descriptions are not read. */
const MAX_CHARACTERS = 5_000_000;

/** A line of the settings that is an endpoint by itself: `GET /orders/{id}`, with `orders: ` in front for its component. */
const DECLARED = /^(?:([\w. -]+):\s+)?(GET|HEAD|POST|PUT|PATCH|DELETE)\s+(\/\S*)$/i;

/** Whether an entry of `release: smoke: endpoints` is an endpoint rather than a file that describes some. */
export function isDeclaredEndpoint(entry: string): boolean {
  return DECLARED.test(entry.trim());
}

/** The endpoints that the settings name themselves, and of a text file with one such line each (`#` begins a comment). */
export function declaredEndpoints(lines: readonly string[], source: string): EndpointList {
  const endpoints: Endpoint[] = [];
  const problems: string[] = [];
  for (const line of lines) {
    const said = line.replace(/(?:^|\s)#.*$/, '').trim();
    if (said === '') continue;
    const match = DECLARED.exec(said);
    if (!match) {
      problems.push(`"${said}" in ${source} is no endpoint; write "GET /path"`);
      continue;
    }
    const [, component = '', method = '', path = ''] = match;
    endpoints.push({ component: component.trim(), method: method.toUpperCase(), path, source });
  }
  return { endpoints, problems };
}

/**
 * The endpoints of a file: an OpenAPI description (2 or 3, YAML or JSON), else lines as in {@link declaredEndpoints}. The
 * component of an operation is its first tag, else the title of the description. Operations marked `x-internal` are not
 * public. Paths behind a `$ref` are not followed, and said.
 *
 * Specification: https://spec.openapis.org/oas/v3.1.0 and https://spec.openapis.org/oas/v2.0
 */
export function endpointsOf(path: string, text: string): EndpointList {
  if (!/\.(?:ya?ml|json)$/i.test(path)) return declaredEndpoints(text.split(/\r?\n/), path);
  const failed = (why: string): EndpointList => ({ endpoints: [], problems: [`${path} ${why}`] });
  if (text.length > MAX_CHARACTERS || !nestsReasonably(text))
    return failed('is too large to be read for its endpoints');
  let data: unknown;
  try {
    const document = parseDocument(text, { uniqueKeys: false, logLevel: 'silent' });
    if (document.errors.length > 0) return failed('is no YAML that can be read; mend it');
    data = document.toJS({ maxAliasCount: 1000 });
  } catch {
    return failed('is no YAML that can be read; mend it');
  }
  const root = mapOf(data);
  if (
    !root ||
    (typeof root.openapi !== 'string' && typeof root.swagger !== 'string' && typeof root.swagger !== 'number')
  ) {
    return failed('is no OpenAPI description; name one, or "GET /path" lines');
  }
  const title = textOf(mapOf(root.info)?.title) ?? path;
  const base = basePathOf(root);
  const endpoints: Endpoint[] = [];
  const problems: string[] = [];
  for (const [name, held] of Object.entries(mapOf(root.paths) ?? {})) {
    const item = mapOf(held);
    if (!item || name.startsWith('x-')) continue;
    if (typeof item.$ref === 'string') {
      problems.push(
        `${name} of ${path} stands in ${item.$ref}, which is not followed; name that operation as "GET ${name}"`,
      );
      continue;
    }
    const own = basePathOf(item) || base;
    for (const method of METHODS) {
      const operation = mapOf(item[method]);
      if (!operation || operation['x-internal'] === true || item['x-internal'] === true) continue;
      const tags: unknown = operation.tags;
      const tag = Array.isArray(tags) ? textOf(tags[0]) : null;
      endpoints.push({
        component: tag ?? title,
        method: method.toUpperCase(),
        path: joined(basePathOf(operation) || own, name),
        source: path,
      });
    }
  }
  return { endpoints, problems };
}

function mapOf(data: unknown): Record<string, unknown> | null {
  return typeof data === 'object' && data !== null && !Array.isArray(data)
    ? (data as Record<string, unknown>)
    : null;
}

function textOf(data: unknown): string | null {
  return typeof data === 'string' && data.trim() !== '' ? data.trim() : null;
}

/** The path of the first server (`/v1`), '' for none; variables of a server stay as templates. */
function basePathOf(node: Record<string, unknown>): string {
  const servers: unknown = node.servers;
  const url = Array.isArray(servers) ? textOf(mapOf(servers[0])?.url) : textOf(node.basePath);
  if (url === null) return '';
  return url
    .replace(/^[a-z][\w+.-]*:\/\/[^/]*/i, '')
    .replace(/^[^/]*$/, '')
    .replace(/\/+$/, '');
}

function joined(base: string, path: string): string {
  return `${base}${path.startsWith('/') ? '' : '/'}${path}`;
}

/** An endpoint with what of it the smoke tests do not try. */
export interface EndpointGap {
  readonly component: string;
  readonly path: string;
  readonly what: 'read' | 'write';
  /** The operations of which one would do: `GET`, or `POST, PUT`. */
  readonly methods: readonly string[];
  readonly source: string;
}

/** How the smoke tests cover the endpoints: of each path a read and a write, where it has them (S4-34). */
export interface EndpointCoverage {
  readonly endpoints: number;
  readonly covered: number;
  readonly gaps: readonly EndpointGap[];
  /** Requests that lead to no endpoint of the lists. */
  readonly strangers: readonly string[];
  /** Cases by commands: what they ask for is not seen here. */
  readonly unseen: readonly string[];
}

/**
 * Matches smoke cases with endpoints. A request covers an operation of its method whose path fits: templates take one
 * segment, queries and the base address's own path do not count, a literal path goes before a template.
 */
export function coverageOf(
  endpoints: readonly Endpoint[],
  tests: readonly SmokeTest[],
  baseUrl: string | null,
): EndpointCoverage {
  const unique = [
    ...new Map(endpoints.map((one) => [`${one.component} ${one.method} ${one.path}`, one])).values(),
  ];
  const basePath = pathOf(baseUrl ?? '');
  const isCovered = new Set<Endpoint>();
  const strangers: string[] = [];
  const unseen: string[] = [];
  for (const { name, request } of tests) {
    if (!request) {
      unseen.push(name);
      continue;
    }
    const path = pathOf(request.url);
    // What the settings' base address has of a path may be what the description's server has.
    const paths = [path, joined(basePath, path)];
    const fitting = unique
      .filter((one) => one.method === request.method && paths.some((each) => fits(one.path, each)))
      .sort((a, b) => templatesIn(a.path) - templatesIn(b.path));
    const least = fitting[0] ? templatesIn(fitting[0].path) : 0;
    const best = fitting.filter((one) => templatesIn(one.path) === least);
    if (best.length === 0) strangers.push(`${request.method} ${path} (${name})`);
    for (const one of best) isCovered.add(one);
  }
  const groups = new Map<string, Endpoint[]>();
  for (const one of unique) {
    const key = `${one.component}\n${one.path}\n${WRITING.has(one.method) ? 'write' : 'read'}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const gaps = [...groups.values()].flatMap((group): readonly EndpointGap[] => {
    const [first] = group;
    if (!first || group.some((one) => isCovered.has(one))) return [];
    const { component, path, source } = first;
    const what = WRITING.has(first.method) ? 'write' : 'read';
    return [{ component, path, what, methods: group.map(({ method }) => method), source }];
  });
  return { endpoints: groups.size, covered: groups.size - gaps.length, gaps, strangers, unseen };
}

function pathOf(url: string): string {
  const path = url
    .replace(/^[a-z][\w+.-]*:\/\/[^/?#]*/i, '')
    .replace(/[?#].*$/, '')
    .replace(/\/+$/, '');
  return path;
}

function templatesIn(path: string): number {
  return path.match(/\{[^{}]*\}|(?<=\/):\w+/g)?.length ?? 0;
}

function fits(template: string, path: string): boolean {
  const wanted = template.replace(/\/+$/, '').split('/');
  const own = path.split('/');
  return (
    wanted.length === own.length &&
    wanted.every((segment, index) => {
      const given = own[index] ?? '';
      if (segment === given) return true;
      if (/^:\w+$/.test(segment)) return given !== '';
      if (!/\{[^{}]*\}/.test(segment) || given === '') return false;
      // A template may be a part of its segment: `{id}.json`.
      const [before = '', ...rest] = segment.split(/\{[^{}]*\}/);
      return (
        given.startsWith(before) &&
        given.endsWith(rest.at(-1) ?? '') &&
        given.length > before.length + (rest.at(-1) ?? '').length
      );
    })
  );
}
