import { readChange, type ChangeAnswer } from '../change/read-change';
import type { Change } from '../change/change';
import { readRollbackScript, readScriptRollback, type ScriptRollback } from '../change/deploy-script';
import { releasePlanKind } from '../documents/release-plan/release-plan-kind';
import { markdownText } from '../documents/markdown/write';
import { collectProfile } from '../evidence/collect-profile';
import { fileSource, isKnown, unknown, type Source, type Unknown } from '../evidence/fact';
import type { RepositoryProfile } from '../evidence/profile';
import { judgeProposal } from '../gate/check';
import { judgeRollback, type RollbackCredibility } from '../risk/credibility';
import { assessRisk, type RiskRegister } from '../risk/register';
import { recommendRollout, type RolloutAdvice } from '../risk/rollout';
import { DEFAULT_TRIGGERS } from '../risk/rollback-triggers';
import type { ProposedFile } from '../text/proposal';
import { assemblePlan, planSummary, type PlanFacts } from './release-plan/assemble';
import { HistoryFailure } from '../ports';
import { proposeVersion } from './release-plan/propose-version';
import { rollbackCommand } from './release-plan/release-steps';
import { TaskFailure, type Task, type TaskInput, type TaskResult, type World } from './task';

const SUMMARY_SLOT = 'summary';

/** So many commits and files are given as sources; the plan itself names them all. */
const MAX_SOURCES = 50;

/** An answer of more characters is cut: it is a claim in a plan, not a document. */
const MAX_ANSWER = 2000;

const inputs: readonly TaskInput[] = [
  { name: 'version', question: 'Which version is released?', isAsked: false },
  {
    name: 'base',
    question: 'From which tag or commit on? (the last release tag by default)',
    isAsked: false,
  },
  { name: 'head', question: 'Up to which tag or commit? (the current one by default)', isAsked: false },
  {
    name: 'risk_posture',
    question: 'Which blast radius and user impact are acceptable for this release?',
    isAsked: true,
  },
  { name: 'schedule', question: 'When is it released, and who is on call then?', isAsked: true },
  {
    name: 'rollback_constraints',
    question: 'What limits a rollback (data migrations, contracts, recovery time objective)?',
    isAsked: true,
  },
  { name: 'owner', question: 'Who leads the release?', isAsked: false },
  {
    name: 'environments',
    question: 'Which environments does it pass? (those of the repository by default)',
    isAsked: false,
  },
  { name: 'constraints', question: 'What else limits this release (freezes, compliance)?', isAsked: false },
  { name: 'repo_context', question: 'What is this repository, and who uses it?', isAsked: false },
];

/** What the plan says as data: the contract of `plan --format json`, with what a reader of the plan needs besides. */
export interface PlanData {
  readonly version: 1;
  /** Commit ids; `base` is null where the range begins at the first commit. */
  readonly range: { readonly base: string | null; readonly head: string | null };
  readonly commits: Change['counts'];
  readonly touches: readonly string[];
  readonly irreversible: readonly (Change['irreversible'][number] & {
    readonly compensatedBy: string | null;
  })[];
  readonly risk: {
    readonly level: RiskRegister['level'] | 'unknown';
    readonly entries: RiskRegister['entries'];
  };
  readonly strategy: RolloutAdvice;
  readonly rollback: RollbackCredibility;
  readonly components: readonly {
    readonly folder: string;
    readonly files: number;
    readonly owners: readonly string[];
  }[];
  /** Why nothing is known of the change; null where it is known. */
  readonly unknownBecause: string | null;
  readonly release: {
    readonly service: string | null;
    readonly version: string | null;
    readonly baseTag: string | null;
  };
}

/** `docs/release/RELEASE_PLAN.md` from what changed since the last release. */
export const releasePlanFromChange: Task = {
  id: 'release-plan-from-change',
  subcommand: 'plan',
  title: 'Plan a release from what changed',
  inputs,
  writes: ['docs/release'],
  async run(world, run): Promise<TaskResult> {
    const told = answers(run.inputs);
    run.report('Reading the history since the last release');
    const answer = await readRange(world, told, run.signal);
    if (!answer.ok && answer.kind === 'no-such-commit') {
      throw new TaskFailure(
        `The change cannot be read: ${answer.reason}. Name a tag, branch or commit that exists here; \`git fetch --tags\` brings those of the remote.`,
      );
    }
    const change = answer.ok ? answer.change : null;
    const noChange = answer.ok ? '' : answer.reason;
    if (change) run.report(reportOf(change), changeSources(change).slice(0, MAX_SOURCES));
    const profile = await collectProfile(world, run);
    const register = change ? assessRisk(change, world.clock.now()) : null;
    const rollout =
      change && register
        ? recommendRollout(
            change,
            register.level,
            profile.deployTargets,
            profile.stacks.some((stack) => stack.isPublished),
          )
        : {
            rollout: 'manual' as const,
            why: `what changes is not known (${noChange}), so no rollout can be reasoned for`,
          };
    const credibility = change
      ? judgeRollback({
          change,
          script: await readScript(world, profile),
          command: commandOf(profile),
          triggers: DEFAULT_TRIGGERS,
        })
      : null;
    const facts: PlanFacts = {
      change,
      noChange,
      profile,
      register,
      rollout,
      credibility,
      version: proposeVersion(told.get('version') ?? null, change, profile),
      summary: null,
      told,
      questions: new Map(inputs.map((input) => [input.name, input.question])),
    };
    return resultOf(world, facts, run.signal);
  },
};

async function readRange(
  world: World,
  told: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<ChangeAnswer> {
  const request = {
    base: told.get('base') ?? null,
    head: told.get('head') ?? null,
    tagPattern: world.configuration.tagPattern,
  };
  try {
    return await readChange(world, request, signal);
  } catch (error) {
    if (!(error instanceof HistoryFailure)) throw error;
    throw new TaskFailure(
      `The change cannot be read: ${error.message}. \`git fsck\` tells what is wrong with a repository.`,
    );
  }
}

async function resultOf(world: World, facts: PlanFacts, signal: AbortSignal): Promise<TaskResult> {
  const { change, profile, register, rollout, credibility } = facts;
  const path = `${world.configuration.releaseFolder}/RELEASE_PLAN.md`;
  const existing = await world.files.read(path);
  const notes: string[] = [...(change?.range.notes ?? []), ...(profile.problems ?? []).map(problemNote)];
  if (!existing.ok && existing.reason !== 'missing') {
    throw new TaskFailure(
      `${path} ${existing.detail}, so a new plan cannot be compared with it. Move it away or make it readable, then plan again.`,
    );
  }
  const plan = assemblePlan(facts);
  const file: ProposedFile = {
    path,
    before: existing.ok ? existing.text : null,
    after: releasePlanKind.render(plan),
    purpose: 'release plan: changes, risk, steps and rollback',
  };
  const findings = await judgeProposal(world, [file], signal);
  const data: PlanData = {
    version: 1,
    range: {
      base: change?.range.commits.base ?? null,
      head: change?.range.commits.head ?? null,
    },
    commits: change?.counts ?? { total: 0, classified: 0, unclassified: 0, reverted: 0 },
    touches: (change?.touches ?? []).map((touch) => touch.kind),
    irreversible: (change?.irreversible ?? []).map((action) => ({ ...action, compensatedBy: null })),
    risk: { level: register?.level ?? 'unknown', entries: register?.entries ?? [] },
    strategy: rollout,
    rollback: credibility ?? { credible: 'unknown', conditions: [] },
    components: (change?.components ?? []).map(({ folder, paths, owners }) => ({
      folder,
      files: paths.length,
      owners,
    })),
    unknownBecause: change ? null : facts.noChange,
    release: {
      service: isKnown(profile.service) ? profile.service.value : null,
      version: isKnown(facts.version.version) ? facts.version.version.value : null,
      baseTag: change?.range.baseTag ?? null,
    },
  };
  return {
    task: 'release-plan-from-change',
    summary: resultSummary(facts),
    sources: change ? changeSources(change).slice(0, MAX_SOURCES) : profileSources(profile),
    files: [file],
    findings,
    unknowns: unknownsOf(releasePlanKind.read(path, file.after).placeholders),
    manualSteps: [],
    notes,
    next: [
      { task: 'runbook-for-deployment', label: 'Write the runbook for this deployment' },
      { task: 'generate-gh-actions-pipeline', label: 'Generate or compare the pipeline' },
      { task: 'check', label: 'Check the repository' },
    ],
    data,
    prose: {
      slots: [
        {
          id: SUMMARY_SLOT,
          text: planSummary(facts),
          purpose:
            'The first paragraph of a release plan: what this release brings to its users and what is risky, in plain words',
        },
      ],
      with: (texts) => resultOf(world, { ...facts, summary: texts.get(SUMMARY_SLOT) ?? null }, signal),
    },
  };
}

function answers(given: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const known = new Set(inputs.map((input) => input.name));
  return new Map(
    Object.entries(given)
      .map(([name, answer]) => [name, answer.trim().slice(0, MAX_ANSWER)] as const)
      .filter(([name, answer]) => known.has(name) && answer !== ''),
  );
}

async function readScript(
  world: World,
  profile: RepositoryProfile,
): Promise<{ readonly path: string; readonly rollback: ScriptRollback } | null> {
  const script = profile.rollbackScript ?? profile.deployScript;
  if (!script) return null;
  const path = script.value;
  const read = await world.files.read(path);
  if (!read.ok) return { path, rollback: { kind: 'unread', why: read.detail } };
  const shell = await world.parsers.shell();
  const isOwn = profile.rollbackScript !== null;
  return { path, rollback: (isOwn ? readRollbackScript : readScriptRollback)(read.text, shell) };
}

function commandOf(
  profile: RepositoryProfile,
): { readonly text: string; readonly sources: readonly Source[] } | null {
  const command = rollbackCommand(profile);
  return command ? { text: command.value, sources: command.sources } : null;
}

function reportOf(change: Change): string {
  const { counts, range } = change;
  return `Read ${counts.total} ${counts.total === 1 ? 'commit' : 'commits'} ${range.baseName === null ? 'from the first on' : `since ${range.baseName}`}, ${change.files.length} changed ${change.files.length === 1 ? 'file' : 'files'}`;
}

function resultSummary({ change, noChange, register, version, rollout }: PlanFacts): string {
  if (!change || !register) {
    return `The change is not known: ${markdownText(noChange)}. The plan holds what the files show, and says what is missing.`;
  }
  const { counts, range } = change;
  const what = isKnown(version.version)
    ? markdownText(`Release ${version.version.value} (${version.from})`)
    : 'A release without a version yet';
  const lost = change.irreversible.length;
  return `${what}: ${counts.total} ${counts.total === 1 ? 'commit' : 'commits'} ${range.baseName === null ? 'from the first on' : `since ${markdownText(range.baseName)}`}, risk **${register.level}**, ${lost === 0 ? 'nothing seen that cannot be undone' : `${lost} ${lost === 1 ? 'action' : 'actions'} that cannot be undone or judged`}; rollout ${rollout.rollout}.`;
}

/** What cannot be undone first, then the tag, then commits, newest first. */
function changeSources(change: Change): readonly Source[] {
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

function profileSources(profile: RepositoryProfile): readonly Source[] {
  return [
    ...profile.stacks.flatMap((stack) => stack.manifest.sources),
    ...profile.deployTargets.flatMap((target) => target.path.sources),
  ].slice(0, MAX_SOURCES);
}

function problemNote(problem: { readonly path: string; readonly message: string }): string {
  return `${problem.path} ${problem.message}`;
}

function unknownsOf(placeholders: readonly { readonly needed: string }[]): readonly Unknown[] {
  return [...new Set(placeholders.map((placeholder) => placeholder.needed))].map((needed) => unknown(needed));
}
