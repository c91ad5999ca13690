import { listedOnce } from '../../evidence/listed-once';
import { isKnown, placeholder, type Known, type Source } from '../../evidence/fact';
import type { RepositoryProfile } from '../../evidence/profile';
import { HistoryFailure, type RepositoryFiles } from '../../ports';
import type { JudgedCondition } from '../../readiness/condition';
import type { ReadinessFacts } from '../../readiness/facts';
import { gatherFacts } from '../../readiness/gather';
import { judgeReadiness, type Readiness } from '../../readiness/judge';
import { assessTold } from '../assess-told';
import { proposeVersion } from '../release-plan/propose-version';
import { TaskFailure, type TaskRun, type World } from '../task';

/** A release with everything that the gate says of it, for the documents that report it. */
export interface JudgedRelease {
  readonly facts: ReadinessFacts;
  readonly readiness: Readiness;
  /** Told by the person, or the tag on the head; of a release that is still to come also what is proposed. */
  readonly version: Known<string>;
  /** Told by the person, else the production environment of the repository. */
  readonly environment: Known<string>;
  /**
   * The whole id of the commit that has this version: of its tag, or told. What is only checked out may have been
   * deployed or not.
   */
  readonly commit: Known<string>;
}

/** Stands for a version that nobody told, where the gate has to be asked for one. */
const NO_VERSION = 'UNRELEASED';

/**
 * The release that the person named by `version`, `environment`, `base` and `head`, as the gate judges it now.
 *
 * @param isToCome Whether it may be one that was not released yet. Of what has happened no version is proposed.
 * @throws TaskFailure where git has no such commit, or a version or environment cannot be one.
 */
export async function judgeTold(
  given: World,
  told: ReadonlyMap<string, string>,
  run: TaskRun,
  profile: RepositoryProfile,
  isToCome = false,
): Promise<JudgedRelease> {
  const world = { ...given, files: listedOnce(withoutLists(given.files, given.configuration.releaseFolder)) };
  const named = told.get('version') ?? null;
  const version = await versionOf(named, world, told, run, profile, isToCome);
  const production = profile.environments.find(({ value }) => value.isProduction);
  const environment: Known<string> = told.has('environment')
    ? {
        value: told.get('environment') ?? '',
        sources: [{ kind: 'person', question: 'Where is it deployed?' }],
      }
    : production
      ? { value: production.value.name, sources: production.sources }
      : { unknown: 'where it is deployed' };
  try {
    const gathered = await gatherFacts(
      world,
      {
        version: isKnown(version) ? version.value : NO_VERSION,
        environment: isKnown(environment) ? environment.value : 'production',
        base: told.get('base') ?? null,
        head: told.get('head') ?? null,
      },
      run,
    );
    if (!gathered.ok)
      throw new TaskFailure(`The release cannot be judged: ${gathered.reason}. Name another one.`);
    const { facts } = gathered;
    return {
      facts,
      readiness: judgeReadiness(facts),
      version,
      environment,
      commit: await commitOf(world, told.get('commit') ?? null, facts, isKnown(version)),
    };
  } catch (error) {
    if (!(error instanceof HistoryFailure)) throw error;
    throw new TaskFailure(
      `The release cannot be read: ${error.message}. \`git fsck\` tells what is wrong with a repository.`,
    );
  }
}

async function versionOf(
  named: string | null,
  world: World,
  told: ReadonlyMap<string, string>,
  run: TaskRun,
  profile: RepositoryProfile,
  isToCome: boolean,
): Promise<Known<string>> {
  if (named !== null) return proposeVersion(named, null, profile).version;
  const { change } = await assessTold(world, told, run);
  if (isToCome || (change !== null && change.range.headTag !== null)) {
    return proposeVersion(null, change, profile).version;
  }
  return { unknown: 'the version that was released' };
}

/** Reviews, receipts and status say what was found elsewhere: none is evidence for the next one of its kind. */
function withoutLists(files: RepositoryFiles, folder: string): RepositoryFiles {
  const lists = ['reviews', 'receipts', 'status'].map((name) => `${folder}/${name}/`);
  return {
    ...files,
    list: async (signal) => {
      const listed = await files.list(signal);
      return {
        ...listed,
        paths: listed.paths.filter((path) => !lists.some((list) => path.startsWith(list))),
      };
    },
    read: (path) => files.read(path),
  };
}

async function commitOf(
  world: World,
  told: string | null,
  { change }: ReadinessFacts,
  hasVersion: boolean,
): Promise<Known<string>> {
  const needed = { unknown: 'the whole id of the commit that was deployed' };
  if (told !== null) {
    const commit = await world.history.resolve(told);
    if (commit === null) {
      throw new TaskFailure(
        `"${told}" names no commit of this repository. Name one that exists here; \`git fetch --tags\` brings those of the remote.`,
      );
    }
    return { value: commit, sources: [{ kind: 'git', what: `the commit ${told}` }] };
  }
  const { headTag, commits } = change?.range ?? {};
  if (!hasVersion || !headTag || !commits) return needed;
  return { value: commits.head, sources: [{ kind: 'tag', name: headTag, commit: commits.head }] };
}

/** How several conditions ended together; `open`: at least one is not known. */
export interface ConditionsTogether {
  readonly state: 'passed' | 'failed' | 'waived' | 'open' | 'not applicable' | 'not asked';
  /** What they say, the weightiest first, without a full stop. */
  readonly why: string;
  /** What a person does about the first that does not hold; '' where all do. */
  readonly next: string;
  readonly sources: readonly Source[];
}

const ORDER = ['fail', 'waived', 'unknown', 'pass'] as const;

/** More of what conditions say is left to the gate's own report. */
const MAX_WHYS = 3;

/**
 * What the conditions of these ids say together: the worst of theirs. One that the configuration leaves out says nothing,
 * and none at all is `not asked`, never a pass.
 */
export function together(readiness: Readiness, ids: readonly string[]): ConditionsTogether {
  const all = [...readiness.conditions, ...readiness.rollback];
  const asked = ids.flatMap((id): readonly JudgedCondition[] => all.filter((each) => each.id === id));
  const open = asked.filter(({ status }) => status !== 'off');
  if (open.length === 0) {
    const isOff = asked.length > 0;
    return {
      state: 'not asked',
      why: isOff ? 'the configuration leaves it out' : 'what changes is not known, so it was not asked',
      next: isOff ? 'switch the condition on in the configuration, or answer it yourself' : '',
      sources: [],
    };
  }
  const about = open.filter(({ status }) => status !== 'not-applicable');
  if (about.length === 0) {
    const { change, noChange } = readiness.facts;
    // Whether a release has something cannot be told of one that nobody knows.
    return change
      ? { state: 'not applicable', why: open[0]?.why ?? '', next: '', sources: [] }
      : {
          state: 'open',
          why: `what changes is not known: ${noChange}`,
          next: 'run it in a clone with the whole history',
          sources: [],
        };
  }
  const worst = ORDER.find((status) => about.some((each) => each.status === status)) ?? 'unknown';
  const telling = about.filter(({ status }) => status === worst);
  const shown = telling
    .slice(0, MAX_WHYS)
    .map(({ why, override }) =>
      override ? `${override.name} set it aside until ${override.until}: ${override.reason}` : why,
    );
  const states = { fail: 'failed', waived: 'waived', unknown: 'open', pass: 'passed' } as const;
  return {
    state: states[worst],
    why: [...shown, ...(telling.length > MAX_WHYS ? [`and ${telling.length - MAX_WHYS} more`] : [])].join(
      '; ',
    ),
    next: telling.find(({ next }) => next !== null)?.next ?? '',
    sources: telling.flatMap(({ evidence }) => evidence),
  };
}

/** A row of a table of checks; what nobody knows is UNKNOWN(needed). */
export function checkRow(
  readiness: Readiness,
  check: string,
  ids: readonly string[],
  needed: string,
): { readonly check: string; readonly result: string; readonly evidence: string } {
  const { state, why } = together(readiness, ids);
  const isTold = state !== 'open' && state !== 'not asked';
  return { check, result: isTold ? state : placeholder(needed), evidence: why };
}
