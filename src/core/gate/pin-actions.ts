import { ACTION_PINS_READ } from '../evidence/action-pins';
import type { CommitAnswer, CommitLookup, RepositoryFiles } from '../ports';
import type { KnownCommit } from '../rules/rule';
import { applyEdits, type TextEdit } from '../text/edit';
import { lineIndex, type Located, type Range } from '../text/position';
import { changesAnything, type ProposedFile } from '../text/proposal';
import {
  actionReference,
  isFullVersion,
  pinEdits,
  versionBeside,
  type ActionReference,
} from '../workflow/action-reference';
import { readLocalAction } from '../workflow/local-actions';
import { readWorkflow } from '../workflow/read';
import { isWorkflowPath } from './check';
import { PIN_CACHE_PATH, pinsWith, renderPinCache, type CachedPin } from './pin-cache';

/** What is pinned, and with what. */
export interface PinInput {
  readonly files: RepositoryFiles;
  /** What the repository keeps already. */
  readonly cache: readonly CachedPin[];
  /** Only these files are changed; all workflows and actions of the repository where nothing is named. */
  readonly only?: ReadonlySet<string>;
  /** Asked for what is not known; nobody is where it is left out. */
  readonly lookup?: CommitLookup;
  /** `lookup` is asked about what is known and pinned already, too, and the repository's list is brought up to date. */
  readonly refresh?: boolean;
  readonly signal?: AbortSignal;
}

/** A `uses:` with its place. */
export interface UsePlace {
  readonly path: string;
  readonly range: Range;
  /** As written: `actions/checkout@v4`. */
  readonly uses: string;
}

/** A `uses:` that gets a commit. */
export interface PinnedUse extends UsePlace {
  readonly commit: string;
  /** What the comment beside it says. */
  readonly version: string;
  /** Completes "from …". */
  readonly source: string;
}

/** What pinning a repository comes to. Nothing has been written. */
export interface PinnedRepository {
  /** The changed workflows and actions, and the repository's list of commits where it grows. */
  readonly files: readonly ProposedFile[];
  readonly pinned: readonly PinnedUse[];
  /** What stays at its tag. `reason` is a clause: "its commit is not known". */
  readonly unknown: readonly (UsePlace & { readonly reason: string })[];
  /** Pins whose commit is not the one that is known of the version beside them; they are not changed. */
  readonly conflicts: readonly (UsePlace & { readonly version: string; readonly knownCommit: string })[];
  /** How many `uses:` of other repositories there are, pinned ones included. */
  readonly count: number;
  /** Why nobody answered, where `lookup` was asked to refresh and not one question had an answer; null otherwise. */
  readonly unreached: string | null;
}

/** More refs than this are not asked for in one call: a repository that uses so many is not pinned by hand either. */
const MAX_LOOKUPS = 500;

/** The metadata of an action, wherever it stands in the repository. */
const ACTION_PATH = /(^|\/)action\.ya?ml$/;

/**
 * Pins every action and reusable workflow of other repositories to the commit of the version that stands there: in
 * workflows, and in the composite actions of the repository. Container images are left alone. A commit comes from the
 * repository's own list, from the table of this program, or from `lookup`; none is ever made up.
 */
export async function pinActions(input: PinInput): Promise<PinnedRepository> {
  const { files, cache, signal } = input;
  const paths = input.only ? [...input.only] : (await files.list(signal)).paths.filter(isOfActions);
  const known = pinsWith(cache);
  const found = new Map<string, CachedPin>();
  const answers = new Map<string, Answer>();
  const answerFor = async (reference: ActionReference): Promise<Answer> => {
    // Names of repositories are the same in either case, tags are not.
    const key = `${reference.repository.toLowerCase()}@${reference.ref}`;
    const answered = answers.get(key) ?? (await answerOnce(reference, known, input, answers));
    answers.set(key, answered);
    if (answered.ok && answered.found) found.set(key.toLowerCase(), answered.found);
    return answered;
  };

  const proposed: ProposedFile[] = [];
  const pinned: PinnedUse[] = [];
  const unknown: (UsePlace & { reason: string })[] = [];
  const conflicts: PinnedRepository['conflicts'][number][] = [];
  let count = 0;
  const refresher = input.refresh && input.lookup ? refreshing(input.lookup, signal) : null;
  for (const pin of refresher ? cache : []) {
    const now = await refresher?.commitOf(pin.action, pin.ref);
    const key = `${pin.action}@${pin.ref}`.toLowerCase();
    if (now?.ok && now.commit !== pin.commit)
      found.set(key, { ...pin, commit: now.commit, version: now.version });
  }
  for (const path of paths) {
    signal?.throwIfAborted();
    const read = await files.read(path);
    if (!read.ok) continue;
    const { text } = read;
    const lines = lineIndex(text);
    const edits: TextEdit[] = [];
    for (const use of usesIn(path, text)) {
      const reference = actionReference(use.value);
      if (!reference) continue;
      count++;
      const place: UsePlace = { path, range: lines.rangeOf(use.span), uses: use.value };
      if (reference.isCommit) {
        const version = versionBeside(text, use);
        const commit =
          version === null
            ? null
            : ((await refresher?.commitOfVersion(reference.repository, version)) ??
              commitOfVersion(known, reference, version));
        if (version !== null && commit !== null && commit !== reference.ref.toLowerCase()) {
          conflicts.push({ ...place, version, knownCommit: commit });
        }
        continue;
      }
      const answer = await answerFor(reference);
      if (!answer.ok) {
        unknown.push({ ...place, reason: answer.reason });
        continue;
      }
      const { commit, version, source } = answer;
      const own = pinEdits(text, use, commit, version);
      if (!own) unknown.push({ ...place, reason: 'it is not written where it is read' });
      else {
        edits.push(...own);
        pinned.push({ ...place, commit, version, source });
      }
    }
    const after = applyEdits(text, edits);
    const file = { path, before: text, after, purpose: 'pins actions to commits' };
    if (changesAnything(file)) proposed.push(file);
  }
  if (found.size > 0) {
    const before = await files.read(PIN_CACHE_PATH);
    proposed.push({
      path: PIN_CACHE_PATH,
      before: before.ok ? before.text : null,
      after: renderPinCache([
        ...cache.filter(({ action, ref }) => !found.has(`${action}@${ref}`.toLowerCase())),
        ...found.values(),
      ]),
      purpose: 'keeps the commits that were asked for',
    });
  }
  return { files: proposed, pinned, unknown, conflicts, count, unreached: refresher?.unreached() ?? null };
}

/** Asks each tag once, stops when asking is no use, and remembers whether anybody answered at all. */
function refreshing(
  lookup: CommitLookup,
  signal: AbortSignal | undefined,
): {
  commitOf(repository: string, ref: string): Promise<CommitAnswer>;
  commitOfVersion(repository: string, version: string): Promise<string | null>;
  unreached(): string | null;
} {
  const answers = new Map<string, CommitAnswer>();
  const commitOf = async (repository: string, ref: string): Promise<CommitAnswer> => {
    const key = `${repository.toLowerCase()}@${ref}`;
    const end = [...answers.values()].find((answer) => !answer.ok && answer.isFinal);
    const answer = answers.get(key) ?? end ?? (await lookup.commitOf(repository, ref, signal));
    answers.set(key, answer);
    return answer;
  };
  return {
    commitOf,
    commitOfVersion: async (repository, version) => {
      const written = await commitOf(repository, version);
      if (written.ok) return written.commit;
      // The comment may leave the `v` of the tag away, or add one.
      const other = await commitOf(repository, /^v/.test(version) ? version.slice(1) : `v${version}`);
      return other.ok ? other.commit : null;
    },
    unreached: () => {
      const all = [...answers.values()];
      const final = all.find((answer) => !answer.ok && answer.isFinal);
      return final && !final.ok && !all.some((answer) => answer.ok) ? final.detail : null;
    },
  };
}

type Answer =
  | {
      readonly ok: true;
      readonly commit: string;
      readonly version: string;
      readonly source: string;
      /** New for the repository's list. */
      readonly found: CachedPin | null;
    }
  | { readonly ok: false; readonly reason: string; readonly isFinal?: boolean };

/**
 * What stands for a version: the repository's own list, then the table for one release, then whoever can be asked. What
 * the table says of a moving tag comes last: the tag may have been moved since.
 */
async function answerOnce(
  reference: ActionReference,
  known: ReadonlyMap<string, KnownCommit>,
  input: PinInput,
  earlier: ReadonlyMap<string, Answer>,
): Promise<Answer> {
  const { repository, ref } = reference;
  const pin = pinOf(known, reference, ref);
  const written = (version: string): string => (/^v\d/i.test(ref) ? `v${version}` : version);
  if (
    pin &&
    !(input.refresh && input.lookup) &&
    (pin.isOfRepository || isFullVersion(ref) || !input.lookup)
  ) {
    const source = pin.isOfRepository
      ? PIN_CACHE_PATH
      : `public repositories, ${ACTION_PINS_READ}${isFullVersion(ref) ? '' : '; the tag may have moved since'}`;
    return { ok: true, commit: pin.commit, version: written(pin.version), source, found: null };
  }
  if (!input.lookup) return { ok: false, reason: 'its commit is not known here' };
  const end = [...earlier.values()].find((answer) => !answer.ok && answer.isFinal);
  if (end) return end;
  if (earlier.size >= MAX_LOOKUPS)
    return { ok: false, reason: 'too many others were asked for', isFinal: true };
  const answer = await input.lookup.commitOf(repository, ref, input.signal);
  if (!answer.ok) {
    return { ok: false, reason: `"${ref}" ${answer.detail}`, ...(answer.isFinal ? { isFinal: true } : {}) };
  }
  const { commit, version } = answer;
  return {
    ok: true,
    commit,
    version: version ?? ref,
    source: input.lookup.name,
    found: { action: repository, ref, commit, version },
  };
}

function pinOf(
  known: ReadonlyMap<string, KnownCommit>,
  { name, repository }: ActionReference,
  ref: string,
): KnownCommit | null {
  return known.get(`${name}@${ref}`.toLowerCase()) ?? known.get(`${repository}@${ref}`.toLowerCase()) ?? null;
}

/** The commit of a full version, whether it is kept with or without its `v`. */
function commitOfVersion(
  known: ReadonlyMap<string, KnownCommit>,
  reference: ActionReference,
  version: string,
): string | null {
  const bare = version.replace(/^v/, '');
  return (pinOf(known, reference, `v${bare}`) ?? pinOf(known, reference, bare))?.commit ?? null;
}

function isOfActions(path: string): boolean {
  return isWorkflowPath(path) || ACTION_PATH.test(path);
}

/** Every `uses:` of a workflow or composite action, each place once: an anchor is used in several. */
function usesIn(path: string, text: string): readonly Located<string>[] {
  const steps = ACTION_PATH.test(path)
    ? (readLocalAction(path, text)?.steps ?? [])
    : readWorkflow(path, text).jobs.flatMap((job) => [job, ...job.steps]);
  const places = new Map<number, Located<string>>();
  for (const { uses } of steps) if (uses) places.set(uses.span.start, uses);
  return [...places.values()].sort((a, b) => a.span.start - b.span.start);
}
