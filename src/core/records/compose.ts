import { confirmationPhrase } from '../text/confirmation-phrase';
import { approvalKind } from '../documents/approval/approval-kind';
import type { DocumentKind } from '../documents/document';
import { documentReviewKind } from '../documents/document-review/document-review-kind';
import { drillRecordKind } from '../documents/drill-record/drill-record-kind';
import { overrideKind } from '../documents/override/override-kind';
import { textHash } from '../documents/markdown/text-hash';
import { plainText } from '../documents/markdown/write';
import type { Clock, History, RepositoryFiles } from '../ports';
import { dayAt, isoDay } from '../text/iso-day';
import type { ProposedFile } from '../text/proposal';
import { isoTime, zonedTime } from '../text/zoned-time';
import { durationText, readDuration } from './duration';
import { DRILLS, REVIEWS } from './record';
import { isSameVersion } from './records-in';
import { isSamePerson } from './same-person';
import { isCommit, namesPerson } from './strict';

/** What writing a record down asks of the world. No model is among it: a record is what a person says. */
export interface RecordingWorld {
  readonly files: RepositoryFiles;
  readonly history: History;
  readonly clock: Clock;
  /** The folder of releases as configured; records stand in `records` below it. */
  readonly releaseFolder: string;
  /** Who git says is at work here (`user.name`); null where it does not. */
  readonly gitName: string | null;
  /** Names of environments that are production, as configured. */
  readonly productionEnvironments: readonly string[];
  readonly signal?: AbortSignal;
}

/** A record to be shown and written, or every reason why it cannot be, a sentence without a full stop each. */
export type RecordAnswer =
  | {
      readonly ok: true;
      readonly file: ProposedFile;
      /** What the person should know of it before it is written, a sentence each. */
      readonly notes: readonly string[];
      /** What the person types before it is written; null where a press is enough. */
      readonly phrase: string | null;
    }
  | { readonly ok: false; readonly problems: readonly string[] };

/** What a person tells of a drill; null for what they leave out. */
export interface ToldDrill {
  readonly drill: string | null;
  readonly environment: string | null;
  readonly service: string | null;
  readonly version: string | null;
  readonly versionTo: string | null;
  readonly startedAt: string | null;
  readonly duration: string | null;
  readonly outcome: string | null;
  readonly by: string | null;
  readonly evidence: readonly string[];
  readonly notes: string | null;
}

/** What a person tells of an approval. */
export interface ToldApproval {
  readonly environment: string | null;
  readonly version: string | null;
  readonly commit: string | null;
  readonly by: string | null;
  readonly role: string | null;
  readonly at: string | null;
  readonly read: readonly string[];
  readonly evidence: readonly string[];
}

/** What a person tells of an override. */
export interface ToldOverride {
  readonly condition: string | null;
  readonly environment: string | null;
  readonly version: string | null;
  readonly by: string | null;
  readonly reason: string | null;
  readonly until: string | null;
}

/** What a person tells of a document that they read or carried out. */
export interface ToldReview {
  readonly document: string | null;
  readonly review: string | null;
  readonly environment: string | null;
  readonly outcome: string | null;
  readonly at: string | null;
  readonly by: string | null;
  readonly evidence: readonly string[];
  readonly notes: string | null;
}

/** A name of this path may be taken so many times. */
const MAX_SAME_NAMES = 99;

const PRODUCTION = /^(?:prod|production|prd|live)$/i;

/** The record of a drill. */
export async function composeDrill(world: RecordingWorld, told: ToldDrill): Promise<RecordAnswer> {
  const problems: string[] = [];
  const notes: string[] = [];
  const drill = told.drill ?? 'rollback';
  if (!DRILLS.some((each) => each === drill)) {
    problems.push(`"${drill}" is no kind of drill that is recorded; it takes ${DRILLS.join(', ')}`);
  }
  const environment = environmentOf(told.environment, problems);
  const version = await versionOf(world, told.version, problems, notes);
  const seconds = readDuration(told.duration ?? '');
  if (told.duration === null) problems.push('say how long it took, such as 12m, 90s or 1h5m');
  else if (seconds === null) problems.push(`"${told.duration}" is no duration; write 12m, 90s or 1h5m`);
  if (told.outcome !== 'passed' && told.outcome !== 'failed') {
    problems.push(
      told.outcome === null
        ? 'say how it ended: passed or failed'
        : `the outcome is passed or failed, not "${told.outcome}"`,
    );
  }
  const now = world.clock.now().getTime();
  const startedAt = timeOf(told.startedAt, now, problems) ?? now - (seconds ?? 0) * 1000;
  if (told.startedAt === null && seconds !== null) {
    notes.push('No start was told: it is taken for having ended just now');
  }
  if (told.startedAt !== null && seconds !== null && startedAt + seconds * 1000 > now + 60_000) {
    problems.push('by its start and duration the drill has not ended yet');
  }
  const by = personOf(world, told.by, problems);
  const evidence = await evidenceOf(world, told.evidence, problems);
  if (told.evidence.length === 0) {
    problems.push('name what shows it: a path of the repository, an address, or a commit');
  }
  if (isProduction(world, environment)) {
    notes.push(
      `${environment} is production: a drill there is kept, and does not count as one outside production`,
    );
  }
  if (problems.length > 0) return { ok: false, problems };
  return propose(
    world,
    drillRecordKind,
    {
      drill,
      environment,
      service: plainText(told.service ?? ''),
      versionFrom: version,
      versionTo: plainText(told.versionTo ?? ''),
      startedAt: isoTime(startedAt),
      duration: durationText(seconds ?? 0),
      outcome: told.outcome ?? '',
      recordedBy: by,
      evidence,
      notes: plainText(told.notes ?? ''),
    },
    ['drill', drill, environment, version, dayAt(startedAt)],
    `record of a ${drill} drill in ${environment}`,
    notes,
    null,
  );
}

/** The record of an approval. The face asks the person to type `confirmationPhrase` before it writes it. */
export async function composeApproval(world: RecordingWorld, told: ToldApproval): Promise<RecordAnswer> {
  const problems: string[] = [];
  const notes: string[] = [];
  const environment = environmentOf(told.environment, problems);
  const version = await versionOf(world, told.version, problems, notes);
  const now = world.clock.now().getTime();
  const at = timeOf(told.at, now, problems) ?? now;
  const by = personOf(world, told.by, problems);
  const role = plainText(told.role ?? '');
  if (role === '') problems.push('say in what role the release is approved, such as "release manager"');
  const commit = await commitOf(world, told.commit, version, problems, notes);
  const read = await readMatter(world, told.read, problems);
  const evidence = await evidenceOf(world, told.evidence, problems);
  if (problems.length > 0) return { ok: false, problems };
  return propose(
    world,
    approvalKind,
    {
      environment,
      version,
      commit,
      approver: by,
      role,
      at: isoTime(at),
      recordedBy: plainText(world.gitName ?? ''),
      read,
      evidence,
    },
    ['approval', environment, version, by.replace(/<.*/, ''), dayAt(at)],
    `approval of ${version} for ${environment}`,
    notes,
    confirmationPhrase(environment, version),
  );
}

/**
 * The record of a review: of the document as it is committed, by somebody other than who changed it last.
 */
export async function composeReview(world: RecordingWorld, told: ToldReview): Promise<RecordAnswer> {
  const problems: string[] = [];
  const notes: string[] = [];
  const review = told.review ?? 'reviewed';
  if (!REVIEWS.some((each) => each === review)) {
    problems.push(`"${review}" is nothing that is recorded of a document; it takes ${REVIEWS.join(', ')}`);
  }
  const path = plainText(told.document ?? '').replace(/^\.\//, '');
  if (path === '') problems.push('name the document by its path, such as docs/ops/RUNBOOK.md');
  const read = path === '' ? null : await committedText(world, path, problems);
  const by = personOf(world, told.by, problems);
  const author = read === null ? '' : `${read.authorName} <${read.authorEmail}>`;
  if (read && by !== '' && isSamePerson(by, author)) {
    problems.push(
      `${read.authorName} changed ${path} last (${read.hash.slice(0, 12)}), and nobody reviews their own text: have somebody else record it`,
    );
  }
  const now = world.clock.now().getTime();
  const at = timeOf(told.at, now, problems) ?? now;
  if (read && at < Date.parse(read.committedAt)) {
    problems.push(
      `the text that stands here was committed at ${read.committedAt}, after it is said to have been read`,
    );
  }
  const isTest = review === 'tested';
  const environment = isTest ? environmentOf(told.environment, problems) : '';
  if (isTest && told.outcome !== 'passed' && told.outcome !== 'failed') {
    problems.push(
      told.outcome === null
        ? 'say how it ended: passed or failed'
        : `the outcome is passed or failed, not "${told.outcome}"`,
    );
  }
  if (isTest && isProduction(world, environment)) {
    notes.push(`${environment} is production: carried out there, it does not count as tested before`);
  }
  const evidence = await evidenceOf(world, told.evidence, problems);
  if (isTest && told.evidence.length === 0) {
    problems.push('name what shows it: a path of the repository, an address, or a commit');
  }
  if (problems.length > 0 || read === null) return { ok: false, problems };
  const name = path.replace(/^.*\//, '').replace(/\.md$/i, '');
  return propose(
    world,
    documentReviewKind,
    {
      document: path,
      sha256: textHash(read.text),
      review,
      reviewer: by,
      author,
      at: isoTime(at),
      environment,
      outcome: isTest ? (told.outcome ?? '') : '',
      recordedBy: plainText(world.gitName ?? ''),
      evidence,
      notes: plainText(told.notes ?? ''),
    },
    ['review', name, by.replace(/<.*/, ''), dayAt(at)],
    `record that ${path} was ${review}`,
    notes,
    `${path} ${review}`,
  );
}

/** A document as it stands here and in its last commit; null, with the problem, where the two are not the same. */
async function committedText(
  world: RecordingWorld,
  path: string,
  problems: string[],
): Promise<{
  readonly text: string;
  readonly hash: string;
  readonly authorName: string;
  readonly authorEmail: string;
  readonly committedAt: string;
} | null> {
  const here = await world.files.read(path);
  if (!here.ok) {
    problems.push(`the document ${path} ${here.detail}`);
    return null;
  }
  const state = await world.history.state(world.signal);
  if (state.kind !== 'git') {
    problems.push(`the history is not known (${state.detail}), so neither is who wrote ${path}`);
    return null;
  }
  const commit = await world.history.lastCommitOf(path, world.signal);
  const committed = await world.history.fileAt(state.head, path, world.signal);
  if (!commit || !committed.ok) {
    problems.push(`${path} is in no commit, so nobody can tell who wrote it: commit it first`);
    return null;
  }
  if (textHash(committed.text) !== textHash(here.text)) {
    problems.push(
      `${path} differs from what is committed: commit it first, so that what was read can be found again`,
    );
    return null;
  }
  return { text: here.text, ...commit };
}

/**
 * The record of an override.
 *
 * @param conditions The ids that there are.
 */
export async function composeOverride(
  world: RecordingWorld,
  told: ToldOverride,
  conditions: readonly string[],
): Promise<RecordAnswer> {
  const problems: string[] = [];
  const notes: string[] = [];
  const condition = (told.condition ?? '').replace(/^rollback:/, '');
  if (!conditions.includes(condition)) {
    problems.push(
      condition === ''
        ? 'name the condition that is overridden'
        : `there is no condition "${condition}"; there are ${[...conditions].sort().join(', ')}`,
    );
  }
  const environment = environmentOf(told.environment, problems);
  const version = await versionOf(world, told.version, problems, notes);
  const by = personOf(world, told.by, problems);
  const reason = plainText(told.reason ?? '');
  if (reason === '') problems.push('give the reason: an override without one does not count');
  const now = world.clock.now().getTime();
  const until = isoDay(told.until ?? '');
  if (told.until === null)
    problems.push('give its last day, such as 2027-03-01: an override without one does not count');
  else if (until === null) problems.push(`"${told.until}" is no day; write 2027-03-01`);
  else if (until < dayAt(now))
    problems.push(`${until} has passed: an override that has ended does not count`);
  if (problems.length > 0) return { ok: false, problems };
  return propose(
    world,
    overrideKind,
    {
      condition,
      environment,
      version,
      name: by,
      reason,
      until: until ?? '',
      recordedAt: isoTime(now),
      recordedBy: plainText(world.gitName ?? ''),
    },
    ['override', condition, environment, version, dayAt(now)],
    `override of ${condition} for ${version} in ${environment}`,
    notes,
    confirmationPhrase(environment, version),
  );
}

/** The environment as it was told, with what speaks against it among the problems. */
export function environmentOf(told: string | null, problems: string[]): string {
  const environment = plainText(told ?? '');
  if (environment === '') problems.push('name the environment');
  else if (!/^[\w][\w ./-]{0,59}$/.test(environment))
    problems.push(`"${environment}" is no name of an environment`);
  return environment;
}

async function versionOf(
  world: RecordingWorld,
  told: string | null,
  problems: string[],
  notes: string[],
): Promise<string> {
  const version = plainText(told ?? '');
  if (version === '') {
    problems.push('name the version');
    return version;
  }
  if (!/^[\w][\w.+/@-]{0,79}$/.test(version)) {
    problems.push(`"${version}" is no version`);
    return version;
  }
  const tag = await tagOf(world, version);
  if (tag === null) notes.push(`No tag of this repository names ${version}: the version is only told`);
  return version;
}

/** The commit of the tag that names a version; null where none does. */
async function tagOf(world: RecordingWorld, version: string): Promise<string | null> {
  const state = await world.history.state(world.signal);
  if (state.kind !== 'git') return null;
  // Names as people tag: v1.2.3, release-1.2.3, api@1.2.3.
  for (const tag of await world.history.tags(state.head, world.signal)) {
    const bare = tag.name.replace(/^.*[@/_-](?=v?\d)/, '');
    if (isSameVersion(tag.name, version) || isSameVersion(bare, version)) return tag.commit;
  }
  for (const name of [version, `v${version}`]) {
    const commit = await world.history.resolve(`refs/tags/${name}`, world.signal);
    if (commit !== null) return commit;
  }
  return null;
}

function timeOf(told: string | null, now: number, problems: string[]): number | null {
  if (told === null) return null;
  const time = zonedTime(told);
  if (time === null) problems.push(`"${told}" is no time with its zone; write 2026-11-20T14:00Z`);
  else if (time > now + 60_000) problems.push(`${told} has not come yet: what is recorded has happened`);
  return time;
}

/** The person who records: as told, else as git says; with what speaks against it among the problems. */
export function personOf(world: RecordingWorld, told: string | null, problems: string[]): string {
  const by = plainText(told ?? world.gitName ?? '');
  if (by === '') problems.push('say who records it with --by: git has no user.name here');
  else if (!namesPerson(by)) problems.push(`"${by}" names no person; a record is somebody's own`);
  return by;
}

async function commitOf(
  world: RecordingWorld,
  told: string | null,
  version: string,
  problems: string[],
  notes: string[],
): Promise<string> {
  const state = await world.history.state(world.signal);
  if (state.kind !== 'git') {
    if (told !== null && isCommit(told.toLowerCase())) {
      notes.push('Git tells nothing here, so whether the commit exists was not looked up');
      return told.toLowerCase();
    }
    problems.push(`name the whole id of the commit: the history is not known (${state.detail})`);
    return '';
  }
  if (told !== null) {
    const commit = await world.history.resolve(told, world.signal);
    if (commit === null) problems.push(`"${told}" names no commit of this repository`);
    return commit ?? '';
  }
  const tagged = version === '' ? null : await tagOf(world, version);
  notes.push(
    tagged === null
      ? 'No commit was named: it is the one that is checked out'
      : `No commit was named: it is the one that the tag of ${version} names`,
  );
  return tagged ?? state.head;
}

/** Each item as it is kept: a commit by its whole id. What is neither address, commit nor file is a problem. */
export async function evidenceOf(
  world: RecordingWorld,
  told: readonly string[],
  problems: string[],
): Promise<readonly string[]> {
  const kept: string[] = [];
  for (const item of told.map(plainText)) {
    if (item === '') continue;
    if (isAddress(item)) {
      kept.push(item);
      continue;
    }
    if (/^[0-9a-f]{7,64}$/i.test(item)) {
      const commit = await world.history.resolve(item, world.signal);
      if (commit !== null) {
        kept.push(commit);
        continue;
      }
    }
    const path = item.replace(/^\.\//, '');
    const read = await world.files.read(path.replace(/(?:#L?|:)\d+(?:-L?\d+)?$/, ''));
    // What cannot be read as text (a picture, a long log) is there all the same.
    if (read.ok || read.reason === 'binary' || read.reason === 'encoding' || read.reason === 'too-large')
      kept.push(path);
    else
      problems.push(`the evidence "${item}" is no address, no commit and no file here (it ${read.detail})`);
  }
  return kept;
}

/** What was read: files and addresses as evidence is, or a sentence in the approver's own words. */
async function readMatter(
  world: RecordingWorld,
  told: readonly string[],
  problems: string[],
): Promise<readonly string[]> {
  const items = told.map(plainText).filter((item) => item !== '');
  if (items.length === 0) problems.push('say what was read before, such as docs/release/RELEASE_PLAN.md');
  const kept: string[] = [];
  for (const item of items) {
    const isPath = !item.includes(' ') && /[/.]/.test(item);
    kept.push(...(isPath ? await evidenceOf(world, [item], problems) : [item]));
  }
  return kept;
}

function isAddress(text: string): boolean {
  return /^https?:\/\/[A-Za-z0-9][^\s<>"'`\\|{}[\]*()]*$/.test(text);
}

function isProduction(world: RecordingWorld, environment: string): boolean {
  const configured = world.productionEnvironments.some(
    (name) => name.toLowerCase() === environment.toLowerCase(),
  );
  return configured || PRODUCTION.test(environment);
}

async function propose<T>(
  world: RecordingWorld,
  kind: DocumentKind<T>,
  data: T,
  parts: readonly string[],
  purpose: string,
  notes: readonly string[],
  phrase: string | null,
): Promise<RecordAnswer> {
  const name = parts.map(slug).join('_');
  for (let count = 1; count <= MAX_SAME_NAMES; count++) {
    const path = `${world.releaseFolder}/records/${name}${count === 1 ? '' : `-${count}`}.md`;
    const read = await world.files.read(path);
    if (read.ok || read.reason !== 'missing') continue;
    return { ok: true, file: { path, before: null, after: kind.render(data), purpose }, notes, phrase };
  }
  return { ok: false, problems: [`there are ${MAX_SAME_NAMES} records named ${name} already`] };
}

/** A part of a file's name: letters, digits, dots, plus and minus. */
function slug(text: string): string {
  const name = text
    .trim()
    .replace(/[^A-Za-z0-9.+]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 60);
  return name === '' ? 'unnamed' : name;
}
