import type { ChangedFile, CommitPaths } from '../ports';
import type { ChangeRange, ChangeSignals, ClassifiedCommit, HotSpot } from './change';
import { isDocumentation, isLockFile, isTestOrSample, isVendored } from './path-kinds';

/** So many commits before the base are looked at, whatever the length of the history. */
export const EARLIER_COMMITS = 500;

const MAX_HOT_SPOTS = 50;
const MAX_COMMITS_OF_A_SPOT = 5;
const DAY = 86_400_000;

/** What the signals are read from. */
export interface SignalFacts {
  readonly range: ChangeRange;
  readonly commits: readonly ClassifiedCommit[];
  readonly files: readonly ChangedFile[];
  /** The files of each commit of the range. */
  readonly within: readonly CommitPaths[];
  /** The commits before the base, newest first. */
  readonly earlier: readonly CommitPaths[];
}

/** Reads the signals of a range from its commits and those before it; pure. */
export function readSignals(facts: SignalFacts): ChangeSignals {
  const { range, commits, files, within, earlier } = facts;
  const times = commits
    .map(({ commit }) => ({ at: commit.authoredAt, time: Date.parse(commit.authoredAt) }))
    .filter(({ time }) => !Number.isNaN(time));
  // By time and not by text: the offsets differ.
  const first = times.reduce<(typeof times)[number] | null>((a, b) => (a && a.time <= b.time ? a : b), null);
  const last = times.reduce<(typeof times)[number] | null>((a, b) => (a && a.time >= b.time ? a : b), null);
  const committed = Date.parse(commits[0]?.commit.committedAt ?? '');
  const people = authorsOf(commits, earlier);
  return {
    earlierCommits: earlier.length,
    hotSpots: hotSpotsOf(files, earlier),
    size: {
      files: files.length,
      added: sumOf(files, ({ added }) => added),
      removed: sumOf(files, ({ removed }) => removed),
      ofLockFiles: sumOf(
        files.filter(({ path }) => isLockFile(path)),
        ({ added, removed }) => (added ?? 0) + (removed ?? 0),
      ),
      binaryFiles: files.filter(({ added, status }) => added === null && status !== 'submodule').length,
    },
    firstAuthoredAt: first?.at ?? null,
    lastAuthoredAt: last?.at ?? null,
    ageDays: daysBetween(first?.time ?? NaN, committed),
    daysSinceRelease: daysBetween(Date.parse(range.baseTaggedAt ?? ''), committed),
    authors: people,
    newToFiles: newToFilesOf(within, earlier),
  };
}

function daysBetween(from: number, to: number): number | null {
  const days = Math.floor((to - from) / DAY);
  return Number.isNaN(days) ? null : Math.max(0, days);
}

function sumOf(files: readonly ChangedFile[], lines: (file: ChangedFile) => number | null): number {
  return files.reduce((sum, file) => sum + (lines(file) ?? 0), 0);
}

/** What a subject says that a commit is, by convention or by its first word. */
function kindOf(subject: string): 'fix' | 'revert' | null {
  if (/^(?:revert(?:\([^()]*\))?!?:|Revert ")/i.test(subject)) return 'revert';
  return /^(?:fix|bugfix|hotfix)(?:\([^()]*\))?!?:|^(?:fix(?:e[sd])?|bugfix|hotfix)\b/i.test(subject)
    ? 'fix'
    : null;
}

function hotSpotsOf(files: readonly ChangedFile[], earlier: readonly CommitPaths[]): readonly HotSpot[] {
  const spots = new Map<
    string,
    { fixes: number; reverts: number; commits: { hash: string; subject: string }[] }
  >();
  const headPath = new Map<string, string>();
  for (const file of files) {
    if (file.status === 'added' || file.status === 'submodule' || !isCode(file.path)) continue;
    headPath.set(file.oldPath ?? file.path, file.path);
  }
  for (const { hash, subject, paths } of earlier) {
    const kind = kindOf(subject);
    if (kind === null) continue;
    for (const path of paths) {
      const changed = headPath.get(path);
      if (changed === undefined) continue;
      const spot = spots.get(changed) ?? { fixes: 0, reverts: 0, commits: [] };
      spots.set(changed, spot);
      if (kind === 'fix') spot.fixes++;
      else spot.reverts++;
      if (spot.commits.length < MAX_COMMITS_OF_A_SPOT) spot.commits.push({ hash, subject });
    }
  }
  return [...spots]
    .map(([path, spot]) => ({ path, ...spot }))
    .sort((a, b) => b.reverts - a.reverts || b.fixes - a.fixes || (a.path < b.path ? -1 : 1))
    .slice(0, MAX_HOT_SPOTS);
}

/** Fixes of tests, prose, lock files and other people's code say nothing of what runs. */
function isCode(path: string): boolean {
  return !isTestOrSample(path) && !isDocumentation(path) && !isVendored(path) && !isLockFile(path);
}

/** A person by address, else by name; programs that commit are nobody. */
function personOf(name: string, email: string): string {
  return (email === '' ? name : email).toLowerCase();
}

function isProgram(name: string): boolean {
  return /\[bot\]$/i.test(name);
}

function authorsOf(
  commits: readonly ClassifiedCommit[],
  earlier: readonly CommitPaths[],
): ChangeSignals['authors'] {
  const knownBefore = new Set(earlier.flatMap((each) => [personOf(each.authorName, each.authorEmail)]));
  const namesBefore = new Set(earlier.map((each) => each.authorName.toLowerCase()));
  const people = new Map<string, { name: string; commits: number; isNew: boolean | null }>();
  const keyOfName = new Map<string, string>();
  for (const { commit } of commits) {
    const name = commit.authorName.toLowerCase();
    if (!keyOfName.has(name)) keyOfName.set(name, personOf(commit.authorName, commit.authorEmail));
  }
  const count = (name: string, key: string): void => {
    const isNew = earlier.length === 0 ? null : !knownBefore.has(key) && !namesBefore.has(name.toLowerCase());
    const person = people.get(key) ?? { name, commits: 0, isNew };
    people.set(key, { ...person, commits: person.commits + 1 });
  };
  for (const { commit, coAuthors } of commits) {
    const author = personOf(commit.authorName, commit.authorEmail);
    count(commit.authorName, author);
    for (const name of coAuthors) {
      const key = keyOfName.get(name.toLowerCase()) ?? name.toLowerCase();
      if (key !== author) count(name, key);
    }
  }
  return [...people.values()].sort((a, b) => b.commits - a.commits || (a.name < b.name ? -1 : 1));
}

function newToFilesOf(
  within: readonly CommitPaths[],
  earlier: readonly CommitPaths[],
): ChangeSignals['newToFiles'] {
  const before = new Map<string, Set<string>>();
  for (const { authorName, authorEmail, paths } of earlier) {
    const person = personOf(authorName, authorEmail);
    for (const path of paths) {
      const people = before.get(path);
      if (people) people.add(person);
      else before.set(path, new Set([person]));
    }
  }
  if (before.size === 0) return [];
  const found = new Map<string, { author: string; paths: Set<string> }>();
  for (const { authorName, authorEmail, paths } of within) {
    if (isProgram(authorName)) continue;
    const person = personOf(authorName, authorEmail);
    for (const path of paths) {
      const people = before.get(path);
      if (!people || people.has(person) || !isCode(path)) continue;
      const own = found.get(person) ?? { author: authorName, paths: new Set<string>() };
      found.set(person, own);
      own.paths.add(path);
    }
  }
  return [...found.values()]
    .map(({ author, paths }) => ({ author, paths: [...paths].sort() }))
    .sort((a, b) => b.paths.length - a.paths.length || (a.author < b.author ? -1 : 1));
}
