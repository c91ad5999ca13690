import picomatch from 'picomatch';
import { compare, parse, prerelease } from 'semver';
import type { History, Tag } from '../ports';
import type { ChangeRange } from './change';

/** Which commits are asked for; what is null is found. */
export interface RangeRequest {
  readonly base: string | null;
  readonly head: string | null;
  /** A glob of the tags that are releases; null: whatever holds a semantic version. */
  readonly tagPattern: string | null;
}

export type RangeAnswer =
  | { readonly ok: true; readonly range: ChangeRange; readonly isShallow: boolean }
  /** `no-history`: git tells nothing here; `no-such-commit`: what was asked for is not there. `reason` is a clause. */
  | { readonly ok: false; readonly kind: 'no-history' | 'no-such-commit'; readonly reason: string };

/** A tag that names a release: what stands before the version, and the version. */
export interface ReleaseTag {
  readonly tag: Tag;
  /** `app-` of `app-v1.2.3`; '' for `v1.2.3`. */
  readonly family: string;
  /** Normalised, such as `1.2.0` of `v1.2`; null where the pattern says that it is a release and no version is in it. */
  readonly version: string | null;
}

/** Finds the range of the next release: from the last release tag before the head, or from the first commit. */
export async function findReleaseRange(
  history: History,
  request: RangeRequest,
  signal?: AbortSignal,
): Promise<RangeAnswer> {
  const state = await history.state(signal);
  if (state.kind === 'unavailable') return { ok: false, kind: 'no-history', reason: state.detail };
  const head = request.head === null ? state.head : await history.resolve(request.head, signal);
  if (head === null)
    return { ok: false, kind: 'no-such-commit', reason: `no commit is called "${request.head ?? 'HEAD'}"` };

  const notes: string[] = [];
  const releases = releaseTags(await history.tags(head, signal), request.tagPattern);
  const onHead = releases.find((release) => release.tag.commit === head) ?? null;
  const headName =
    (request.head === null ? null : nameOf(request.head)) ?? onHead?.tag.name ?? state.branch ?? nameOf(head);
  const common = { headTag: onHead?.tag.name ?? null, headVersion: onHead?.version ?? null, headName };
  if (state.isShallow) {
    notes.push(
      'The clone is shallow: commits and tags before its edge are not here; fetch the whole history (`git fetch --unshallow --tags`) for a complete range',
    );
  }

  if (request.base !== null) {
    const base = await history.resolve(request.base, signal);
    if (base === null)
      return { ok: false, kind: 'no-such-commit', reason: `no commit is called "${request.base}"` };
    const meeting = await history.mergeBase(base, head, signal);
    if (meeting === null) {
      return {
        ok: false,
        kind: 'no-such-commit',
        reason: `"${request.base}" and "${headName}" share no commit`,
      };
    }
    if (meeting !== base) {
      notes.push(
        `"${request.base}" is no ancestor of "${headName}": compared from their common ancestor ${meeting.slice(0, 12)}`,
      );
    }
    const tagged = releases.find((release) => release.tag.commit === base) ?? null;
    return {
      ok: true,
      isShallow: state.isShallow,
      range: {
        ...common,
        commits: { base: meeting, head },
        baseTag: tagged?.tag.name ?? null,
        baseTaggedAt: tagged?.tag.taggedAt ?? null,
        baseName: nameOf(request.base),
        previousVersion: tagged?.version ?? null,
        notes,
      },
    };
  }

  const last = lastRelease(releases, head, notes);
  if (onHead && last) {
    notes.push(
      `${headName} is itself the release ${onHead.tag.name}: the range is what that release brought`,
    );
  }
  if (!last) notes.push('No release tag lies before the head: the range begins at the first commit');
  return {
    ok: true,
    isShallow: state.isShallow,
    range: {
      ...common,
      commits: { base: last?.tag.commit ?? null, head },
      baseTag: last?.tag.name ?? null,
      baseTaggedAt: last?.tag.taggedAt ?? null,
      baseName: last?.tag.name ?? null,
      previousVersion: last?.version ?? null,
      notes,
    },
  };
}

/** A commit id is abbreviated, any other name stands as it was given. */
function nameOf(ref: string): string {
  return /^[0-9a-f]{40,64}$/.test(ref) ? ref.slice(0, 12) : ref;
}

/** The tags that are releases, newest version first; those without a version last, newest date first. */
export function releaseTags(tags: readonly Tag[], pattern: string | null): readonly ReleaseTag[] {
  const isRelease = pattern === null ? null : picomatch(pattern, { dot: true, bash: true });
  const releases: ReleaseTag[] = [];
  for (const tag of tags) {
    const read = versionIn(tag.name);
    if (isRelease ? isRelease(tag.name) : read) {
      releases.push({ tag, family: read?.family ?? '', version: read?.version ?? null });
    }
  }
  return releases.sort((a, b) => {
    if (a.version !== null && b.version !== null) return compare(b.version, a.version);
    if (a.version !== null) return -1;
    if (b.version !== null) return 1;
    return b.tag.taggedAt.localeCompare(a.tag.taggedAt);
  });
}

/** `v1.2.3`, `1.2.3-rc.1`, `app@1.2.3`, `release/1.2`: what stands before the version and the version in full. */
function versionIn(name: string): { readonly family: string; readonly version: string } | null {
  if (name.length > 200) return null;
  const match =
    /(?:^|[^0-9A-Za-z.])v?(\d{1,9})\.(\d{1,9})(?:\.(\d{1,9})((?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?))?$/.exec(
      name,
    );
  if (!match) return null;
  const [whole, major = '', minor = '', patch = '0', rest = ''] = match;
  const version = parse(`${Number(major)}.${Number(minor)}.${Number(patch)}${rest}`);
  if (!version) return null;
  const start = name.length - whole.length;
  const family = name.slice(0, start) + (/^[^0-9v]/.test(whole) ? whole.charAt(0) : '');
  return { family, version: version.version };
}

/** The newest release before the head: finished ones before candidates, and of one family of tags. */
function lastRelease(releases: readonly ReleaseTag[], head: string, notes: string[]): ReleaseTag | null {
  const before = releases.filter((release) => release.tag.commit !== head);
  const onHead = releases.find((release) => release.tag.commit === head);
  const families = [...new Set(before.map((release) => release.family))];
  let family = onHead?.family ?? (families.includes('') ? '' : families[0]);
  if (family !== undefined && !families.includes(family)) family = families[0];
  if (families.length > 1 && family !== '' && !onHead) {
    family = [...before].sort((a, b) => b.tag.taggedAt.localeCompare(a.tag.taggedAt))[0]?.family;
    notes.push(
      `The repository tags several things (${families.slice(0, 5).join(', ')}…): the newest tag decides; say which with the tag pattern of the configuration, or name the base`,
    );
  }
  const ours = before.filter((release) => release.family === family);
  const finished = ours.filter((release) => release.version === null || prerelease(release.version) === null);
  return finished[0] ?? ours[0] ?? null;
}
