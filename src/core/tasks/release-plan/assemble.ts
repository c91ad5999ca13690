import type { Change, ClassifiedCommit, CommitGroup } from '../../change/change';
import { isToldByPath } from '../../change/touches';
import { renderKeepingWritten, type KeptDocument } from '../../documents/keep-written';
import { isSameRelease, keepWrittenPlan, PROPOSED_VERSION } from '../../documents/release-plan/keep-plan';
import { releasePlanKind } from '../../documents/release-plan/release-plan-kind';
import type {
  CanaryStep,
  ChangeGroup,
  PersonClaim,
  PlannedChange,
  PlannedComponent,
  ReleasePlan,
  RegisteredRisk,
  RollbackTrigger,
} from '../../documents/release-plan/release-plan';
import { isKnown, placeholder, textOf } from '../../evidence/fact';
import type { RepositoryProfile } from '../../evidence/profile';
import type { AssessedRelease } from '../../readiness/assess-release';
import { canarySteps } from '../../risk/canary';
import { isAnswered } from '../../risk/compensations';
import { plannedFlags } from '../../risk/flags';
import { ownerOf, type RiskRegister } from '../../risk/register';
import { ROLLOUTS } from '../../evidence/rollouts';
import type { RolloutAdvice } from '../../risk/rollout';
import { DEFAULT_TRIGGERS } from '../../risk/rollback-triggers';
import { counted } from '../../text/words';
import type { ProposedVersion } from './propose-version';
import {
  deployCommandTo,
  isOwnStep,
  releaseSteps,
  rollbackPlan,
  type PlannedEnvironment,
} from './release-steps';

/** More commits than this are counted, not listed: the plan is read by people. */
const MAX_LISTED_COMMITS = 1000;

const MAX_COMPONENTS = 15;

/** In the order in which a reader needs them. */
const GROUPS: readonly CommitGroup[] = ['breaking', 'security', 'features', 'fixes', 'other'];

const PLANNED_GROUPS: readonly ChangeGroup[] = [...GROUPS, 'unclassified'];

/** The name of a group for one commit of it. */
const ONE: Readonly<Record<CommitGroup, string>> = {
  features: 'feature',
  fixes: 'fix',
  breaking: 'breaking',
  security: 'security',
  other: 'other',
};

/** Everything that a plan is made from. */
export interface PlanFacts extends AssessedRelease {
  readonly version: ProposedVersion;
  /** The summary to write; null for the one that the facts give. */
  readonly summary: string | null;
  /** What the person told, by input name, empty answers left out. */
  readonly told: ReadonlyMap<string, string>;
  /** The questions of the inputs, by name. */
  readonly questions: ReadonlyMap<string, string>;
  /** When the runbooks of the service say to go back; left out where there is none. */
  readonly triggers?: readonly RollbackTrigger[];
}

/** Puts the plan together; pure, and the same facts give the same plan. */
export function assemblePlan(facts: PlanFacts): ReleasePlan {
  const { change, settlement, profile, register, told } = facts;
  const rollout = decidedRollout(facts) ?? facts.rollout;
  const owner = told.get('owner') ?? ownerOfRelease(change);
  const environments = environmentsOf(profile, told.get('environments') ?? null);
  const production = environments.find((environment) => environment.isProduction)?.name ?? 'production';
  const canary = rollout.rollout === 'canary' ? canaryOf(facts, production) : [];
  const steps = {
    change,
    profile,
    rollout,
    canary,
    environments,
    owner,
    isOwnerTold: told.has('owner'),
    triggers: facts.triggers ?? [],
  };
  return {
    service: textOf(profile.service),
    version: textOf(facts.version.version),
    range: {
      base: change ? (change.range.baseName ?? '') : placeholder('base of the range'),
      head: change ? change.range.commits.head : placeholder('head of the range'),
    },
    summary: facts.summary ?? planSummary(facts),
    risk: register
      ? { level: register.level, why: register.why }
      : { level: 'unknown', why: `what changes is not known: ${facts.noChange}` },
    scope: change ? scopeOf(change) : [],
    components: change ? componentsOf(change) : [],
    commits: {
      total: change ? String(change.counts.total) : placeholder('number of commits'),
      classified: change ? String(change.counts.classified) : placeholder('number of commits'),
      unclassified: change ? String(change.counts.unclassified) : placeholder('number of commits'),
      reverted: change ? String(change.counts.reverted) : placeholder('number of commits'),
    },
    changes: change ? plannedChanges(change) : [],
    irreversible: (settlement?.asRead.irreversible ?? []).map((action) => ({
      path: action.path,
      line: action.range?.start.line ?? null,
      statement: action.statement,
      why: action.reversibleBy === null ? action.why : `${action.why} (${action.reversibleBy})`,
      advice:
        action.compensation ??
        'say what the statement does under Compensation: “reviewed reversible: reason” or “reviewed irreversible: reason; compensation”',
      compensation: placeholder('compensating action'),
      evidence: placeholder('what shows that it is done'),
      by: placeholder('who stands for it'),
    })),
    risks: (register?.entries ?? []).map((entry): RegisteredRisk => ({
      signal: entry.signal,
      likelihood: entry.likelihood,
      impact: entry.impact,
      blastRadius: entry.blastRadius,
      mitigation: entry.mitigation,
      owner: textOf(entry.owner),
      trigger: entry.trigger,
      state: entry.stateWhy === null ? entry.state : `${entry.state}: ${entry.stateWhy}`,
    })),
    rollout: {
      strategy: rollout.rollout,
      why: rollout.why,
      recommended: facts.rollout.rollout,
      canary,
    },
    flags: change && register ? flagsOf(change, register, rollout, told.get('schedule') ?? '') : [],
    steps: releaseSteps(steps),
    rollback: rollbackPlan(steps),
    communication: [
      {
        stage: 'before the release',
        audience: placeholder('who is told before'),
        channel: placeholder('channel'),
        message: 'What is released, when, and how to stop it',
      },
      {
        stage: 'after the release',
        audience: placeholder('who is told after'),
        channel: placeholder('channel'),
        message: 'Which version runs, and what changed',
      },
      {
        stage: 'when it is rolled back',
        audience: placeholder('who is told of a rollback'),
        channel: placeholder('channel'),
        message: 'Which version runs again, which trigger was met, and who looks into it',
      },
    ],
    overrides: facts.inForce.map(({ condition, name, reason, until }) => ({
      condition,
      by: name,
      reason,
      until,
    })),
    claims: claimsOf(facts),
    openDecisions: openDecisions(facts),
  };
}

/** The plan at `path` with what people wrote into the one that stands there. */
export function keepPlan(path: string, fresh: ReleasePlan, facts: PlanFacts): KeptDocument {
  const { plan, settlement } = facts;
  if (plan === null) return renderKeepingWritten(releasePlanKind, path, fresh, null);
  const kept = keepWrittenPlan(path, fresh, plan.text, {
    rowOf: settlement?.rowOf ?? [],
    isOwnStep,
    isOwnDecision: (text) => OWN_DECISIONS.some((start) => text.startsWith(start)),
  });
  const decided = decidedRollout(facts);
  return decided === null || decided.rollout === facts.rollout.rollout
    ? kept
    : {
        ...kept,
        notes: [
          `Kept the decision for ${decided.rollout} that stands there; ${facts.rollout.rollout} is recommended: ${facts.rollout.why}`,
          ...kept.notes,
        ],
      };
}

/** What a person decided in the plan that stands there, of the same release, against what was recommended. */
function decidedRollout(facts: PlanFacts): RolloutAdvice | null {
  const before = facts.plan?.data;
  if (!before || !isSameRelease(releaseOf(facts), before)) return null;
  const { strategy, recommended, why } = before.rollout;
  const rollout = ROLLOUTS.find((each) => each === strategy.trim().toLowerCase());
  if (!rollout || !ROLLOUTS.some((each) => each === recommended) || rollout === recommended) return null;
  return { rollout, why: isAnswered(why) ? why : placeholder(`why ${rollout} was decided`) };
}

/** The shares that a person set for this release; else those of the table. */
function canaryOf(facts: PlanFacts, production: string): readonly CanaryStep[] {
  const before = facts.plan?.data;
  const written = before && isSameRelease(releaseOf(facts), before) ? before.rollout.canary : [];
  return written.length > 0
    ? written
    : canarySteps(facts.profile, production, deployCommandTo(facts.profile, production));
}

/** The version that a person told for the plan that stands there, where that is of the same range. */
export function claimedVersion({ plan, change }: AssessedRelease, question: string): string | null {
  if (plan === null || change === null || plan.data.range.base !== (change.range.baseName ?? '')) return null;
  const claim = plan.data.claims.find((each) => each.question === question)?.answer ?? '';
  return claim !== '' && claim === plan.data.version ? claim : null;
}

/** By what a plan is of this release. */
function releaseOf({ version, change }: PlanFacts): Pick<ReleasePlan, 'version' | 'range'> {
  return {
    version: textOf(version.version),
    range: { base: change?.range.baseName ?? '', head: change?.range.commits.head ?? '' },
  };
}

function flagsOf(
  change: Change,
  register: RiskRegister,
  { rollout }: RolloutAdvice,
  schedule: string,
): ReleasePlan['flags'] {
  return plannedFlags({
    change,
    level: register.level,
    rollout,
    ownerOf: (paths) => ownerOf(change, paths),
    releasedOn: /\b\d{4}-\d{2}-\d{2}\b/.exec(schedule)?.[0] ?? null,
  });
}

/** What the plan says first, from the facts alone: prose that a model may word better. */
export function planSummary(facts: PlanFacts): string {
  const { change, noChange, register, version } = facts;
  const { rollout } = decidedRollout(facts) ?? facts.rollout;
  if (!change) {
    return `What this release changes is not known: ${noChange}. The steps and triggers below are what the files of the repository show; the rest has to be filled in.`;
  }
  const { counts, range } = change;
  const since = range.baseName === null ? 'from the first commit on' : `since ${range.baseName}`;
  const groups = GROUPS.map((group) => ({
    group,
    number: change.commits.filter((commit) => commit.group === group).length,
  })).filter(({ number }) => number > 0);
  const sentences = [
    `${counted(counts.total, 'commit')} ${since}: ${groups.map(({ group, number }) => `${number} ${number === 1 ? ONE[group] : group}`).join(', ') || 'nothing'}.`,
    `${counts.classified} of them ${counts.classified === 1 ? 'follows' : 'follow'} a commit convention and ${counts.unclassified} ${counts.unclassified === 1 ? 'does' : 'do'} not${counts.reverted > 0 ? `; ${counts.reverted} ${counts.reverted === 1 ? 'was' : 'were'} undone again` : ''}.`,
    `${counted(change.files.length, 'file')} ${change.files.length === 1 ? 'differs' : 'differ'}${change.touches.length > 0 ? `, touching ${change.touches.map((touch) => touch.kind).join(', ')}` : ''}.`,
    register ? `The risk is ${register.level}: ${register.why}.` : '',
    `The rollout is ${rollout}.`,
    isKnown(version.version) ? `The version ${version.version.value} is ${version.from}.` : '',
  ];
  return [
    sentences.filter((sentence) => sentence !== '').join(' '),
    ...range.notes.map((note) => `${note}.`),
  ].join('\n\n');
}

/** The environments that the files name; where they name none, what the person told; production is always there. */
function environmentsOf(profile: RepositoryProfile, told: string | null): readonly PlannedEnvironment[] {
  if (profile.environments.length > 0) return profile.environments.map((environment) => environment.value);
  const names = (told ?? '')
    .split(/[,;\n]/)
    .map((name) => name.trim())
    .filter((name) => name !== '' && name.length <= 60)
    .slice(0, 10);
  return names.map((name) => ({ name, isProduction: /\b(?:prod|production|live)\b/i.test(name) }));
}

/** What the change touches, with what shows it. */
export function scopeOf(change: Change): ReleasePlan['scope'] {
  return change.touches.map(({ kind, paths }) => {
    const seen = change.evidence.filter((each) => each.kind === kind && !isToldByPath(each));
    const said = seen.map(({ path, range, what }) => `${placeOf({ path, range })} ${what}`);
    const others = paths.filter((path) => !seen.some((each) => each.path === path));
    const rest = said.length - MAX_EVIDENCE;
    return {
      area: kind,
      evidence: [
        ...said.slice(0, MAX_EVIDENCE),
        ...(rest > 0 ? [`and ${rest} more`] : []),
        ...(others.length > 0 ? [someOf(others, 5)] : []),
      ].join('; '),
    };
  });
}

/** So much evidence of one kind of touch is written out; the data has all of it. */
const MAX_EVIDENCE = 8;

/** The parts of the repository that change most, with their owners. */
function componentsOf(change: Change): readonly PlannedComponent[] {
  const rest = change.components.slice(MAX_COMPONENTS);
  const groupOf = new Map(change.commits.map(({ commit, group }) => [commit.hash, group]));
  const broughtBy = (hashes: readonly string[], notes: readonly string[]): string =>
    [
      ...GROUPS.map((group) => ({
        group,
        number: hashes.filter((hash) => (groupOf.get(hash) ?? 'other') === group).length,
      }))
        .filter(({ number }) => number > 0)
        .map(({ group, number }) => `${number} ${number === 1 ? ONE[group] : group}`),
      ...(notes.length > 0 ? [`see ${someOf(notes, 3)}`] : []),
    ].join(', ');
  return [
    ...change.components
      .slice(0, MAX_COMPONENTS)
      .map(({ name, paths, owners, commits, notes }): PlannedComponent => ({
        component: componentName(name),
        files: String(paths.length),
        commits: broughtBy(commits, notes),
        owners: owners.length > 0 ? someOf(owners, 5) : placeholder('owner'),
      })),
    ...(rest.length === 0
      ? []
      : [
          {
            component: `${rest.length} more`,
            files: String(rest.reduce((sum, { paths }) => sum + paths.length, 0)),
            commits: '',
            owners: '',
          },
        ]),
  ];
}

function componentName(name: string): string {
  return name === '' ? 'files at the root' : name;
}

function ownerOfRelease(change: Change | null): string {
  const owners = new Set((change?.components ?? []).flatMap((component) => component.owners));
  const [only] = owners;
  // Several owners have to agree on one; which one is theirs to say.
  return owners.size === 1 && only !== undefined ? only : placeholder('owner of the release');
}

/** The commits of the change as a plan lists them: by group, then by component; one row stands for those that are too many. */
export function plannedChanges(change: Change): readonly PlannedChange[] {
  const listed = change.commits.slice(0, MAX_LISTED_COMMITS);
  const rest = change.commits.length - listed.length;
  const planned = listed.map((commit) => plannedChange(commit));
  const changes = PLANNED_GROUPS.flatMap((group) =>
    byComponent(planned.filter((commit) => commit.group === group)),
  );
  if (rest === 0) return changes;
  const { base, head } = change.range.commits;
  return [
    ...changes,
    {
      group: 'other',
      commit: '',
      subject: `${counted(rest, 'older commit')} of the range`,
      component: '',
      detail: `not listed here; git log ${base === null ? head.slice(0, 12) : `${base.slice(0, 12)}..${head.slice(0, 12)}`} shows all ${change.commits.length}`,
    },
  ];
}

/** Commits of one component stand together, those of no known one last; newest first within each. */
function byComponent(changes: readonly PlannedChange[]): readonly PlannedChange[] {
  const names = [...new Set(changes.map(({ component }) => component))].sort((a, b) =>
    a === '' ? 1 : b === '' ? -1 : a < b ? -1 : 1,
  );
  return names.flatMap((name) => changes.filter(({ component }) => component === name));
}

function plannedChange(commit: ClassifiedCommit): PlannedChange {
  const details = [
    commit.breakingNote === null ? null : `breaks: ${shortened(commit.breakingNote)}`,
    commit.reverts.length > 0 ? `undoes ${commit.reverts.slice(0, 5).map(short).join(', ')}` : null,
    commit.revertedBy === null ? null : `undone by ${short(commit.revertedBy)}`,
    commit.parts.length > 0
      ? `with ${commit.parts
          .slice(0, 5)
          .map((part) => shortened(`${part.type}: ${part.description}`))
          .join('; ')}`
      : null,
    commit.tickets.length > 0 ? `for ${someOf(commit.tickets, 5)}` : null,
    commit.coAuthors.length > 0 ? `written with ${someOf(commit.coAuthors, 3)}` : null,
    commit.type === null ? (commit.commit.parents.length > 1 ? 'a merge' : 'no conventional type') : null,
  ];
  return {
    group: commit.group === 'other' && commit.type === null ? 'unclassified' : commit.group,
    commit: short(commit.commit.hash),
    subject: commit.commit.subject === '' ? '(no subject)' : commit.commit.subject,
    component: commit.components.length === 0 ? '' : someOf(commit.components.map(componentName), 3),
    detail: details.filter((detail) => detail !== null).join('; '),
  };
}

function claimsOf({ told, questions }: PlanFacts): readonly PersonClaim[] {
  return [...told]
    .filter(([name]) => name !== 'base' && name !== 'head')
    .map(([name, answer]) => ({ question: questions.get(name) ?? name, answer }));
}

/** How the decisions begin that the engine lists: once they are made, they are not a person's to keep. */
const OWN_DECISIONS: readonly string[] = [
  PROPOSED_VERSION,
  'Decide the version of the release',
  'Say what the release changes: ',
  'Say what ',
  'Decide how ',
  'Decide the same for the other ',
  'Say which blast radius and user impact are acceptable',
  'Set the window of the release, and who is on call in it',
  'Set the share of the canary and how long it is compared',
  'Name the environments that the release passes',
  'Measure the baseline of ',
  'Make the rollback credible: ',
];

function openDecisions(facts: PlanFacts): readonly string[] {
  const { change, credibility, told, version, profile } = facts;
  const open = (change?.irreversible ?? []).filter((action) => action.compensatedBy == null);
  const decisions: (string | null)[] = [
    isKnown(version.version)
      ? version.from.startsWith('proposed')
        ? `${PROPOSED_VERSION}${version.version.value}, ${version.from}`
        : null
      : 'Decide the version of the release',
    change === null ? `Say what the release changes: ${facts.noChange}` : null,
    ...open
      .slice(0, 20)
      .map((action) =>
        action.kind === 'unjudgeable'
          ? `Say what ${placeOf(action)} does, since it could not be judged`
          : `Decide how ${placeOf(action)} is compensated`,
      ),
    open.length > 20
      ? `Decide the same for the other ${open.length - 20} actions that cannot be undone or judged`
      : null,
    told.has('risk_posture') ? null : 'Say which blast radius and user impact are acceptable',
    told.has('schedule') ? null : 'Set the window of the release, and who is on call in it',
    told.has('rollback_constraints') ? null : 'Say what limits a rollback, and the recovery time objective',
    profile.environments.length === 0 ? 'Name the environments that the release passes' : null,
    `Measure the baseline of ${[...new Set(DEFAULT_TRIGGERS.filter((trigger) => trigger.needsBaseline).map((trigger) => trigger.metric))].join(' and ')}: ${placeholder('baseline')}`,
    ...(credibility?.conditions ?? [])
      .filter((condition) => condition.status === 'fail' && condition.id !== 'actions-compensated')
      .map((condition) => `Make the rollback credible: ${condition.why}`),
  ];
  return decisions.filter((decision) => decision !== null);
}

function placeOf(action: {
  readonly path: string;
  readonly range: { readonly start: { readonly line: number } } | null;
}): string {
  return action.range === null ? action.path : `${action.path}:${action.range.start.line}`;
}

function short(hash: string): string {
  return hash.slice(0, 12);
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= 200 ? line : `${line.slice(0, 199)}…`;
}

function someOf(paths: readonly string[], limit: number): string {
  const shown = paths.slice(0, limit).join(', ');
  return paths.length > limit ? `${shown} and ${paths.length - limit} more` : shown;
}
