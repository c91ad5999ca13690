import { fileSource, type Source } from '../evidence/fact';
import { judgeProposal } from '../gate/check';
import type { Extraction, ExtractionRequest, ExtractionResult } from '../pipeline/extract/extract';
import type { ProposedFile } from '../text/proposal';
import { counted } from '../text/words';
import { extractWithoutLoss } from './extraction/extract-without-loss';
import { readRepositories, referenceTo, type ExtractedRepository } from './extraction/repositories';
import { changesOf, manualStepsOf, summaryOf } from './extraction/tell';
import { TaskFailure, type Task, type TaskResult } from './task';

/** Turns jobs that repeat across the workflows into one workflow that they call, proved by inlining it back. */
export const extractReusableWorkflows: Task = {
  id: 'extract-reusable-workflows',
  subcommand: 'extract',
  title: 'Extract reusable workflows',
  inputs: [
    { name: 'repo_context', question: 'Which services or workflows belong together?', isAsked: false },
    { name: 'environments', question: 'Which environments do the jobs deploy to?', isAsked: false },
    { name: 'constraints', question: 'Which workflows or required checks must not change?', isAsked: false },
    {
      name: 'home_repository',
      question: 'Of several folders: which one holds the workflows that the others call?',
      isAsked: false,
    },
    {
      name: 'called_ref',
      question: 'Of several folders: by which commit or tag are the new workflows called?',
      isAsked: false,
    },
  ],
  writes: ['.github/workflows'],
  takesSeveral: true,
  async run(world, run): Promise<TaskResult> {
    const repositories = await readRepositories(world, run);
    const workflows = repositories.flatMap((repository) => repository.workflows);
    const [main] = repositories;
    const own = main?.workflows ?? [];
    run.report(
      `Read ${counted(workflows.length, 'workflow')}${repositories.length > 1 ? ` in ${repositories.length} repositories` : ''}`,
      own.map(({ workflow }) => fileSource(workflow.path)),
    );
    const request = await requestOf(repositories, run.inputs);
    const result = await extractWithoutLoss(request.extraction, repositories, run.signal);
    const notes = [...result.notes, ...repositories.flatMap(({ leftAlone }) => leftAlone)];
    if (result.extractions.length === 0) throw nothingToExtract(workflows, notes);

    const sources = main ? sourcesOf(main, result) : [];
    const files = filesOf(result, main?.name ?? '');
    run.report(`Found ${counted(result.extractions.length, 'group')} of jobs that repeat`, sources);
    const unknowns = [
      ...new Set(
        files.some(isElsewhere)
          ? result.extractions.flatMap(({ repository }) => request.unknownsOf(repository))
          : [],
      ),
    ];
    return withProse({
      task: 'extract-reusable-workflows',
      summary: summaryOf(result.extractions),
      sources,
      files,
      findings: await judgeProposal(
        world,
        files.filter((file) => !isElsewhere(file)),
        run.signal,
      ),
      unknowns: unknowns.map((unknown) => ({ unknown })),
      manualSteps: manualStepsOf(result.extractions, repositories, run.inputs.called_ref ?? null),
      notes: [...changesOf(result.extractions, workflows), ...notes],
      next: [{ task: 'check', label: 'Check the workflows' }],
      data: {
        extractions: result.extractions.map(({ repository, path, jobs, callers, plan, steps }) => ({
          ...(repositories.length > 1 ? { repository } : {}),
          path,
          jobs,
          callers,
          steps,
          inputs: plan.inputs,
          secrets: plan.secrets,
        })),
      },
      prose: null,
    });
  },
};

/** What is extracted from, and what will stand as UNKNOWN where other repositories call a workflow of this one. */
async function requestOf(
  repositories: readonly ExtractedRepository[],
  inputs: Readonly<Record<string, string>>,
): Promise<{
  readonly extraction: ExtractionRequest;
  readonly unknownsOf: (repository: string) => readonly string[];
}> {
  const ref = inputs.called_ref ?? null;
  if (ref !== null && !/^[\w][\w./-]*$/.test(ref)) {
    throw new TaskFailure(
      `"${ref}" is no commit, tag or branch; give the full commit that holds the new workflows.`,
    );
  }
  const home = inputs.home_repository ?? null;
  if (home !== null && !repositories.some(({ name }) => name === home)) {
    throw new TaskFailure(
      `"${home}" is none of the folders that were given; it can be ${repositories.map(({ name }) => `"${name}"`).join(', ')}.`,
    );
  }
  const byName = new Map(repositories.map((repository) => [repository.name, repository]));
  const reference = (name: string, path: string): ReturnType<typeof referenceTo> => {
    const repository = byName.get(name);
    if (!repository) throw new Error(`there is no repository "${name}"`);
    return referenceTo(repository, path, ref);
  };
  const [first] = repositories;
  if (!first) throw new Error('there is no repository');
  return {
    extraction: {
      workflows: repositories.flatMap(({ workflows }) => workflows),
      paths: new Map(repositories.map(({ name, paths }) => [name, paths])),
      shell: await first.world.parsers.shell(),
      referTo: (name, path) => reference(name, path).uses,
      home,
    },
    unknownsOf: (name) => reference(name, '').unknowns,
  };
}

function nothingToExtract(workflows: ExtractionRequest['workflows'], notes: readonly string[]): TaskFailure {
  const jobs = workflows.reduce((sum, { workflow }) => sum + workflow.jobs.length, 0);
  return new TaskFailure(
    workflows.length === 0
      ? `There is no readable workflow in .github/workflows to extract jobs from. ${notes.join(' ')}`.trim()
      : `Nothing to extract: none of the ${counted(jobs, 'job')} in ${counted(workflows.length, 'workflow')} repeats another with at least two equal steps. ${notes.join(' ')}`.trim(),
  );
}

/** Where the jobs stand that become calls. */
function sourcesOf(
  { name, workflows }: ExtractedRepository,
  { extractions }: ExtractionResult,
): readonly Source[] {
  const callers = extractions
    .flatMap((extraction) => extraction.callers)
    .filter(({ repository }) => repository === name);
  return callers.flatMap((caller) => {
    const workflow = workflows.find((each) => each.workflow.path === caller.path)?.workflow;
    return (workflow?.jobs ?? []).flatMap((job) =>
      workflow && caller.jobs.includes(job.id.value)
        ? [fileSource(workflow.path, workflow.lines.rangeOf(job.span))]
        : [],
    );
  });
}

/** New workflows first; files of other repositories than the run's own say so. */
function filesOf({ extractions, changed }: ExtractionResult, own: string): readonly ProposedFile[] {
  const elsewhere = (repository: string): Pick<ProposedFile, 'repository'> =>
    repository === own ? {} : { repository };
  return [
    ...extractions.map((extraction) => ({
      path: extraction.path,
      ...elsewhere(extraction.repository),
      before: null,
      after: extraction.text,
      purpose: `called by ${calledBy(extraction)}`,
    })),
    ...changed.map(({ repository, path, before, after }) => ({
      path,
      ...elsewhere(repository),
      before,
      after,
      purpose: 'calls the new workflow',
    })),
  ];
}

function calledBy({ callers, jobs }: Extraction): string {
  return counted(callers.length, jobs.length > 1 ? 'workflow' : 'job');
}

function isElsewhere(file: ProposedFile): boolean {
  return file.repository !== undefined;
}

function withProse(result: TaskResult): TaskResult {
  return {
    ...result,
    prose: {
      slots: [
        {
          id: 'summary',
          text: result.summary,
          purpose: 'One or two sentences on which jobs were repeated and what the callers look like now.',
        },
      ],
      with: (texts) =>
        Promise.resolve(withProse({ ...result, summary: texts.get('summary') ?? result.summary })),
    },
  };
}
