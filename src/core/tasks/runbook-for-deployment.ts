import { renderKeepingWritten } from '../documents/keep-written';
import { markdownText } from '../documents/markdown/write';
import { runbookKind, totalDuration } from '../documents/runbook/runbook-kind';
import { textOf, type Source } from '../evidence/fact';
import type { RepositoryProfile } from '../evidence/profile';
import { judgeProposal } from '../gate/check';
import type { ProposedFile } from '../text/proposal';
import { answersTo, distinctSources, existingText, keptFile, unknownsOf } from './document-task';
import { gatherOperations } from './operations/facts';
import { assembleRunbook, runbookSummary, type RunbookFacts } from './runbook/assemble-runbook';
import type { Task, TaskInput, TaskResult, World } from './task';
import { readProfile } from '../workflow/read-profile';

const SUMMARY_SLOT = 'summary';
const MAX_SOURCES = 50;

const inputs: readonly TaskInput[] = [
  { name: 'repo_context', question: 'What does the service do, and who depends on it?', isAsked: false },
  {
    name: 'environments',
    question: 'Which environments does it run in? (those of the repository by default)',
    isAsked: false,
  },
  {
    name: 'constraints',
    question: 'What limits work on it (access, change windows, escalation)?',
    isAsked: false,
  },
];

/** The runbook of the repository's service, from its scripts, manifests, workflows and dashboards. */
export const runbookForDeployment: Task = {
  id: 'runbook-for-deployment',
  subcommand: 'runbook',
  title: 'Write the runbook of a deployment',
  inputs,
  writes: ['docs/ops'],
  async run(world, run): Promise<TaskResult> {
    run.report('Reading scripts, manifests, workflows and dashboards');
    const profile = await readProfile(world, run);
    run.signal.throwIfAborted();
    const sources = sourcesOf(profile);
    run.report(
      sources.length > 0 ? 'Found what deploys and watches the service' : 'Found nothing that deploys it',
      sources,
    );
    return resultOf(
      world,
      {
        profile,
        told: answersTo(inputs, run.inputs),
        questions: new Map(inputs.map(({ name, question }) => [name, question])),
        summary: null,
        operations: await gatherOperations(world, profile, run.signal),
      },
      run.signal,
    );
  },
};

async function resultOf(world: World, facts: RunbookFacts, signal: AbortSignal): Promise<TaskResult> {
  const { profile } = facts;
  const path = `${world.configuration.operationsFolder}/RUNBOOK.md`;
  const before = await existingText(world, path);
  const runbook = assembleRunbook(facts);
  const kept = renderKeepingWritten(runbookKind, path, runbook, before);
  const file: ProposedFile = {
    ...keptFile(path, before, kept),
    purpose: 'runbook: symptoms, diagnosis, mitigations, rollback, deployment',
  };
  const read = runbookKind.read(path, file.after);
  const findings = await judgeProposal(world, [file], signal);
  const unknowns = unknownsOf(read.placeholders);
  const steps = read.data.deployment.length;
  const duration = totalDuration(read.data.deployment);
  return {
    task: 'runbook-for-deployment',
    summary: `Runbook of ${markdownText(textOf(profile.service))}: ${steps} deployment steps, total duration ${markdownText(duration)}; ${unknowns.length} ${unknowns.length === 1 ? 'value is' : 'values are'} still unknown.`,
    sources: sourcesOf(profile),
    files: [file],
    findings,
    unknowns,
    manualSteps: [],
    notes: [
      ...kept.notes,
      ...(profile.problems ?? []).map(({ path: file, message }) => `${file} ${message}`),
      'The rollback triggers are defaults: set the thresholds of this service.',
    ],
    next: [
      { task: 'release-plan-from-change', label: 'Plan the next release' },
      { task: 'check', label: 'Check the repository' },
    ],
    data: read.data,
    prose: {
      slots: [
        {
          id: SUMMARY_SLOT,
          text: runbookSummary(facts),
          purpose:
            'The first paragraph of a runbook: what the service is and how it is deployed, in plain words',
        },
      ],
      with: (texts) => resultOf(world, { ...facts, summary: texts.get(SUMMARY_SLOT) ?? null }, signal),
    },
  };
}

function sourcesOf(profile: RepositoryProfile): readonly Source[] {
  return distinctSources(
    [
      ...profile.deployTargets.flatMap(({ path, workloads }) => [
        ...path.sources,
        ...(workloads ?? []).flatMap(({ sources }) => sources),
      ]),
      ...[profile.deployScript, profile.rollbackScript, profile.smokeTest].flatMap(
        (fact) => fact?.sources ?? [],
      ),
      ...profile.operations.flatMap(({ sources }) => sources),
      ...profile.environments.flatMap(({ sources }) => sources),
      ...profile.owners.flatMap(({ sources }) => sources),
      ...profile.migrationFolders.flatMap(({ sources }) => sources),
    ],
    MAX_SOURCES,
  );
}
