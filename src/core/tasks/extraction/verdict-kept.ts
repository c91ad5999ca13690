import { checkInputOf, checkRepository, createReadingCache, type ReadingCache } from '../../gate/check';
import { overlayFiles } from '../../gate/overlay';
import type { Finding, RootReport, Verdict } from '../../gate/report';
import type { World } from '../task';

/** A job of a workflow, or with the job null the workflow itself. */
export interface JobPlace {
  readonly path: string;
  readonly job: string | null;
}

/** A repository as it would be. */
export interface ProposedState {
  /** By path. */
  readonly texts: ReadonlyMap<string, string>;
  /** The jobs and workflows that stand in the place of others, by `placeKey`: what they were before. */
  readonly movedFrom: ReadonlyMap<string, readonly JobPlace[]>;
}

/** Says what the gate would say of a repository with other texts, beside what it says now. */
export interface VerdictJudge {
  /** Why the repository would be worse off, completing "… because …"; null where it is not. */
  worseWith(state: ProposedState, signal: AbortSignal): Promise<string | null>;
}

/** One text for a place. */
export function placeKey({ path, job }: JobPlace): string {
  return `${path}\n${job ?? ''}`;
}

const RANK: Readonly<Record<Verdict, number>> = { pass: 0, unknown: 1, fail: 2 };

/** Judges a repository as it is when first asked, and then each time with what would be written. */
export function createVerdictJudge(world: World): VerdictJudge {
  let before: Promise<RootReport> | null = null;
  const cache: ReadingCache = createReadingCache();
  const judge = (texts: ReadonlyMap<string, string>, signal: AbortSignal): Promise<RootReport> =>
    checkRepository({ ...checkInputOf(world), files: overlayFiles(world.files, texts), cache, signal });
  return {
    worseWith: async (state, signal) => {
      before ??= judge(new Map(), signal);
      return whyWorse(await before, await judge(state.texts, signal), state);
    },
  };
}

/** The verdict may not fall, and whatever blocks must have been blocked before, wherever it stood then. */
function whyWorse(before: RootReport, after: RootReport, state: ProposedState): string | null {
  const known = new Set(
    blocking(before).flatMap((finding) => subjectsOf(finding).map((place) => keyOf(finding, place))),
  );
  const added = blocking(after).find((finding) =>
    subjectsOf(finding).some((place) => {
      const places = placesBefore(state, place);
      // A finding in what many call is about those of them that it was about.
      return !places.some((was) => known.has(keyOf(finding, was)));
    }),
  );
  const said = added ? ` (${added.rule} in ${added.path}: ${added.message})` : '';
  if (RANK[after.verdict] > RANK[before.verdict]) {
    return `the gate's verdict would go from ${before.verdict} to ${after.verdict}${said}`;
  }
  return added ? `the gate would block what it does not block now${said}` : null;
}

/** What a place was; a job that is named in a moved file may be one that stayed where the callers are. */
function placesBefore({ movedFrom }: ProposedState, place: JobPlace): readonly JobPlace[] {
  const files = movedFrom.get(placeKey({ ...place, job: null }));
  return movedFrom.get(placeKey(place)) ?? files?.map(({ path }) => ({ ...place, path })) ?? [place];
}

function blocking(report: RootReport): readonly Finding[] {
  return report.findings.filter((finding) => finding.severity === 'block' && finding.status !== 'waived');
}

/** The file that a finding stands in and what its message names there. */
function subjectsOf(finding: Finding): readonly JobPlace[] {
  // What is put together from other texts is written otherwise after a move.
  const names = [...finding.message.matchAll(/"([\w-]+)"/g)].flatMap((match) => match[1] ?? []);
  return [{ path: finding.path, job: null }, ...names.map((job) => ({ path: finding.path, job }))];
}

function keyOf(finding: Finding, place: JobPlace): string {
  return `${finding.rule}\n${finding.status}\n${placeKey(place)}`;
}
