import { applyFixes } from '../../gate/apply-fixes';
import { checkInputOf, checkRepository, judgeProposal } from '../../gate/check';
import { overlayFiles } from '../../gate/overlay';
import type { Finding } from '../../gate/report';
import { coveredBy } from '../../pipeline/extend/covered';
import {
  extendWithChecks,
  extendWithRelease,
  type ExtendRequest,
  type ExtendResult,
  type Extension,
} from '../../pipeline/extend/extend';
import type { GeneratedPipeline } from '../../pipeline/generate/generate';
import { MADE_BY, type ChosenNames, type GeneratedWorkflow } from '../../pipeline/generate/workflow-file';
import type { ProposedFile } from '../../text/proposal';
import { counted, enumerated } from '../../text/words';
import type { Workflow } from '../../workflow/model';
import { readWorkflow } from '../../workflow/read';
import type { WorkflowSet } from '../../workflow/understanding';
import type { World } from '../task';
import { understoodWorkflows } from '../understood-workflows';

/** Where workflows stand. */
export const WORKFLOWS_FOLDER = '.github/workflows';

/** Whether what stands is added to, or left alone with a pipeline of its own beside it. */
export type Existing = 'extend' | 'beside';

/** Where the generated workflows go. */
export interface PlacedWorkflows {
  /** What is proposed, the pipeline first where there is one. */
  readonly files: readonly ProposedFile[];
  /** The workflow that holds the pipeline; null where the repository's own deployments stay the only ones. */
  readonly pipeline: string | null;
  /** Workflows of the repository that were added to. */
  readonly extensions: readonly Extension[];
  /** All workflows of the repository as they would be. */
  readonly workflows: readonly Workflow[];
  /** Workflows that deploy beside the pipeline, with the jobs that do: both would. */
  readonly alsoDeploying: readonly { readonly path: string; readonly jobs: readonly string[] }[];
  readonly notes: readonly string[];
}

/**
 * Decides where the pipeline goes. A workflow of ours is written anew. A workflow of somebody else that deploys gets the
 * missing checks; one that checks pull requests gets the release; and only where neither can be done, or the gate finds
 * what it did not find before, a file of our own stands beside it. Nothing that stands is replaced.
 */
export async function placeWorkflows(
  world: World,
  pipeline: GeneratedPipeline,
  existing: Existing,
  signal: AbortSignal,
): Promise<PlacedWorkflows> {
  const { set, leftAlone } = await understoodWorkflows(world, signal);
  const theirs = set.workflows.filter((workflow) => !isOurs(workflow.text));
  const notes = [...leftAlone];
  const skipped = new Set<GeneratedWorkflow>(
    pipeline.workflows.filter(
      ({ names }) => names[0] === 'dependency-review.yml' && reviewsDependencies(theirs),
    ),
  );
  if (skipped.size > 0)
    notes.push('A workflow here reviews new dependencies already, so none is added for it.');
  const ours = set.workflows.filter((workflow) => isOurs(workflow.text)).map(({ path }) => fileOf(path));
  const hasPipeline = pipeline.workflows[0]?.names.some((name) => ours.includes(name)) ?? false;
  if (existing === 'extend' && !hasPipeline && theirs.length > 0) {
    const deploying = theirs.filter((workflow) => deploysFrom(set, workflow).length > 0);
    const placed =
      deploying.length > 0
        ? await extendDeployments(world, pipeline, set, deploying, signal)
        : await extendChecks(world, pipeline, set, theirs, signal);
    notes.push(...placed.notes);
    if (placed.extensions.length > 0 || placed.isEnough) {
      const host = placed.extensions[0]?.path ?? deploying[0]?.path ?? '';
      const chosen: ChosenNames = { pipeline: fileOf(host) };
      // A way back that was written with the deployments of this pipeline belongs to no other deployments.
      const others = pipeline.workflows.filter(
        (workflow, index) =>
          index > 0 &&
          // Jobs that are added to a workflow have their own steps.
          workflow.key === undefined &&
          !skipped.has(workflow) &&
          (deploying.length === 0 ||
            workflow.names[0] !== 'rollback.yml' ||
            workflow.names.some((name) => ours.includes(name))),
      );
      const beside = await proposeFiles(world, others, () => chosen, notes);
      const files = [...placed.extensions.map(extendedFile), ...beside];
      return {
        files,
        pipeline: deploying.length > 0 ? null : (placed.extensions[0]?.path ?? null),
        extensions: placed.extensions,
        workflows: withFiles(set.workflows, files),
        alsoDeploying: [],
        notes,
      };
    }
  }
  const wanted = pipeline.workflows.filter((workflow) => !skipped.has(workflow));
  const files = await proposeFiles(
    world,
    wanted,
    (names) => ({
      pipeline: names[0] ?? 'pipeline.yml',
      called: new Map(
        wanted.flatMap(({ key }, index) => (key === undefined ? [] : [[key, names[index] ?? '']])),
      ),
    }),
    notes,
  );
  return {
    files,
    pipeline: files[0]?.path ?? null,
    extensions: [],
    workflows: withFiles(set.workflows, files),
    alsoDeploying: theirs.flatMap((workflow) => {
      const jobs = deploysFrom(set, workflow);
      return jobs.length > 0 ? [{ path: workflow.path, jobs }] : [];
    }),
    notes,
  };
}

function withFiles(workflows: readonly Workflow[], files: readonly ProposedFile[]): readonly Workflow[] {
  return [
    ...workflows.filter(({ path }) => !files.some((file) => file.path === path)),
    ...files.map((file) => readWorkflow(file.path, file.after)),
  ];
}

interface Extended {
  readonly extensions: readonly Extension[];
  readonly notes: readonly string[];
  /** Nothing had to be added: what stands does all of it. */
  readonly isEnough: boolean;
}

/** Lets each deployment of the repository wait for the checks that are missing. */
async function extendDeployments(
  world: World,
  pipeline: GeneratedPipeline,
  set: WorkflowSet,
  deploying: readonly Workflow[],
  signal: AbortSignal,
): Promise<Extended> {
  const before = (await checkRepository({ ...checkInputOf(world), signal })).findings;
  const extensions: Extension[] = [];
  const notes: string[] = [];
  let isEnough = true;
  for (const workflow of deploying) {
    const file = workflow.path;
    const jobs = deploysFrom(set, workflow).map((id) => `\`${id}\``);
    const kinds = set.jobsOf(workflow).flatMap(({ target }) => (target === null ? [] : [target.kind]));
    const isUnchecked = before.some((finding) => finding.path === file && UNCHECKED.has(finding.rule));
    if (!isUnchecked && !kinds.includes('unknown')) {
      notes.push(
        kinds.includes('production')
          ? `${file} deploys (${jobs.join(', ')}) and waits for its checks, as the gate proves: it stays as it is.`
          : `${file} deploys (${jobs.join(', ')}), though not to production: it stays as it is. \`--existing beside\` writes a pipeline of its own.`,
      );
      continue;
    }
    const result = await tried(world, extendWithChecks(requestOf(pipeline, set, workflow)), before, signal);
    if (result.ok && result.extension.before !== result.extension.after) {
      extensions.push(result.extension);
      notes.push(
        `${file} deploys (${jobs.join(', ')}) and goes on doing so by its own means; no second pipeline is written beside it.`,
      );
    } else {
      isEnough = false;
      notes.push(
        result.ok
          ? `${file} has all the checks of a pipeline: it stays as it is${isUnchecked ? ', and its deployment can start without them all the same (see its findings)' : ''}.`
          : `${file} was not extended: ${result.reason}.`,
      );
    }
  }
  return { extensions, notes, isEnough };
}

/** What says that a deployment does not wait for what it must wait for. */
const UNCHECKED: ReadonlySet<string> = new Set(['prod-without-tests', 'missing-phase']);

/** Adds the release to the workflow that has most of the checks. */
async function extendChecks(
  world: World,
  pipeline: GeneratedPipeline,
  set: WorkflowSet,
  theirs: readonly Workflow[],
  signal: AbortSignal,
): Promise<Extended> {
  const notes: string[] = [];
  const candidates = theirs
    .filter(({ triggers }) => triggers.some(({ event }) => event === 'pull_request' || event === 'push'))
    .map((workflow) => requestOf(pipeline, set, workflow))
    .map((request) => ({ request, score: scoreOf(request) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || (a.request.workflow.path < b.request.workflow.path ? -1 : 1));
  if (candidates.length === 0) {
    notes.push(
      `No workflow here runs a check of this pipeline, so it stands beside them (${enumerated(
        theirs.map(({ path }) => path),
        'and',
      )}).`,
    );
    return { extensions: [], notes, isEnough: false };
  }
  const before = (await checkRepository({ ...checkInputOf(world), signal })).findings;
  for (const { request } of candidates) {
    const result = await tried(world, extendWithRelease(request), before, signal);
    if (result.ok) return { extensions: [result.extension], notes, isEnough: false };
    notes.push(`${request.workflow.path} was not extended: ${result.reason}.`);
  }
  return { extensions: [], notes, isEnough: false };
}

/** How many of the generated checks a workflow has. */
function scoreOf({ workflow, set, jobs, onlyUnit }: ExtendRequest): number {
  return jobs.filter(
    (job) => job.phases !== undefined && coveredBy(job, workflow, set, onlyUnit).by.length > 0,
  ).length;
}

function requestOf(pipeline: GeneratedPipeline, set: WorkflowSet, workflow: Workflow): ExtendRequest {
  const { units, publishing } = pipeline.plan;
  const [unit, ...others] = units;
  return {
    workflow,
    set,
    jobs: pipeline.jobs({ pipeline: fileOf(workflow.path) }),
    branch: pipeline.plan.branch,
    onlyUnit: others.length === 0 ? (unit?.root.language ?? null) : null,
    tagPrefix: publishing.packages.length > 0 ? publishing.tagPrefix : null,
  };
}

/**
 * Refuses an extension with which the gate finds something that blocks and that it did not find before. What stood there
 * may weigh more on the way to production, a job without `permissions` say: where the gate has a fix, it is applied, and
 * where it has none, that is told.
 */
async function tried(
  world: World,
  result: ExtendResult,
  before: readonly Finding[],
  signal: AbortSignal,
): Promise<ExtendResult> {
  if (!result.ok) return result;
  let { extension } = result;
  const { path } = extension;
  const judged = async (): Promise<readonly Finding[]> =>
    (await judgeProposal(world, [extendedFile(extension)], signal)).filter(isOpen);
  const had = countsByRule(before.filter((finding) => finding.path === path && isOpen(finding)));
  const blocked = new Set(
    before.filter((finding) => finding.path === path && blocks(finding)).map(({ rule }) => rule),
  );
  let after = await judged();
  const heavier = new Set(after.filter(blocks).flatMap(({ rule }) => (blocked.has(rule) ? [] : [rule])));
  if (after.some((finding) => finding.fix !== null && blocks(finding) && heavier.has(finding.rule))) {
    const { files, applied } = await applyFixes(
      {
        ...checkInputOf(world),
        files: overlayFiles(world.files, new Map([[path, extension.after]])),
        only: new Set([path]),
        signal,
      },
      { kinds: 'proposed', wants: (finding) => blocks(finding) && heavier.has(finding.rule) },
    );
    const [fixed, ...others] = files;
    if (fixed?.path === path && others.length === 0) {
      const titles = new Set(applied.map(({ title }) => `${title}.`));
      extension = { ...extension, after: fixed.after, changed: [...extension.changed, ...titles] };
      after = await judged();
    }
  }
  const has = countsByRule(after);
  const added = after.find(
    (finding) => blocks(finding) && (has.get(finding.rule) ?? 0) > (had.get(finding.rule) ?? 0),
  );
  if (added) return { ok: false, reason: `the gate would then find ${added.rule}: ${added.message}` };
  const weighing = countsByRule(after.filter((finding) => blocks(finding) && !blocked.has(finding.rule)));
  const told = [...weighing].map(
    ([rule, count]) =>
      `${counted(count, 'finding')} of ${rule} on lines that stood there ${count === 1 ? 'blocks' : 'block'} now, since the file deploys.`,
  );
  return { ok: true, extension: { ...extension, changed: [...extension.changed, ...told] } };
}

function countsByRule(findings: readonly Finding[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { rule } of findings) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  return counts;
}

function isOpen(finding: Finding): boolean {
  return finding.status !== 'waived';
}

function blocks(finding: Finding): boolean {
  return finding.severity === 'block' && finding.status !== 'waived';
}

function deploysFrom(set: WorkflowSet, workflow: Workflow): readonly string[] {
  return set
    .jobsOf(workflow)
    .filter((facts) => facts.target !== null)
    .map(({ job }) => job.id.value);
}

function reviewsDependencies(workflows: readonly Workflow[]): boolean {
  return workflows.some(({ jobs }) =>
    jobs.some((job) =>
      job.steps.some((step) => step.uses?.value.startsWith('actions/dependency-review-action@')),
    ),
  );
}

function extendedFile({ path, before, after, added }: Extension): ProposedFile {
  return { path, before, after, purpose: `extended by ${counted(added.length, 'job')}` };
}

function fileOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Files that do not collide with what stands there: a file of ours is shown as a difference, anybody else's is kept. */
async function proposeFiles(
  world: World,
  workflows: readonly GeneratedWorkflow[],
  chosenOf: (names: readonly string[]) => ChosenNames,
  notes: string[],
): Promise<ProposedFile[]> {
  const places: { readonly name: string; readonly before: string | null }[] = [];
  for (const workflow of workflows) {
    let found: { readonly name: string; readonly before: string | null } | null = null;
    for (let number = 1; found === null; number++) {
      // After the given names, numbers: there is always one that nobody has taken.
      const name = workflow.names[number - 1] ?? numbered(workflow.names.at(-1) ?? 'pipeline.yml', number);
      const there = await world.files.read(`${WORKFLOWS_FOLDER}/${name}`);
      if (there.ok && isOurs(there.text)) found = { name, before: there.text };
      else if (!there.ok && there.reason === 'missing') found = { name, before: null };
      else notes.push(`${WORKFLOWS_FOLDER}/${name} is kept as it is: somebody else wrote it.`);
    }
    places.push(found);
  }
  const chosen = chosenOf(places.map(({ name }) => name));
  return workflows.map((workflow, index) => ({
    path: `${WORKFLOWS_FOLDER}/${places[index]?.name ?? ''}`,
    before: places[index]?.before ?? null,
    after: workflow.text(chosen),
    purpose: workflow.purpose,
  }));
}

/** What was added to which workflow, and what had to change there, as lines for a person. */
export function describeExtension({ path, added, kept, changed }: Extension): readonly string[] {
  return [
    ...(added.length > 0
      ? [
          `${path} gets ${enumerated(
            added.map((id) => `\`${id}\``),
            'and',
          )}; its own jobs stay as they are.`,
        ]
      : []),
    ...kept.map(
      ({ check, by }) =>
        `${check}: done already by ${enumerated(
          by.map((id) => `\`${id}\``),
          'and',
        )}.`,
    ),
    ...changed,
  ];
}

function numbered(name: string, number: number): string {
  return name.replace(/(\.ya?ml)$/, `-${number}$1`);
}

function isOurs(text: string): boolean {
  return text.replace(/^\uFEFF/, '').startsWith(`# ${MADE_BY}`);
}
