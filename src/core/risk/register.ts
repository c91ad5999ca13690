import type {
  Change,
  ChangedComponent,
  DiffRisk,
  IrreversibleAction,
  IrreversibleKind,
  TouchEvidence,
  TouchKind,
} from '../change/change';
import { isToldByPath } from '../change/touches';
import { fact, fileSource, unknown, type Known, type Source } from '../evidence/fact';
import {
  HISTORY_FROM_COMMITS,
  HOT_FROM_FIXES,
  HURTFUL_ADVICE,
  IMPACT,
  IRREVERSIBLE_ADVICE,
  IRREVERSIBLE_FLOOR,
  IRREVERSIBLE_WEIGHTS,
  LEVEL_FROM_POINTS,
  LIKELIHOOD,
  OLD_AFTER_DAYS,
  OTHER_WEIGHTS,
  RISK_LEVELS,
  SIZES,
  TOUCH_WEIGHTS,
  type Impact,
  type Likelihood,
  type RiskLevel,
  type Weight,
} from './weights';
import type { OverrideOnRecord } from '../records/record';
import { counted } from '../text/words';
import type { ConditionId } from './credibility';

/** One line of the risk register, with what it was read from. */
export interface RiskEntry {
  /** What was seen, in a sentence without a full stop. */
  readonly signal: string;
  readonly likelihood: Likelihood;
  readonly impact: Impact;
  /** Why the signal weighs what it weighs. */
  readonly reason: string;
  readonly blastRadius: string;
  readonly mitigation: string;
  readonly owner: Known<string>;
  /** What would show that it has happened. */
  readonly trigger: string;
  /** `mitigated` by a compensation of the plan; `accepted` by a person's override that is in force. */
  readonly state: 'open' | 'mitigated' | 'accepted';
  /** By what and whom, for a state that is not open. */
  readonly stateWhy: string | null;
  readonly sources: readonly Source[];
}

/** The register, heaviest first, with the level that follows from it. */
export interface RiskRegister {
  readonly level: RiskLevel;
  /** Why this level, in a sentence without a full stop. */
  readonly why: string;
  readonly points: number;
  readonly entries: readonly RiskEntry[];
}

/** So many entries of one kind stand by themselves; further ones are counted in one. */
const MAX_OF_A_KIND = 20;

/** So many places or names are written out in a signal; the sources have more. */
const MAX_SAID = 5;

const LOCK_FILES =
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|poetry\.lock|uv\.lock|pipfile\.lock|go\.sum|cargo\.lock|gemfile\.lock|composer\.lock)$/i;

/**
 * Makes the register of a change, as the plan settles it. `now` is the time of asking, for the age of the last release.
 * Overrides are those in force for this release: what they accept stays in the register, and weighs what it weighs.
 */
export function assessRisk(
  change: Change,
  now: Date,
  overrides: readonly OverrideOnRecord[] = [],
): RiskRegister {
  const entries = [
    ...irreversibleEntries(change, overrides),
    ...hurtfulEntries(change),
    ...commitEntries(change),
    ...touchEntries(change),
    ...historyEntries(change),
    ...rangeEntries(change, now, overrides),
  ].sort((a, b) => pointsOf(b) - pointsOf(a));
  const points = entries.reduce((sum, entry) => sum + pointsOf(entry), 0);
  const bySum = LEVEL_FROM_POINTS.find((step) => points >= step.points)?.level ?? 'low';
  const lost = change.irreversible.filter((action) => action.kind !== 'unjudgeable').length;
  const unread = change.irreversible.length - lost;
  const isFloored = change.irreversible.length > 0 && rank(bySum) < rank(IRREVERSIBLE_FLOOR);
  const level = isFloored ? IRREVERSIBLE_FLOOR : bySum;
  const reasons = [
    lost > 0 ? `${counted(lost, 'action')} cannot be undone` : null,
    unread > 0 ? `${counted(unread, 'action')} could not be judged` : null,
    entries.length === 0
      ? 'the range shows no signal of risk'
      : `${counted(entries.length, 'signal')} weigh ${points} points together`,
  ].filter((reason) => reason !== null);
  return { level, why: reasons.join('; '), points, entries };
}

/** Likelihood times impact. */
export function pointsOf(entry: Pick<RiskEntry, 'likelihood' | 'impact'>): number {
  return LIKELIHOOD[entry.likelihood] * IMPACT[entry.impact];
}

function irreversibleEntries(change: Change, overrides: readonly OverrideOnRecord[]): readonly RiskEntry[] {
  const accepted = acceptedBy(overrides, 'actions-compensated');
  const shown = change.irreversible.slice(0, MAX_OF_A_KIND);
  const rest = change.irreversible.slice(MAX_OF_A_KIND);
  const entries = shown.map((action) =>
    entry(IRREVERSIBLE_WEIGHTS[action.kind], {
      signal: `${placeOf(action)}: ${action.why}`,
      blastRadius: IRREVERSIBLE_ADVICE[action.kind].blastRadius,
      mitigation: action.compensation ?? 'say what it does and how it would be undone, before the release',
      owner: ownerOf(change, [action.path]),
      trigger: IRREVERSIBLE_ADVICE[action.kind].trigger,
      sources: [fileSource(action.path, action.range)],
      ...(action.compensatedBy == null ? accepted : { state: 'mitigated', stateWhy: action.compensatedBy }),
    }),
  );
  if (rest.length === 0) return entries;
  const [heaviest = 'data-delete'] = rest
    .map((action) => action.kind)
    .sort((a, b) => pointsOf(IRREVERSIBLE_WEIGHTS[b]) - pointsOf(IRREVERSIBLE_WEIGHTS[a]));
  return [
    ...entries,
    entry(IRREVERSIBLE_WEIGHTS[heaviest], {
      signal: `${counted(rest.length, 'further action')} cannot be undone or judged, listed under irreversible actions`,
      blastRadius: 'every version that uses what they name',
      mitigation: 'as said beside each of them',
      owner: ownerOf(
        change,
        rest.map((action) => action.path),
      ),
      trigger: IRREVERSIBLE_ADVICE[heaviest].trigger,
      sources: rest.slice(0, MAX_OF_A_KIND).map((action) => fileSource(action.path, action.range)),
      ...(rest.some((action) => action.compensatedBy == null)
        ? accepted
        : { state: 'mitigated', stateWhy: 'each by its own compensation in the plan' }),
    }),
  ];
}

function hurtfulEntries(change: Change): readonly RiskEntry[] {
  const shown = change.risks.slice(0, MAX_OF_A_KIND);
  const rest = change.risks.slice(MAX_OF_A_KIND);
  const entries = shown.map((risk) =>
    entry(OTHER_WEIGHTS.hurtful, {
      signal: `${placeOf(risk)}: it ${risk.what}`,
      blastRadius: HURTFUL_ADVICE[risk.about ?? 'database'].blastRadius,
      mitigation: `${risk.why}: ${HURTFUL_ADVICE[risk.about ?? 'database'].mitigation}`,
      owner: ownerOf(change, [risk.path]),
      trigger: HURTFUL_ADVICE[risk.about ?? 'database'].trigger,
      sources: [fileSource(risk.path, risk.range)],
    }),
  );
  if (rest.length === 0) return entries;
  return [
    ...entries,
    entry(OTHER_WEIGHTS.hurtful, {
      signal: `${counted(rest.length, 'further place')} may hurt while the release runs and can be undone`,
      blastRadius: 'requests that need what they name',
      mitigation: 'run them on a copy of production first',
      owner: ownerOf(
        change,
        rest.map((risk) => risk.path),
      ),
      trigger: 'requests fail or wait on what they name',
      sources: rest.slice(0, MAX_OF_A_KIND).map((risk) => fileSource(risk.path, risk.range)),
    }),
  ];
}

function commitEntries(change: Change): readonly RiskEntry[] {
  const breaking = change.commits.filter((commit) => commit.isBreaking && commit.revertedBy === null);
  const reverted = change.commits.filter((commit) => commit.revertedBy !== null);
  const entries: RiskEntry[] = [];
  if (breaking.length > 0) {
    entries.push(
      entry(OTHER_WEIGHTS.breaking, {
        signal: `${counted(breaking.length, 'commit')} ${breaking.length === 1 ? 'is' : 'are'} marked as breaking`,
        blastRadius: 'whoever relies on what they change',
        mitigation:
          'tell those who rely on it before the release, and keep the old behaviour until they have moved',
        owner: ownerOfMost(change),
        trigger: 'errors of clients rise after the release',
        sources: breaking.slice(0, MAX_OF_A_KIND).map(({ commit }) => commitSource(commit)),
      }),
    );
  }
  if (reverted.length > 0) {
    entries.push(
      entry(OTHER_WEIGHTS.reverted, {
        signal: `${counted(reverted.length, 'commit')} of the range ${reverted.length === 1 ? 'was' : 'were'} undone again within it`,
        blastRadius: 'what the undone commits changed',
        mitigation: 'check that nothing of them is left, in data and configuration too',
        owner: ownerOfMost(change),
        trigger: 'the fault that led to the revert is seen again',
        sources: reverted.slice(0, MAX_OF_A_KIND).map(({ commit }) => commitSource(commit)),
      }),
    );
  }
  return entries;
}

/**
 * What is touched, by kind, with what shows it. Files of which something irreversible or hurtful of that kind has an entry
 * of its own are not said again.
 */
function touchEntries(change: Change): readonly RiskEntry[] {
  return change.touches.flatMap((touch) => {
    const weight = TOUCH_WEIGHTS[touch.kind];
    const named = namedPaths(change, touch.kind);
    const paths = touch.paths.filter((path) => !named.has(path));
    if (!weight || paths.length === 0) return [];
    if (touch.kind === 'dependencies') return [dependencyEntry(change, paths, weight)];
    const shown = change.evidence.filter(
      (each) => each.kind === touch.kind && !named.has(each.path) && !isToldByPath(each),
    );
    const rest = paths.filter((path) => !shown.some((each) => each.path === path));
    return [
      entry(weight, {
        signal: touchSignal(touch.kind, shown, rest),
        blastRadius: weight.blastRadius,
        mitigation: weight.mitigation,
        owner: ownerOf(change, paths),
        trigger: weight.trigger,
        sources: [
          ...shown.map(({ path, range }) => fileSource(path, range)),
          ...rest.map((path) => fileSource(path)),
        ].slice(0, MAX_OF_A_KIND),
      }),
    ];
  });
}

function touchSignal(kind: TouchKind, shown: readonly TouchEvidence[], rest: readonly string[]): string {
  const files =
    rest.length === 0 ? '' : `${counted(rest.length, 'changed file')} of ${kind}: ${namesOf(rest)}`;
  if (shown.length === 0) return files;
  const said = shown.slice(0, MAX_SAID).map((each) => `${placeOf(each)} ${each.what}`);
  const more = shown.length > MAX_SAID ? ` and ${shown.length - MAX_SAID} more` : '';
  return `${kind}: ${said.join('; ')}${more}${files === '' ? '' : `; ${files}`}`;
}

/** Paths that have an entry of their own about the same thing. */
function namedPaths(change: Change, kind: TouchKind): ReadonlySet<string> {
  const kinds = OWN_ENTRIES[kind];
  if (!kinds) return new Set();
  return new Set([
    ...change.irreversible
      .filter((action) => kinds.irreversible.includes(action.kind))
      .map(({ path }) => path),
    ...change.risks
      .filter(({ about }) => about !== undefined && kinds.about.includes(about))
      .map(({ path }) => path),
  ]);
}

const OWN_ENTRIES: Partial<
  Readonly<
    Record<
      TouchKind,
      {
        readonly irreversible: readonly IrreversibleKind[];
        readonly about: readonly NonNullable<DiffRisk['about']>[];
      }
    >
  >
> = {
  infrastructure: {
    irreversible: ['infra-destroy', 'infra-replace', 'storage-delete', 'unjudgeable'],
    about: ['infrastructure', 'storage'],
  },
  interfaces: { irreversible: ['interface-break', 'unjudgeable'], about: ['interface'] },
};

/** Packages that may break those who use them weigh more than those that only move. */
function dependencyEntry(
  change: Change,
  paths: readonly string[],
  weight: NonNullable<(typeof TOUCH_WEIGHTS)['dependencies']>,
): RiskEntry {
  const direct = change.dependencies.filter(({ isDirect }) => isDirect !== false);
  const breaking = direct.filter(({ mayBreak }) => mayBreak);
  const said = breaking
    .slice(0, MAX_SAID)
    .map(({ name, before, after }) => `${name} from ${before ?? 'nothing'} to ${after ?? 'nothing'}`);
  const more = breaking.length > MAX_SAID ? ` and ${breaking.length - MAX_SAID} more` : '';
  const all = counted(change.dependencies.length, 'package');
  const signal =
    breaking.length > 0
      ? `${counted(breaking.length, 'package')} ${breaking.length === 1 ? 'moves' : 'move'} to a version that may break what uses ${breaking.length === 1 ? 'it' : 'them'}: ${said.join(', ')}${more}; ${all} of ${namesOf(paths)} ${change.dependencies.length === 1 ? 'changes' : 'change'}`
      : change.dependencies.length > 0
        ? `${all} of ${namesOf(paths)} ${change.dependencies.length === 1 ? 'changes' : 'change'}, none that is used directly to a version that may break`
        : `${counted(paths.length, 'changed file')} of dependencies: ${namesOf(paths)}`;
  return entry(breaking.length > 0 ? OTHER_WEIGHTS.majors : weight, {
    signal,
    blastRadius: weight.blastRadius,
    mitigation: weight.mitigation,
    owner: ownerOf(change, paths),
    trigger: weight.trigger,
    sources: (breaking.length > 0
      ? breaking.map(({ path, range }) => fileSource(path, range))
      : paths.map((path) => fileSource(path))
    ).slice(0, MAX_OF_A_KIND),
  });
}

/** What the history before the range tells of the files that it changes. */
function historyEntries(change: Change): readonly RiskEntry[] {
  const { hotSpots, earlierCommits, newToFiles } = change.signals;
  const entries: RiskEntry[] = [];
  const hot = hotSpots.filter(({ fixes, reverts }) => reverts > 0 || fixes >= HOT_FROM_FIXES);
  if (hot.length > 0) {
    const said = hot
      .slice(0, MAX_SAID)
      .map(({ path, fixes, reverts }) => `${path} (${mendedBy(fixes, reverts)})`);
    const more = hot.length > MAX_SAID ? ` and ${hot.length - MAX_SAID} more` : '';
    entries.push(
      entry(OTHER_WEIGHTS.hotSpots, {
        signal: `${counted(hot.length, 'changed file')} ${hot.length === 1 ? 'was' : 'were'} mended often in the ${earlierCommits} commits before: ${said.join(', ')}${more}`,
        blastRadius: 'what runs through these files',
        mitigation: 'have somebody who mended them before review the change, and test what broke then',
        owner: ownerOf(
          change,
          hot.map(({ path }) => path),
        ),
        trigger: 'a fault that was mended before is seen again',
        sources: hot
          .flatMap(({ path, commits }) => [
            fileSource(path),
            ...commits.slice(0, 1).map(({ hash, subject }) => commitSource({ hash, subject })),
          ])
          .slice(0, MAX_OF_A_KIND),
      }),
    );
  }
  const unknown = [...new Set(newToFiles.flatMap(({ paths }) => paths))];
  if (unknown.length > 0 && earlierCommits >= HISTORY_FROM_COMMITS) {
    entries.push(
      entry(OTHER_WEIGHTS.newToFiles, {
        signal: `${counted(unknown.length, 'file')} ${unknown.length === 1 ? 'is' : 'are'} changed by people who did not change ${unknown.length === 1 ? 'it' : 'them'} in the ${earlierCommits} commits before, while others did: ${namesOf(unknown)}`,
        blastRadius: 'what runs through these files',
        mitigation: 'have somebody who changed them before review the change',
        owner: ownerOf(change, unknown),
        trigger: 'behaviour that their earlier authors took care of is missing',
        sources: unknown.slice(0, MAX_OF_A_KIND).map((path) => fileSource(path)),
      }),
    );
  }
  return entries;
}

function mendedBy(fixes: number, reverts: number): string {
  return [
    fixes > 0 ? counted(fixes, 'fix').replace('fixs', 'fixes') : null,
    reverts > 0 ? counted(reverts, 'revert') : null,
  ]
    .filter((part) => part !== null)
    .join(', ');
}

function rangeEntries(
  change: Change,
  now: Date,
  overrides: readonly OverrideOnRecord[],
): readonly RiskEntry[] {
  const entries: RiskEntry[] = [];
  const files = change.files.filter((file) => !LOCK_FILES.test(file.path));
  const lines = files.reduce((sum, file) => sum + (file.added ?? 0) + (file.removed ?? 0), 0);
  const size = SIZES.find((each) => lines >= each.lines);
  const isFirst = change.range.commits.base === null;
  const general = { owner: ownerOfMost(change) };
  if (size && !isFirst) {
    entries.push(
      entry(size, {
        ...general,
        signal: `${lines} lines in ${counted(files.length, 'file')} and ${counted(change.components.length, 'component')} change, lock files not counted`,
        blastRadius: componentsOf(change.components),
        mitigation: 'release in smaller parts, or let few users have it first',
        trigger: 'the error rate or the latency leaves its baseline',
        sources: [gitSource(change)],
      }),
    );
  }
  if (change.range.baseTaggedAt !== null) {
    const days = Math.floor((now.getTime() - Date.parse(change.range.baseTaggedAt)) / 86_400_000);
    if (days >= OLD_AFTER_DAYS) {
      entries.push(
        entry(OTHER_WEIGHTS.old, {
          ...general,
          signal: `The last release, ${change.range.baseTag ?? ''}, is ${days} days old`,
          blastRadius: 'the whole release: more changes meet production at once',
          mitigation: 'watch longer than usual, and release more often',
          trigger: 'a fault cannot be put down to one change',
          sources: baseSource(change),
        }),
      );
    }
  }
  const isOld = entries.some(({ reason }) => reason === OTHER_WEIGHTS.old.reason);
  const { ageDays } = change.signals;
  if (!isFirst && !isOld && ageDays !== null && ageDays >= OLD_AFTER_DAYS) {
    entries.push(
      entry(OTHER_WEIGHTS.longUnderWay, {
        ...general,
        signal: `The first commit of this release was written ${ageDays} days before its last`,
        blastRadius: componentsOf(change.components),
        mitigation: 'test it together with what changed meanwhile, and release more often',
        trigger: 'parts that were changed apart do not work together',
        sources: [gitSource(change)],
      }),
    );
  }
  if (isFirst) {
    entries.push(
      entry(OTHER_WEIGHTS.noTarget, {
        ...general,
        signal: 'No release tag lies before this one',
        blastRadius: 'the whole service: there is no version to go back to',
        mitigation: 'tag what runs today, so that there is a version to go back to',
        trigger: 'a rollback is needed and has no target',
        sources: [gitSource(change)],
        ...acceptedBy(overrides, 'target-exists'),
      }),
    );
  }
  if (change.isShallow) {
    entries.push(
      entry(OTHER_WEIGHTS.shallow, {
        ...general,
        signal: 'The clone is shallow, so commits of this release may not be here',
        blastRadius: 'not known',
        mitigation: 'fetch the whole history and make the plan again (`git fetch --unshallow --tags`)',
        trigger: 'the release brings changes that this plan does not name',
        sources: [gitSource(change)],
      }),
    );
  }
  return entries;
}

function entry(
  weight: Weight,
  rest: Omit<RiskEntry, 'likelihood' | 'impact' | 'reason' | 'state' | 'stateWhy'> & Partial<EntryState>,
): RiskEntry {
  return {
    state: 'open',
    stateWhy: null,
    ...rest,
    likelihood: weight.likelihood,
    impact: weight.impact,
    reason: weight.reason,
  };
}

type EntryState = Pick<RiskEntry, 'state' | 'stateWhy'>;

/** Accepted where a person's override of the condition is in force; open otherwise. */
function acceptedBy(overrides: readonly OverrideOnRecord[], condition: ConditionId): EntryState {
  const override = overrides.find(
    (each) => each.condition === condition || each.condition === `rollback:${condition}`,
  );
  return override
    ? { state: 'accepted', stateWhy: `${override.name} until ${override.until}: ${override.reason}` }
    : { state: 'open', stateWhy: null };
}

/** Whom CODEOWNERS names for the paths, the first path first. */
export function ownerOf(change: Change, paths: readonly string[]): Known<string> {
  const owners = change.owners;
  if (!owners) return unknown('owner');
  const name = paths.flatMap((path) => owners.byPath.get(path) ?? [])[0];
  return name === undefined ? unknown('owner') : fact(name, fileSource(owners.file));
}

/** Whom CODEOWNERS names for most of what changed. */
function ownerOfMost(change: Change): Known<string> {
  const [name] = change.components.flatMap((component) => component.owners);
  return name === undefined || !change.owners ? unknown('owner') : fact(name, fileSource(change.owners.file));
}

function placeOf(action: Pick<IrreversibleAction, 'path' | 'range'>): string {
  return action.range === null ? action.path : `${action.path}:${action.range.start.line}`;
}

function namesOf(paths: readonly string[]): string {
  const shown = paths.slice(0, 3).join(', ');
  return paths.length > 3 ? `${shown} and ${paths.length - 3} more` : shown;
}

function componentsOf(components: readonly ChangedComponent[]): string {
  return namesOf(components.map((component) => (component.name === '' ? 'the root' : component.name)));
}

function commitSource(commit: { readonly hash: string; readonly subject: string }): Source {
  return { kind: 'commit', hash: commit.hash, subject: commit.subject };
}

function gitSource(change: Change): Source {
  const { base, head } = change.range.commits;
  return { kind: 'git', what: base === null ? head : `${base}..${head}` };
}

function baseSource(change: Change): readonly Source[] {
  const { baseTag, commits } = change.range;
  return baseTag === null || commits.base === null
    ? []
    : [{ kind: 'tag', name: baseTag, commit: commits.base }];
}

function rank(level: RiskLevel): number {
  return RISK_LEVELS.indexOf(level);
}
