import type { PipelineReview, ReviewedFile } from '../../documents/pipeline-review/pipeline-review';
import { pipelineReviewKind } from '../../documents/pipeline-review/pipeline-review-kind';
import { markdownText } from '../../documents/markdown/write';
import { fileSource, placeholder, textOf } from '../../evidence/fact';
import { readRunTimes, type RunTimes } from '../../evidence/results/run-times';
import { checkInputOf, checkRepository, createReadingCache } from '../../gate/check';
import { workflowRules } from '../../rules/index';
import { counted } from '../../text/words';
import { dependenciesOf } from '../pipeline-review/dependencies';
import { questionsOf, reviewedFindings } from '../pipeline-review/questions';
import { speedOf } from '../pipeline-review/speed';
import { stagesOf } from '../pipeline-review/stages';
import { TaskFailure, type World } from '../task';
import { understoodWorkflows } from '../understood-workflows';
import type { DocumentSubject } from './document-task';

/** The review of the repository's workflows, by what the gate understands and finds. */
export const pipelineReview: DocumentSubject<PipelineReview> = {
  id: 'pipeline-review',
  kind: pipelineReviewKind,
  title: 'Review the pipeline',
  reading: 'Reading what the workflows do, and what the gate finds in them',
  inputs: [
    {
      name: 'run_times',
      question:
        'Which file holds run times (JSON of `gh run list` or of `gh api …/actions/runs/{id}/jobs`; several, with commas)?',
      isAsked: false,
    },
  ],
  writes: ['docs/ops'],
  async assemble({ world, run, profile, told, claims }) {
    const { set, leftAlone } = await understoodWorkflows(world, run.signal);
    if (set.workflows.length === 0) {
      throw new TaskFailure(
        leftAlone.length > 0
          ? `No workflow can be reviewed. ${leftAlone.join(' ')}`
          : 'There is no workflow under .github/workflows to review. /generate-gh-actions-pipeline writes one.',
      );
    }
    const report = await checkRepository({
      ...checkInputOf(world),
      cache: createReadingCache(),
      signal: run.signal,
    });
    const rules = new Set(workflowRules.map(({ id }) => id));
    const findings = report.findings.filter(({ rule }) => rules.has(rule) || rule === 'unreadable-file');
    const actions = [...set.localActions.values()].map(({ path }) => path);
    const reviewed = [...set.workflows.map(({ path }) => path), ...actions];
    const state = await world.history.state(run.signal);
    const files = await reviewedFiles(world, reviewed, state.kind === 'git' ? state.head : null, run.signal);
    const { times, notes } = await runTimesOf(world, told.get('run_times') ?? '');
    const unread = profile.workflows.filter((path) => !reviewed.includes(path));
    const questions = questionsOf({
      set,
      findings,
      unread,
      off: new Set(
        Object.entries(world.configuration.severities).flatMap(([id, severity]) =>
          severity === 'off' ? [id] : [],
        ),
      ),
    });
    const count = (verdict: string): number =>
      questions.filter((question) => question.verdict === verdict).length;
    const rows = reviewedFindings(findings);
    const verdicts = `${count('pass')} pass, ${count('fail')} fail, ${count('unknown')} are unknown`;
    return {
      path: `${world.configuration.operationsFolder}/PIPELINE_REVIEW.md`,
      sources: reviewed.map((path) => fileSource(path)),
      summary: `Review of ${counted(set.workflows.length, 'workflow')} of ${markdownText(textOf(profile.service))}: ${verdicts}.`,
      openQuestions: count('unknown'),
      notes: [...leftAlone, ...notes],
      data: {
        service: textOf(profile.service),
        commit: state.kind === 'git' ? state.head : placeholder(`commit that was reviewed: ${state.detail}`),
        summary: [
          `Release Gate read ${counted(set.workflows.length, 'workflow')}${actions.length > 0 ? ` and ${counted(actions.length, 'action')} of the repository` : ''}. Of ${counted(questions.length, 'question')} ${verdicts}.`,
          `The gate has ${counted(rows.length, 'finding')}, ${rows.filter(({ weight }) => weight.startsWith('blocks')).length} of which block a release.`,
          "A verdict is the engine's: pass means that its rules found nothing, and each rule's page says what it cannot see.",
        ].join(' '),
        files,
        stages: stagesOf(set),
        questions,
        findings: rows,
        speed: set.workflows.map((workflow) => speedOf(workflow, times)),
        dependencies: dependenciesOf(set, profile),
        claims,
      },
    };
  },
};

/** Each file with the last commit that changed it; what stands there and is not committed has none. */
async function reviewedFiles(
  world: World,
  paths: readonly string[],
  head: string | null,
  signal: AbortSignal,
): Promise<readonly ReviewedFile[]> {
  const files: ReviewedFile[] = [];
  for (const path of paths) {
    signal.throwIfAborted();
    const commit = await world.history.lastCommitOf(path, signal);
    const [now, then] = [
      await world.files.read(path),
      head === null ? null : await world.history.fileAt(head, path, signal),
    ];
    const isCommitted = then?.ok === true && now.ok && then.text === now.text;
    files.push({
      file: path,
      commit: commit
        ? isCommitted
          ? commit.hash
          : placeholder(
              `commit of ${path}: it was changed since ${commit.hash.slice(0, 12)} and is not committed`,
            )
        : placeholder(`commit of ${path}: git has none`),
    });
  }
  return files;
}

async function runTimesOf(
  world: World,
  told: string,
): Promise<{ readonly times: readonly RunTimes[]; readonly notes: readonly string[] }> {
  const times: RunTimes[] = [];
  const notes: string[] = [];
  for (const path of told
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')) {
    const inside = await world.files.read(path);
    const read = inside.ok || !world.reports ? inside : await world.reports.read(path);
    if (!read.ok) {
      notes.push(`${path} ${read.detail}, so its run times are not known.`);
      continue;
    }
    const reading = readRunTimes(read.text);
    if (reading.ok) times.push(...reading.times);
    else notes.push(`${path} ${reading.why}.`);
  }
  return { times, notes };
}
