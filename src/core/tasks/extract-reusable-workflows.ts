import { fileSource } from '../evidence/fact';
import { judgeProposal } from '../gate/check';
import {
  extractRepeatedJobs,
  type Extraction,
  type ExtractionRequest,
  type ExtractionResult,
} from '../pipeline/extract/extract';
import type { ProposedFile } from '../text/proposal';
import { readWorkflows } from './read-workflows';
import { TaskFailure, type Task, type TaskResult } from './task';
import {
  createVerdictJudge,
  placeKey,
  type JobPlace,
  type ProposedState,
  type VerdictJudge,
} from './verdict-kept';

/** Turns jobs that repeat across the workflows into one workflow that they call, proved by inlining it back. */
export const extractReusableWorkflows: Task = {
  id: 'extract-reusable-workflows',
  subcommand: 'extract',
  title: 'Extract reusable workflows',
  inputs: [
    { name: 'repo_context', question: 'Which services or workflows belong together?', isAsked: false },
    { name: 'environments', question: 'Which environments do the jobs deploy to?', isAsked: false },
    { name: 'constraints', question: 'Which workflows or required checks must not change?', isAsked: false },
  ],
  writes: ['.github/workflows'],
  async run(world, run): Promise<TaskResult> {
    const { paths, workflows, leftAlone } = await readWorkflows(world, run.signal);
    run.report(
      `Read ${workflows.length} ${workflows.length === 1 ? 'workflow' : 'workflows'}`,
      workflows.map((workflow) => fileSource(workflow.path)),
    );

    const result = await extractWithoutLoss(
      {
        workflows: workflows.map((workflow) => ({ repository: '', workflow })),
        paths: new Map([['', new Set(paths)]]),
        shell: await world.parsers.shell(),
        referTo: (_repository, path) => `./${path}`,
        home: null,
      },
      createVerdictJudge(world),
      run.signal,
    );
    const notes = [...result.notes, ...leftAlone];
    if (result.extractions.length === 0) {
      const jobs = workflows.reduce((sum, workflow) => sum + workflow.jobs.length, 0);
      throw new TaskFailure(
        workflows.length === 0
          ? `There is no readable workflow in .github/workflows to extract jobs from. ${leftAlone.join(' ')}`.trim()
          : `Nothing to extract: none of the ${jobs} jobs in ${workflows.length} ${workflows.length === 1 ? 'workflow' : 'workflows'} repeats another with at least two equal steps. ${notes.join(' ')}`.trim(),
      );
    }
    const sources = result.extractions.flatMap((extraction) =>
      extraction.callers.flatMap((caller) => {
        const workflow = workflows.find((other) => other.path === caller.path);
        return (workflow?.jobs ?? []).flatMap((job) =>
          workflow && caller.jobs.includes(job.id.value)
            ? [fileSource(workflow.path, workflow.lines.rangeOf(job.span))]
            : [],
        );
      }),
    );
    run.report(`Found ${sources.length} jobs that repeat`, sources);
    const files: ProposedFile[] = [
      ...result.extractions.map((extraction) => ({
        path: extraction.path,
        before: null,
        after: extraction.text,
        purpose: `called by ${extraction.callers.length} ${extraction.jobs.length > 1 ? 'workflows' : 'jobs'}`,
      })),
      ...workflows.flatMap((workflow) => {
        const after = result.changed.find((other) => other.path === workflow.path)?.after;
        return after === undefined
          ? []
          : [{ path: workflow.path, before: workflow.text, after, purpose: 'calls the new workflow' }];
      }),
    ];
    return withProse({
      task: 'extract-reusable-workflows',
      summary: summaryOf(result.extractions),
      sources,
      files,
      findings: await judgeProposal(world, files, run.signal),
      unknowns: [],
      manualSteps: [
        {
          title: 'Adjust required checks',
          why: `A job that calls a workflow reports its checks as "caller / job". Where a ruleset or branch protection requires ${namesOf(result.extractions.flatMap((extraction) => extraction.callers))}, it would wait for ever: require the new names in the same change.`,
          command: null,
        },
      ],
      notes: [...changesOf(result.extractions), ...notes],
      next: [{ task: 'check', label: 'Check the workflows' }],
      data: {
        extractions: result.extractions.map(({ path, callers, plan, steps }) => ({
          path,
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

/** Extracts what the gate's verdict is not worse for; the groups that would make it worse are left alone. */
async function extractWithoutLoss(
  request: ExtractionRequest,
  judge: VerdictJudge,
  signal: AbortSignal,
): Promise<ExtractionResult> {
  const refused = new Map<string, string>();
  for (;;) {
    const result = extractRepeatedJobs({ ...request, refused });
    if (result.extractions.length === 0) return result;
    if ((await judge.worseWith(stateOf(result), signal)) === null) return result;
    // One by one, each on top of those that did no harm.
    const harmless = new Set<string>();
    const known = refused.size;
    for (const { key } of result.extractions) {
      const tried = extractRepeatedJobs({ ...request, refused, only: new Set([...harmless, key]) });
      const reason = await judge.worseWith(stateOf(tried), signal);
      if (reason === null) harmless.add(key);
      else refused.set(key, reason);
    }
    if (refused.size === known) throw new Error('extractions do harm together that none of them does');
  }
}

/** What the repository would be, with what every new job and file stands for. */
function stateOf({ extractions, changed }: ExtractionResult): ProposedState {
  const moved = new Map<string, JobPlace[]>();
  const add = (to: JobPlace, from: JobPlace): void => {
    const places = moved.get(placeKey(to));
    if (places) places.push(from);
    else moved.set(placeKey(to), [from]);
  };
  for (const { path, jobs, callers } of extractions) {
    for (const caller of callers) {
      add({ path, job: null }, { path: caller.path, job: null });
      caller.jobs.forEach((job, index) => {
        add({ path, job: jobs[index] ?? '' }, { path: caller.path, job });
        add({ path: caller.path, job: caller.job }, { path: caller.path, job });
      });
    }
  }
  return {
    texts: new Map([
      ...extractions.map(({ path, text }) => [path, text] as const),
      ...changed.map(({ path, after }) => [path, after] as const),
    ]),
    movedFrom: moved,
  };
}

function summaryOf(extractions: readonly Extraction[]): string {
  const jobs = extractions.reduce(
    (sum, { callers, jobs: inside }) => sum + inside.length * callers.length,
    0,
  );
  const steps = extractions.reduce(
    (sum, extraction) => sum + extraction.steps * (extraction.callers.length - 1),
    0,
  );
  const what =
    extractions.length === 1
      ? `one workflow that they call, \`${extractions[0]?.path ?? ''}\``
      : `${extractions.length} workflows that they call`;
  return `${jobs} jobs repeat and become ${what}; ${steps} steps are no longer written twice. Inlined back, every job is what it was, and the gate's verdict is no worse.`;
}

/** What is not the same afterwards, though every job does the same. */
function changesOf(extractions: readonly Extraction[]): string[] {
  return extractions.flatMap((extraction) => {
    const { path, callers, plan } = extraction;
    const notes = [
      `${path}: the checks of ${namesOf(callers)} are called ${extraction.jobs.map((job) => `"<caller> / ${job}"`).join(', ')} from now on; outputs and results keep their names for the jobs that need them.`,
    ];
    if (plan.secrets.some((secret) => !secret.isRequired)) {
      notes.push(
        `${path}: a job in it names an environment, whose secrets win over those that the caller passes; these secrets are therefore optional in the call.`,
      );
    }
    if (plan.inputs.some((input) => input.values.some((value) => value.includes('${{')))) {
      notes.push(`${path}: values that only the caller knows are handed in as inputs.`);
    }
    return notes;
  });
}

function namesOf(callers: Extraction['callers']): string {
  const names = [...new Set(callers.flatMap(({ jobs }) => jobs.map((job) => `"${job}"`)))];
  return names.length > 8 ? `${names.slice(0, 8).join(', ')} and ${names.length - 8} more` : names.join(', ');
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
