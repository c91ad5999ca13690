import type { CommitParser } from 'conventional-commits-parser';
import type { Commit } from '../ports';
import type { ClassifiedCommit, CommitGroup, ConventionalPart } from './change';

/** A header is cut here before it is matched; a body is read up to so many lines of so many characters. */
const MAX_HEADER = 1000;
const MAX_LINES = 1000;
const MAX_LINE = 1000;

/** The types of the Conventional Commits specification and of the habits around it, with the group each goes to. */
const TYPES: Readonly<Record<string, CommitGroup>> = {
  feat: 'features',
  feature: 'features',
  fix: 'fixes',
  bugfix: 'fixes',
  hotfix: 'fixes',
  security: 'security',
  sec: 'security',
  perf: 'other',
  refactor: 'other',
  docs: 'other',
  doc: 'other',
  test: 'other',
  tests: 'other',
  build: 'other',
  ci: 'other',
  chore: 'other',
  style: 'other',
  revert: 'other',
  deps: 'other',
  release: 'other',
  config: 'other',
  infra: 'other',
  ops: 'other',
  wip: 'other',
  i18n: 'other',
  ui: 'other',
  cleanup: 'other',
  improvement: 'other',
};

/** `type(scope)!: description`; no two parts of it can match the same text, so it is linear. */
const HEADER = /^([A-Za-z][\w-]*)(?:\(([^()]*)\))?(!)?: (.*)$/;

/** The package has an `import` entry only, which a program run from source as CommonJS reaches by `import()` alone. */
async function createParser(): Promise<CommitParser> {
  const library = await import('conventional-commits-parser');
  return new library.CommitParser({
    headerPattern: HEADER,
    headerCorrespondence: ['type', 'scope', 'breaking', 'subject'],
    // The specification: upper case and a colon. The default also takes "breaking change" in prose.
    noteKeywords: ['BREAKING CHANGE', 'BREAKING-CHANGE', 'BREAKING CHANGES'],
    notesPattern: (keywords: string) => new RegExp(`^[ \\t|*]*(${keywords}):[ \\t]*(.*)$`),
    revertPattern: /^(?:Revert|Reapply)\s"([\s\S]*)"\s*This reverts commit (\w*)/,
    // The default takes a Markdown rule (`---`) for a field and swallows what follows, footers too.
    fieldPattern: undefined as never,
    // References are found below: the parser's patterns take cubic time on long lines.
    issuePrefixes: undefined as never,
    referenceActions: undefined as never,
  });
}

/** Whose habits the numbers in messages follow: on GitLab `#12` is an issue and `!34` a merge request. */
export type MessageHost = 'github' | 'gitlab';

/** The host whose habits a repository's messages follow, from the address of its remote and its files. */
export function messageHostOf(remoteUrl: string | null, paths: ReadonlySet<string>): MessageHost {
  if (remoteUrl !== null) {
    const host = /^(?:[a-z+]+:\/\/)?(?:[^@/]*@)?([^/:]+)/i.exec(remoteUrl)?.[1] ?? '';
    if (/gitlab/i.test(host)) return 'gitlab';
    if (/github/i.test(host)) return 'github';
  }
  return paths.has('.gitlab-ci.yml') ? 'gitlab' : 'github';
}

/**
 * Reads the messages of a range and pairs reverts with what they revert. Every commit comes back, in the same order:
 * one that no convention explains has `type` null.
 */
export async function classifyCommits(
  commits: readonly Commit[],
  host: MessageHost = 'github',
): Promise<readonly ClassifiedCommit[]> {
  const parser = await createParser();
  const read = commits.map((commit) => readMessage(commit, parser));
  const requests = commits.map((commit) => pullRequestsOf(commit, host));
  const undone = pairReverts(commits, read, requests);
  return read.map((message, index) => {
    const commit = commits[index] as Commit;
    return {
      commit,
      type: message.type,
      scope: message.scope,
      group: groupOf(message),
      isBreaking: message.isBreaking,
      breakingNote: message.breakingNote,
      parts: message.parts,
      pullRequests: requests[index] ?? [],
      tickets: ticketsOf(commit, host),
      coAuthors: coAuthorsOf(message.trailers),
      trailers: message.trailers,
      reverts: undone.reverts.get(commit.hash) ?? [],
      revertedBy: undone.revertedBy.get(commit.hash) ?? null,
      components: [],
    };
  });
}

interface ReadMessage {
  readonly type: string | null;
  readonly scope: string | null;
  readonly isBreaking: boolean;
  readonly breakingNote: string | null;
  readonly parts: readonly ConventionalPart[];
  readonly isSecurity: boolean;
  readonly reverts: Revert | null;
  readonly trailers: ClassifiedCommit['trailers'];
}

/** What a message says that it undoes: by id where it gives one, else by the number of the request, else by its subject. */
interface Revert {
  readonly header: string | null;
  readonly hashes: readonly string[];
  readonly requests: readonly number[];
}

function readMessage(commit: Commit, parser: CommitParser): ReadMessage {
  const header = commit.subject.slice(0, MAX_HEADER);
  const body = commit.body
    .split('\n', MAX_LINES)
    .map((line) => line.replace(/\r$/, '').slice(0, MAX_LINE))
    .join('\n');
  const message = `${header}\n\n${body}`;
  const isEmpty = message.trim() === '';
  const parsed = isEmpty ? null : parser.parse(message);
  const parts = squashedParts(body);
  const own = partOf(header);
  const revert = revertOf(header, body, own);
  const chosen = revert ? { type: 'revert', scope: own?.scope ?? null } : (own ?? weightiest(parts));
  const note = parsed?.notes.find((each) => each.title !== '')?.text.trim() ?? null;
  const isBreaking = (own?.isBreaking ?? false) || note !== null || parts.some((part) => part.isBreaking);
  return {
    type: chosen?.type ?? null,
    scope: chosen?.scope ?? null,
    isBreaking,
    breakingNote: note === '' ? null : note,
    parts,
    isSecurity: /\b(?:CVE-\d{4}-\d+|GHSA(?:-[0-9a-z]{4}){3})\b|\[security\]/i.test(message),
    reverts: revert,
    trailers: trailersOf(body),
  };
}

function partOf(line: string): ConventionalPart | null {
  const match = HEADER.exec(line);
  const type = match?.[1]?.toLowerCase();
  if (!match || type === undefined || !Object.hasOwn(TYPES, type)) return null;
  const scope = match[2]?.trim();
  return {
    type,
    scope: scope === undefined || scope === '' ? null : scope,
    description: match[4] ?? '',
    isBreaking: match[3] === '!',
  };
}

/** The lines `* feat: …` that a host writes into the body of a squashed merge, or a merge's own title below. */
function squashedParts(body: string): readonly ConventionalPart[] {
  return body
    .split('\n')
    .map((line) => partOf(line.replace(/^[ \t]{0,8}[*-][ \t]{1,4}/, '')))
    .filter((part) => part !== null);
}

function weightiest(parts: readonly ConventionalPart[]): ConventionalPart | null {
  const weight = (part: ConventionalPart): number => {
    if (part.isBreaking) return 0;
    const group = TYPES[part.type];
    return group === 'security' ? 1 : group === 'features' ? 2 : group === 'fixes' ? 3 : 4;
  };
  return [...parts].sort((a, b) => weight(a) - weight(b))[0] ?? null;
}

function groupOf(message: ReadMessage): CommitGroup {
  if (message.isBreaking) return 'breaking';
  const scope = message.scope?.toLowerCase();
  if (message.isSecurity || scope === 'security') return 'security';
  return message.type === null ? 'other' : (TYPES[message.type] ?? 'other');
}

function revertOf(header: string, body: string, own: ConventionalPart | null): Revert | null {
  const quoted = /^(Revert|Reapply) "(.*)"/.exec(header);
  const isConventional = own?.type === 'revert';
  const hashes = [...body.matchAll(/\bThis reverts commits? ([0-9a-f]{7,64})\b/g)].map(
    (match) => match[1] ?? '',
  );
  if (isConventional && hashes.length === 0) {
    for (const line of body.matchAll(/^Refs?: ([0-9a-f, ]{7,500})$/gm)) {
      hashes.push(...(line[1] ?? '').split(/[, ]+/).filter((hash) => /^[0-9a-f]{7,64}$/.test(hash)));
    }
  }
  const requests = [
    ...body.matchAll(/^(?:This reverts merge request|Reverts) (?:[\w./-]{1,200})?[#!](\d{1,9})\b/gm),
  ].map((match) => Number(match[1]));
  if (!quoted && !isConventional) {
    return hashes.length + requests.length > 0 && /^(?:revert|reapply)/i.test(header)
      ? { header: null, hashes, requests }
      : null;
  }
  // `Reapply "x"` undoes the commit `Revert "x"`.
  const undone =
    quoted?.[1] === 'Reapply' ? `Revert "${quoted[2] ?? ''}"` : (quoted?.[2] ?? own?.description ?? null);
  return { header: undone, hashes, requests };
}

function pairReverts(
  commits: readonly Commit[],
  messages: readonly ReadMessage[],
  requests: readonly (readonly number[])[],
): {
  readonly revertedBy: ReadonlyMap<string, string>;
  readonly reverts: ReadonlyMap<string, readonly string[]>;
} {
  const revertedBy = new Map<string, string>();
  const reverts = new Map<string, readonly string[]>();
  if (!messages.some((message) => message.reverts)) return { revertedBy, reverts };
  const indexOf = new Map(commits.map((commit, index) => [commit.hash, index]));
  const byShortHash = new Map<string, number[]>();
  const bySubject = new Map<string, number[]>();
  const byRequest = new Map<number, number[]>();
  const note = <Key>(map: Map<Key, number[]>, key: Key, index: number): void => {
    const same = map.get(key);
    if (same) same.push(index);
    else map.set(key, [index]);
  };
  commits.forEach((commit, index) => {
    note(byShortHash, commit.hash.slice(0, 7), index);
    note(bySubject, commit.subject, index);
    // A squashed merge has the number of its request behind its title, which the revert of it does not quote.
    const title = commit.subject.replace(/(?: \([#!]\d{1,9}\))+$/, '');
    if (title !== commit.subject) note(bySubject, title, index);
    for (const request of requests[index] ?? []) note(byRequest, request, index);
  });
  // An abbreviation that two commits share names neither.
  const find = (hash: string): number | undefined => {
    const found = byShortHash.get(hash.slice(0, 7))?.filter((index) => commits[index]?.hash.startsWith(hash));
    return found?.length === 1 ? found[0] : undefined;
  };
  // Newest first, so whether a revert was itself undone is known when its turn comes.
  messages.forEach((message, index) => {
    const commit = commits[index];
    if (!message.reverts || !commit || revertedBy.has(commit.hash)) return;
    let targets = message.reverts.hashes.map(find).filter((target) => target !== undefined);
    const older = (alike: readonly number[] | undefined): readonly number[] => {
      const found = alike?.find((target) => target > index && !revertedBy.has(commits[target]?.hash ?? ''));
      return found === undefined ? [] : [found];
    };
    if (message.reverts.hashes.length === 0) {
      targets = message.reverts.requests.flatMap((request) => older(byRequest.get(request)));
      if (targets.length === 0 && message.reverts.header !== null) {
        targets = [...older(bySubject.get(message.reverts.header))];
      }
    }
    const undone = targets
      .filter((target) => target > index)
      .flatMap((target) => mergedBy(target, commits, indexOf));
    for (const target of undone) {
      const hash = commits[target]?.hash;
      if (hash !== undefined && !revertedBy.has(hash)) revertedBy.set(hash, commit.hash);
    }
    reverts.set(
      commit.hash,
      undone.map((target) => commits[target]?.hash ?? ''),
    );
  });
  return { revertedBy, reverts };
}

/** A commit by itself; a merge with the commits of the range that it brought in. */
function mergedBy(
  target: number,
  commits: readonly Commit[],
  indexOf: ReadonlyMap<string, number>,
): readonly number[] {
  const [first, ...others] = commits[target]?.parents ?? [];
  if (others.length === 0) return [target];
  const reach = (from: readonly string[], barred: ReadonlySet<number>): Set<number> => {
    const seen = new Set<number>();
    const open = [...from];
    while (open.length > 0) {
      const index = indexOf.get(open.pop() ?? '');
      if (index === undefined || seen.has(index) || barred.has(index)) continue;
      seen.add(index);
      open.push(...(commits[index]?.parents ?? []));
    }
    return seen;
  };
  const mainline = reach(first === undefined ? [] : [first], new Set());
  return [target, ...reach(others, mainline)];
}

function pullRequestsOf(commit: Commit, host: MessageHost): readonly number[] {
  const text = commit.subject.slice(0, MAX_HEADER);
  const numbers = [
    /^Merge pull request #(\d{1,9})\b/.exec(text)?.[1],
    ...[...text.matchAll(host === 'gitlab' ? /(?:^|[\s(])!(\d{1,9})\b/g : /\(#(\d{1,9})\)/g)].map(
      (match) => match[1],
    ),
    ...[...commit.body.slice(0, MAX_BODY).matchAll(/^See merge request [\w./-]{0,200}!(\d{1,9})$/gm)].map(
      (match) => match[1],
    ),
  ];
  return [...new Set(numbers.filter((number) => number !== undefined).map(Number))];
}

/** Of a body no more is searched for names of tickets. */
const MAX_BODY = 20_000;

/** Names of standards, formats, algorithms and advisories that look like tickets and are none. */
const NO_PROJECT = new Set(
  `CVE GHSA CWE CAPEC RUSTSEC GO PYSEC OWASP NIST FIPS PKCS UTF UCS ISO IEC IEEE ANSI ECMA RFC PEP ES JEP BIP EIP SHA MD AES
  RSA DES ECDSA ED BLAKE CRC HMAC TLS SSL HTTP IPV IP CP KOI LATIN WINDOWS BASE BIT INT UINT FLOAT FP BF X86 AMD ARM RISC
  MP H AV HDR GPT COVID CENTOS RHEL JAVA JDK PHP NODE PY PYTHON RUBY PART STEP PHASE DAY WEEK Q FY USB PCI SATA`
    .split(/\s+/)
    .filter((name) => name !== ''),
);

function ticketsOf(commit: Commit, host: MessageHost): readonly string[] {
  const subject = commit.subject.slice(0, MAX_HEADER);
  const text = `${subject}\n${commit.body.slice(0, MAX_BODY)}`;
  if (!/[-#]\d|\/\d/.test(text)) return [];
  const tickets = [...text.matchAll(/(?<![\w.-])([A-Z][A-Z0-9]{1,9})-(\d{1,7})(?![\w]|\.\d)/g)]
    .filter((match) => !NO_PROJECT.has(match[1] ?? ''))
    .map((match) => (match[1] === 'GH' ? `#${match[2] ?? ''}` : match[0]));
  const listed = [
    ...text.matchAll(
      /\b(?:close[sd]?|closing|fix(?:e[sd])?|fixing|resolve[sd]?|resolving|implements?|refs?|references|see|part of|relates to|issues?|tickets?|bug):? ((?:[\w.-]{1,100}\/[\w.-]{1,100})?#\d{1,9}(?:(?:, and|,| and| &) ?(?:[\w.-]{1,100}\/[\w.-]{1,100})?#\d{1,9}){0,20})/gi,
    ),
  ].flatMap((match) => (match[1] ?? '').match(/(?:[\w.-]+\/[\w.-]+)?#\d+/g) ?? []);
  const leading = /^\[?#(\d{1,9})\]?(?=[\s:])/.exec(subject)?.[1];
  const ofGitLab =
    host === 'gitlab' ? [...subject.matchAll(/\((#\d{1,9})\)/g)].map((match) => match[1] ?? '') : [];
  const linked = [
    ...text.matchAll(
      /https?:\/\/[\w.-]{1,200}\/((?:[\w.-]{1,100}\/){1,9}[\w.-]{1,100}?)\/issues\/(\d{1,9})\b/g,
    ),
  ].map((match) => `${(match[1] ?? '').replace(/\/-$/, '')}#${match[2] ?? ''}`);
  return [
    ...new Set([
      ...tickets,
      ...listed,
      ...(leading === undefined ? [] : [`#${leading}`]),
      ...ofGitLab,
      ...linked,
    ]),
  ];
}

/** The fields of the last paragraph, where it holds nothing else but them and the lines that go on with one. */
function trailersOf(body: string): ClassifiedCommit['trailers'] {
  const last =
    body
      .trimEnd()
      .split(/\n[ \t]*\n/)
      .pop() ?? '';
  if (!last.includes(':')) return [];
  const trailers: { name: string; value: string }[] = [];
  for (const line of last.split('\n')) {
    if (/^(?:-{3,}|\(cherry picked from commit [0-9a-f]{7,64}\))\s*$/.test(line)) continue;
    const field = /^([A-Za-z][A-Za-z0-9-]{0,60}|BREAKING CHANGE): (.*)$/.exec(line);
    const open = trailers[trailers.length - 1];
    if (field) trailers.push({ name: field[1] ?? '', value: (field[2] ?? '').trim() });
    else if (/^[ \t]/.test(line) && open) open.value = `${open.value} ${line.trim()}`;
    else return [];
  }
  return trailers.slice(0, MAX_TRAILERS);
}

const MAX_TRAILERS = 100;

function coAuthorsOf(trailers: ClassifiedCommit['trailers']): readonly string[] {
  const names = trailers
    .filter(({ name }) => /^co-authored-by$/i.test(name))
    .map(({ value }) => value.replace(/<[^>]*>.*$/, '').trim())
    .filter((name) => name !== '');
  return [...new Set(names)];
}
