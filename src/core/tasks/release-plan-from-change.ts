import { keptFile } from './document-task';
import { releasePlanKind } from '../documents/release-plan/release-plan-kind';
import { markdownText } from '../documents/markdown/write';
import { isKnown, unknown, type Source, type Unknown } from '../evidence/fact';
import type { RepositoryProfile } from '../evidence/profile';
import { createReadingCache, judgeProposal } from '../gate/check';
import { changeSources, MAX_SOURCES, planPathOf, releaseFactsOf } from '../readiness/assess-release';
import { releaseData } from '../readiness/release-data';
import type { ProposedFile } from '../text/proposal';
import { assemblePlan, claimedVersion, keepPlan, planSummary, type PlanFacts } from './release-plan/assemble';
import { proposeVersion } from './release-plan/propose-version';
import { assessTold } from './assess-told';
import { speakingDocuments, triggersIn } from './spoken-triggers';
import { TaskFailure, type Task, type TaskInput, type TaskResult, type World } from './task';

const SUMMARY_SLOT = 'summary';

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

/** `docs/release/RELEASE_PLAN.md` from what changed since the last release. */
export const releasePlanFromChange: Task = {
  id: 'release-plan-from-change',
  subcommand: 'plan',
  title: 'Plan a release from what changed',
  inputs,
  writes: ['docs/release'],
  asksOutside: true,
  async run(world, run): Promise<TaskResult> {
    const told = answers(run.inputs);
    const assessed = await assessTold(world, told, run);
    const facts: PlanFacts = {
      ...assessed,
      version: proposeVersion(
        told.get('version') ?? claimedVersion(assessed, questionOf('version')),
        assessed.change,
        assessed.profile,
      ),
      summary: null,
      told,
      questions: new Map(inputs.map((input) => [input.name, input.question])),
      // What is written for the night counts, not what a plan would say by itself.
      triggers: triggersIn(
        (await speakingDocuments(world, run.signal)).filter(({ kind }) => kind !== 'release-plan'),
      ).map(({ row }) => row),
    };
    return resultOf(world, facts, run.signal);
  },
};

function questionOf(name: string): string {
  return inputs.find((input) => input.name === name)?.question ?? name;
}

async function resultOf(world: World, facts: PlanFacts, signal: AbortSignal): Promise<TaskResult> {
  const { change, profile } = facts;
  const path = planPathOf(world.configuration);
  const existing = await world.files.read(path);
  const notes: string[] = [...(change?.range.notes ?? []), ...(profile.problems ?? []).map(problemNote)];
  if (!existing.ok && existing.reason !== 'missing') {
    throw new TaskFailure(
      `${path} ${existing.detail}, so a new plan cannot be compared with it. Move it away or make it readable, then plan again.`,
    );
  }
  const kept = keepPlan(path, assemblePlan(facts), facts);
  notes.push(...kept.notes);
  const file: ProposedFile = {
    ...keptFile(path, existing.ok ? existing.text : null, kept),
    purpose: 'release plan: changes, risk, steps and rollback',
  };
  const cache = createReadingCache();
  const findings = await judgeProposal(
    world,
    [file],
    signal,
    releaseFactsOf(facts, world.configuration),
    cache,
  );
  const reading = cache.documents.get(path) ?? releasePlanKind.read(path, file.after);
  const data = releaseData(facts, isKnown(facts.version.version) ? facts.version.version.value : null);
  return {
    task: 'release-plan-from-change',
    summary: resultSummary(facts),
    sources: change ? changeSources(change).slice(0, MAX_SOURCES) : profileSources(profile),
    files: [file],
    findings,
    unknowns: unknownsOf(reading.placeholders),
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
