import { dayAt } from '../text/iso-day';
import type { Change } from '../change/change';
import { readChange, type ChangeAnswer } from '../change/read-change';
import type { ReadDocument } from '../documents/document';
import type { ReleasePlan } from '../documents/release-plan/release-plan';
import { releasePlanKind } from '../documents/release-plan/release-plan-kind';
import { fileSource, type Source } from '../evidence/fact';
import type { RepositoryProfile } from '../evidence/profile';
import type { Configuration } from '../gate/configuration';
import type {
  ArtifactRegistry,
  Clock,
  History,
  LiveSystems,
  Parsers,
  Programs,
  ReportFiles,
  RepositoryFiles,
  RuleChecker,
} from '../ports';
import type { OverrideOnRecord, Records } from '../records/record';
import { openRecordHistory, type RecordHistory } from '../records/record-history';
import { openRecords, overridesInForce, type IdleOverride } from '../records/records-in';
import { settle, type Settlement } from '../risk/compensations';
import { judgeRollback, type RollbackCredibility } from '../risk/credibility';
import { assessRisk, type RiskRegister } from '../risk/register';
import { recommendRollout, type RolloutAdvice } from '../risk/rollout';
import {
  asPreviousArtifact,
  askForArtifact,
  namedArtifact,
  previousRelease,
  type AskedArtifact,
} from './released-artifact';
import type { ReleaseFacts } from '../rules/rule';
import { isRecordPath } from './record-paths';
import { gatherRollback } from './rollback-evidence';
import { readProfile } from '../workflow/read-profile';

/** So many commits and files are given as sources; the plan itself names them all. */
export const MAX_SOURCES = 50;

/** One repository, as far as assessing a release needs it; a task's `World` is one. */
export interface AssessedWorld {
  readonly files: RepositoryFiles;
  /** Reports that git ignores; without it only those that it does not are found. */
  readonly reports?: ReportFiles;
  readonly history: History;
  readonly clock: Clock;
  readonly parsers: Parsers;
  readonly configuration: Configuration;
  /** The registries of artifacts, and what is live; left out where the person does not want them asked. */
  readonly registry?: ArtifactRegistry | null;
  readonly live?: LiveSystems | null;
  /** Runs programs that the configuration names; left out where the person does not want that. */
  readonly programs?: Programs | null;
  /** Left out where no program may run: a workspace that is not trusted. */
  readonly ruleChecker?: RuleChecker | null;
}

/** Which commits are asked for; null: from the last release, up to what is checked out. */
export interface AssessRequest {
  readonly base: string | null;
  readonly head: string | null;
  /** Which release the records are read for; left out where nobody named one: then no override holds. */
  readonly release?: { readonly version: string | null; readonly environment: string };
}

/** How an assessment tells its face what it reads. */
export interface AssessRun {
  readonly signal: AbortSignal;
  report(message: string, sources?: readonly Source[]): void;
}

/** A release as its commits and files show it: what changes, how risky it is, whether going back can be believed. */
export interface AssessedRelease {
  /** As the plan that stands there settles it; null where git tells nothing: `noChange` says why. */
  readonly change: Change | null;
  /** What the plan that stands there says of each action that cannot be undone; null without a change. */
  readonly settlement: Settlement | null;
  /** A clause: "this is no git repository". */
  readonly noChange: string;
  readonly profile: RepositoryProfile;
  readonly register: RiskRegister | null;
  readonly rollout: RolloutAdvice;
  readonly credibility: RollbackCredibility | null;
  /** What the registry says of the version before; null where nothing names the artifact or that version. */
  readonly previousArtifact: AskedArtifact | null;
  /** The release plan that stands in the repository; null where there is none that can be read. */
  readonly plan: (ReadDocument & { readonly data: ReleasePlan }) | null;
  /** What people put on record: drills, approvals, overrides. */
  readonly records: Records;
  /** Overrides that hold for this version and environment today. */
  readonly inForce: readonly OverrideOnRecord[];
  /** Overrides that do not, and why. */
  readonly idle: readonly IdleOverride[];
  /** By approved commit that lies in the history of the head: the paths that changed since. */
  readonly changedSince: ReadonlyMap<string, readonly string[]>;
  /** Commits of the range that only put records there: who makes one wrote nothing of the release. */
  readonly recordingCommits: ReadonlySet<string>;
  /** What git knows of each record, by path. */
  readonly recordHistory: ReadonlyMap<string, RecordHistory>;
}

/** The assessment, or why there is none: what was asked for is not there. `reason` is a clause. */
export type Assessment =
  { readonly ok: true; readonly release: AssessedRelease } | { readonly ok: false; readonly reason: string };

/** Where the release plan stands. */
export function planPathOf(configuration: Configuration): string {
  return `${configuration.releaseFolder}/RELEASE_PLAN.md`;
}

/**
 * Assesses the release of a range: the same for the plan and for the gate.
 *
 * @throws HistoryFailure where git cannot read what it could open, and the signal's reason when it is aborted.
 */
export async function assessRelease(
  world: AssessedWorld,
  request: AssessRequest,
  run: AssessRun,
): Promise<Assessment> {
  run.report('Reading the history since the last release');
  const answer: ChangeAnswer = await readChange(
    world,
    { ...request, tagPattern: world.configuration.tagPattern },
    run.signal,
  );
  if (!answer.ok && answer.kind === 'no-such-commit') return { ok: false, reason: answer.reason };
  const plan = await readPlan(world);
  const settlement = answer.ok ? settle(answer.change, plan?.data ?? null) : null;
  const change = settlement?.change ?? null;
  const noChange = answer.ok ? '' : answer.reason;
  if (change) run.report(whatWasRead(change), changeSources(change).slice(0, MAX_SOURCES));
  const profile = await readProfile(world, run);
  const records = await openRecords(
    world.files,
    world.configuration.releaseFolder,
    world.clock.now(),
    run.signal,
  );
  const { inForce, idle } = overridesInForce(
    records,
    request.release ?? { version: null, environment: 'production' },
    dayAt(world.clock.now()),
  );
  const recordHistory = await openRecordHistory(
    world,
    [...records.drills, ...records.approvals, ...records.overrides, ...records.reviews].map(
      ({ path }) => path,
    ),
    run.signal,
  );
  const recordingCommits = await commitsThatRecord(
    world.history,
    change,
    (path) => isRecordPath(world.configuration, path),
    run.signal,
  );
  const changedSince = await changesSince(
    world.history,
    new Set([
      ...records.approvals.map(({ commit }) => commit),
      // A commit id only: what else the plan says of its head is a person's word.
      ...(/^[0-9a-f]{40,64}$/.test(plan?.data.range.head ?? '') ? [plan?.data.range.head ?? ''] : []),
    ]),
    change?.range.commits.head ?? null,
    run.signal,
  );
  const register = change ? assessRisk(change, world.clock.now(), inForce) : null;
  const rollout: RolloutAdvice =
    change && register
      ? recommendRollout(
          change,
          register.level,
          profile.deployTargets,
          profile.stacks.some((stack) => stack.isPublished),
        )
      : {
          rollout: 'manual',
          why: `what changes is not known (${noChange}), so no rollout can be reasoned for`,
        };
  const previousArtifact = await askForPrevious(world, change, profile, run);
  const credibility = change
    ? judgeRollback(
        await gatherRollback(
          world,
          {
            change,
            profile,
            plan,
            records,
            inForce,
            version: request.release?.version ?? null,
            previousArtifact: previousArtifact ? asPreviousArtifact(previousArtifact) : null,
          },
          run.signal,
        ),
      )
    : null;
  return {
    ok: true,
    release: {
      change,
      settlement,
      noChange,
      profile,
      register,
      rollout,
      credibility,
      previousArtifact,
      plan,
      records,
      inForce,
      idle,
      changedSince,
      recordingCommits,
      recordHistory,
    },
  };
}

/** More commits that may only hold records are not looked at, and count as commits of the release. */
const MAX_RECORDING_COMMITS = 100;

/** The commits of a change, merges left out, that touch nothing but records; asked only where the change has records. */
async function commitsThatRecord(
  history: History,
  change: Change | null,
  isRecord: (path: string) => boolean,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  if (!change?.files.some(({ path }) => isRecord(path))) return found;
  for (const { commit } of change.commits.slice(0, MAX_RECORDING_COMMITS)) {
    const [parent, ...others] = commit.parents;
    if (parent === undefined || others.length > 0) continue;
    const files = await history.changedFiles({ base: parent, head: commit.hash }, signal);
    if (files.length > 0 && files.every(({ path, oldPath }) => [path, oldPath ?? path].every(isRecord))) {
      found.add(commit.hash);
    }
  }
  return found;
}

/** What changed between each commit and the head; a commit that the head does not come from is left out. */
async function changesSince(
  history: History,
  commits: ReadonlySet<string>,
  head: string | null,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const changed = new Map<string, readonly string[]>();
  for (const commit of head === null ? [] : commits) {
    if (head === null || commit === head) continue;
    if ((await history.resolve(commit, signal)) !== commit) continue;
    if ((await history.mergeBase(commit, head, signal)) !== commit) continue;
    const files = await history.changedFiles({ base: commit, head }, signal);
    changed.set(
      commit,
      files.flatMap(({ path, oldPath }) => (oldPath === null ? [path] : [path, oldPath])),
    );
  }
  return changed;
}

function whatWasRead({ counts, range, files }: Change): string {
  return `Read ${counts.total} ${counts.total === 1 ? 'commit' : 'commits'} ${range.baseName === null ? 'from the first on' : `since ${range.baseName}`}, ${files.length} changed ${files.length === 1 ? 'file' : 'files'}`;
}

async function askForPrevious(
  world: AssessedWorld,
  change: Change | null,
  profile: RepositoryProfile,
  run: AssessRun,
): Promise<AskedArtifact | null> {
  const artifact = namedArtifact(world.configuration, profile);
  const previous = previousRelease(change, world.configuration);
  if (!artifact || !previous) return null;
  if (world.registry) run.report(`Asking the registry for ${previous.version}`);
  return askForArtifact(world.registry ?? null, artifact, previous, world.history, run.signal);
}

async function readPlan(world: AssessedWorld): Promise<AssessedRelease['plan']> {
  const path = planPathOf(world.configuration);
  const read = await world.files.read(path);
  return read.ok ? releasePlanKind.read(path, read.text) : null;
}

/** What the rules over the plan know of its release; undefined where nothing is known of the change. */
export function releaseFactsOf(
  { settlement, credibility }: Pick<AssessedRelease, 'settlement' | 'credibility'>,
  configuration: Configuration,
): ReleaseFacts | undefined {
  if (!settlement || !credibility) return undefined;
  return { planPath: planPathOf(configuration), change: settlement.asRead, credibility };
}

/** What cannot be undone first, then the tag, then commits, newest first. */
export function changeSources(change: Change): readonly Source[] {
  const { baseTag, commits } = change.range;
  return [
    ...change.irreversible
      .filter((action) => action.side === 'head')
      .map((action) => fileSource(action.path, action.range)),
    ...change.risks.map((risk) => fileSource(risk.path, risk.range)),
    ...(baseTag !== null && commits.base !== null
      ? [{ kind: 'tag' as const, name: baseTag, commit: commits.base }]
      : []),
    ...change.commits.map(({ commit }): Source => ({
      kind: 'commit',
      hash: commit.hash,
      subject: commit.subject,
    })),
  ];
}
