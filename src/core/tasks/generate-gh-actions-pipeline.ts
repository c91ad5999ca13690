import { fact, fileSource, isKnown, type Source } from '../evidence/fact';
import { ROLLOUTS, type Rollout } from '../evidence/rollouts';
import { LANGUAGE_NAMES, type RepositoryProfile } from '../evidence/profile';
import { judgeProposal } from '../gate/check';
import type { Finding } from '../gate/report';
import { distinctUnknowns, generatePipeline, type GeneratedPipeline } from '../pipeline/generate/generate';
import { requireChecks } from '../pipeline/generate/manual-steps';
import { requiredChecks } from '../pipeline/govern/required-checks';
import { scriptOf } from '../readiness/rollback-evidence';
import { counted, enumerated } from '../text/words';
import { callText } from './operations/way-back';
import {
  describeExtension,
  placeWorkflows,
  WORKFLOWS_FOLDER,
  type Existing,
  type PlacedWorkflows,
} from './pipeline/place-workflows';
import { releasePlanFromChange } from './release-plan-from-change';
import { runbookForDeployment } from './runbook-for-deployment';
import { TaskFailure, type ManualStep, type Task, type TaskResult, type TaskRun, type World } from './task';
import { readProfile } from '../workflow/read-profile';

/** The documents that belong to a pipeline: proposed with it, each by its own task. */
const COMPANIONS: readonly { readonly task: Task; readonly noun: string }[] = [
  { task: releasePlanFromChange, noun: 'release plan' },
  { task: runbookForDeployment, noun: 'runbook' },
];

/** The typed data of a generated pipeline, for `--format json`. */
export interface PipelineData {
  readonly branch: string;
  readonly environments: readonly { readonly name: string; readonly isProduction: boolean }[];
  readonly target: { readonly kind: string; readonly path: string } | null;
  readonly images: readonly { readonly dockerfile: string; readonly name: string | null }[];
  readonly workflows: readonly string[];
  /** Variables that a person sets in each environment. */
  readonly variables: readonly { readonly name: string; readonly purpose: string }[];
  /** What a person told that the engine cannot check. */
  readonly told: Readonly<Record<string, string>>;
}

/**
 * Writes the pipeline of a repository: checks, one build, staging, production, the way back; with the release plan and
 * the runbook beside it. Everything comes from the repository's files, and what they do not say fails visibly in the
 * workflow.
 */
export const generateGhActionsPipeline: Task = {
  id: 'generate-gh-actions-pipeline',
  subcommand: 'generate',
  title: 'Generate a GitHub Actions pipeline',
  inputs: [
    {
      name: 'repo_context',
      question: 'What should be known of this repository that its files do not say?',
      isAsked: false,
    },
    { name: 'environments', question: 'Which environments does a release pass, in order?', isAsked: false },
    { name: 'constraints', question: 'What must the pipeline respect?', isAsked: false },
    {
      name: 'strategy',
      question: `How does a release reach its users (${ROLLOUTS.join(', ')})?`,
      isAsked: false,
    },
    {
      name: 'existing',
      question:
        'Are workflows that stand extended (extend), or is the pipeline written beside them (beside)?',
      isAsked: false,
    },
  ],
  writes: [WORKFLOWS_FOLDER, 'docs/release', 'docs/ops'],
  async run(world, run): Promise<TaskResult> {
    const listed = await world.files.list(run.signal);
    const profile = await withScriptRollback(world, await readProfile(world, run), listed.paths);
    const pipeline = generatePipeline({
      profile,
      paths: new Set(listed.paths),
      imagesOfArtifact: await imagesOfArtifact(world, profile),
      environments: run.inputs['environments'] ?? '',
      known: world.configuration,
      settings: {
        ...world.configuration.pipeline,
        coverage: world.configuration.readiness.coverage,
        rollout: rolloutOf(run.inputs['strategy']) ?? world.configuration.pipeline.rollout,
      },
    });
    if (pipeline.refusal !== null) throw new TaskFailure(pipeline.refusal);
    if (pipeline.workflows.length === 0) {
      throw new TaskFailure(
        'Nothing was found that a pipeline could build or deploy: no package.json, pyproject.toml, go.mod, pom.xml, build.gradle or Dockerfile. Add one, or open the folder that holds it.',
      );
    }
    const placed = await placeWorkflows(world, pipeline, existingOf(run.inputs['existing']), run.signal);
    const notes = [
      // What was assumed for a pipeline is of no use where none is written.
      ...(placed.pipeline === null ? [] : pipeline.notes),
      ...(profile.problems ?? []).map((problem) => `${problem.path} ${problem.message}.`),
    ];
    const workflows = placed.files;
    notes.push(...placed.notes, ...placed.extensions.flatMap(describeExtension));
    run.report(`Wrote ${counted(workflows.length, 'workflow')}`);

    const companions = await runCompanions(world, run, notes);
    const files = [...workflows, ...companions.flatMap((result) => result.files)].filter((file) => {
      if (file.before !== file.after) return true;
      notes.push(`${file.path} is already as it would be written.`);
      return false;
    });
    const told = Object.fromEntries(
      ['repo_context', 'constraints'].flatMap((name) => {
        const value = run.inputs[name]?.trim();
        return value ? [[name, value]] : [];
      }),
    );
    if (Object.keys(told).length > 0) {
      notes.push(
        'What you told in words is a claim: the engine did not change the workflows by it, so check them against it.',
      );
    }
    const data: PipelineData = {
      branch: pipeline.plan.branch,
      environments: pipeline.plan.environments,
      target: pipeline.plan.target
        ? { kind: pipeline.plan.target.kind, path: pipeline.plan.target.path.value }
        : null,
      images: pipeline.plan.images.map(({ dockerfile, name }) => ({ dockerfile, name })),
      workflows: workflows.map((file) => file.path),
      variables: pipeline.variables,
      told,
    };
    const findings: readonly Finding[] =
      files.length > 0 ? await judgeProposal(world, files, run.signal) : [];
    const unknowns = distinctUnknowns([
      ...(placed.pipeline === null ? [] : pipeline.unknowns),
      ...companions.flatMap((result) => result.unknowns),
    ]);
    const rest = {
      task: 'generate-gh-actions-pipeline' as const,
      sources: sourcesOf(profile),
      files,
      findings,
      unknowns,
      manualSteps: [
        // Where the repository deploys by its own means, its environments and variables are its own too.
        ...(placed.pipeline === null
          ? requireChecks(
              profile,
              pipeline.plan.branch,
              requiredChecks(placed.workflows, pipeline.plan.branch),
            )
          : pipeline.setup(placed.workflows)),
        ...placed.alsoDeploying.map(retireStep),
        ...companions.flatMap((result) => result.manualSteps),
      ],
      notes,
      next: [
        { task: 'check' as const, label: 'Check the workspace' },
        ...(profile.workflows.length > 0
          ? [{ task: 'secure-cloud-auth-with-oidc' as const, label: 'Replace static cloud credentials' }]
          : []),
        { task: 'runbook-for-deployment' as const, label: 'Write the runbook' },
      ],
      data,
    };
    const withSummary = (opening: string): TaskResult => ({
      ...rest,
      summary: [opening, rollbackSection(pipeline, placed)].filter((part) => part !== '').join('\n\n'),
      prose: {
        slots: [
          {
            id: 'summary',
            text: opening,
            purpose:
              'Says in one or two sentences what the proposed pipeline does for this repository, with its own figures.',
          },
        ],
        with: (texts) => Promise.resolve(withSummary(texts.get('summary') ?? opening)),
      },
    });
    return withSummary(openingOf(pipeline, placed));
  },
};

/** @throws TaskFailure for any other word. */
function existingOf(told: string | undefined): Existing {
  const word = told?.trim().toLowerCase() ?? '';
  if (word === '' || word === 'extend') return 'extend';
  if (word === 'beside') return 'beside';
  throw new TaskFailure(`"${word}" is neither "extend" nor "beside".`);
}

/** Somebody else's workflow that goes on deploying beside the pipeline. */
function retireStep({ path, jobs }: PlacedWorkflows['alsoDeploying'][number]): ManualStep {
  const file = path.slice(WORKFLOWS_FOLDER.length + 1);
  return {
    title: `Retire ${path}`,
    why: `It deploys too (${jobs.join(', ')}) and stays as it is: until it is switched off, both deploy, each on its own. Switch it off when the new pipeline has released once.`,
    command: /^[\w.-]+$/.test(file) ? `gh workflow disable ${file}` : null,
  };
}

/** @throws TaskFailure for a word that names no strategy. */
function rolloutOf(told: string | undefined): Rollout | null {
  const word = told?.trim().toLowerCase().replaceAll(' ', '-') ?? '';
  if (word === '') return null;
  const rollout = ROLLOUTS.find((known) => known === word);
  if (!rollout) {
    throw new TaskFailure(`"${word}" is no strategy. Give one of ${enumerated(ROLLOUTS, 'or')}.`);
  }
  return rollout;
}

/** The profile with the deploy script's own way back, where its branches go back when it is asked to. */
async function withScriptRollback(
  world: World,
  profile: RepositoryProfile,
  paths: readonly string[],
): Promise<RepositoryProfile> {
  const target = profile.deployTargets.find(({ kind }) => kind === 'script');
  if (!target || isKnown(target.rollbackCommand)) return profile;
  const script = await scriptOf(world, profile, paths);
  if (script?.rollback.kind !== 'handled' || !script.rollback.asked) return profile;
  const { path, rollback } = script;
  const command = fact(
    callText(path, script.rollback.asked, '"${VERSION}"'),
    fileSource(rollback.path ?? path, rollback.range),
  );
  return {
    ...profile,
    deployTargets: profile.deployTargets.map((other) =>
      other === target ? { ...target, rollbackCommand: command } : other,
    ),
  };
}

/** Dockerfiles that copy from outside what the build writes: they need its package beside them. */
async function imagesOfArtifact(world: World, profile: RepositoryProfile): Promise<ReadonlySet<string>> {
  const outputs = profile.stacks.flatMap((stack) =>
    (stack.outputs ?? []).map((output) => {
      const path = stack.folder === '' ? output.value : `${stack.folder}/${output.value}`;
      return path.split('*')[0]?.replace(/\/[^/]*$/, '') ?? path;
    }),
  );
  const found = new Set<string>();
  for (const { value: path } of profile.dockerfiles) {
    const text = await world.files.read(path);
    if (!text.ok) continue;
    for (const line of text.text.split(/\r\n|\n/)) {
      const copied = /^\s*(?:COPY|ADD)\s+(?!--from)(?:--\S+\s+)*(.{1,500})$/i
        .exec(line)?.[1]
        ?.trim()
        .split(/\s+/)
        .slice(0, -1);
      if (
        copied?.some((word) =>
          outputs.some((output) => `${word.replace(/^\.\//, '')}/`.startsWith(`${output}/`)),
        )
      )
        found.add(path);
    }
  }
  return found;
}

/** A document that cannot be written here (a history without a release, say) does not stop the pipeline. */
async function runCompanions(world: World, run: TaskRun, notes: string[]): Promise<readonly TaskResult[]> {
  const results: TaskResult[] = [];
  for (const { task, noun } of COMPANIONS) {
    run.signal.throwIfAborted();
    const { environments, constraints, repo_context: context } = run.inputs;
    const inputs = {
      ...(environments !== undefined ? { environments } : {}),
      ...(constraints !== undefined ? { constraints } : {}),
      ...(context !== undefined ? { repo_context: context } : {}),
    };
    try {
      results.push(
        await task.run(world, { ...run, inputs, report: (message, sources) => run.report(message, sources) }),
      );
    } catch (error) {
      if (!(error instanceof TaskFailure)) throw error;
      notes.push(`There is no ${noun} yet: ${error.message}`);
    }
  }
  return results;
}

function openingOf({ plan }: GeneratedPipeline, placed: PlacedWorkflows): string {
  const extended = placed.extensions.map(({ path }) => `\`${path}\``);
  if (placed.pipeline === null) {
    return extended.length > 0
      ? `${enumerated(extended, 'and')} ${extended.length === 1 ? 'deploys' : 'deploy'} this repository and ${extended.length === 1 ? 'gets' : 'get'} the checks that were missing; how it is deployed stays as it is.`
      : 'The workflows of this repository deploy it and wait for their checks: no pipeline is added to them.';
  }
  const languages = [...new Set(plan.units.map((unit) => LANGUAGE_NAMES[unit.root.language]))];
  const built = [
    ...languages,
    ...(plan.images.length > 0
      ? [plan.images.length === 1 ? 'a container image' : `${plan.images.length} container images`]
      : []),
  ];
  const way = plan.environments.map((environment) => environment.name).join(', then ');
  const target = plan.target ? ` by \`${plan.target.path.value}\` (${plan.target.kind})` : '';
  return plan.isDeployed
    ? `A pipeline for ${enumerated(built, 'and') || 'this repository'}: checks, one build, then ${way}${target}. ${extended.length > 0 ? `It is added to ${enumerated(extended, 'and')}, whose own jobs stay` : counted(placed.files.length, 'workflow')}; each deployment waits for everything before it and is checked afterwards.`
    : `A pipeline for ${enumerated(built, 'and') || 'this repository'}: checks and one build. ${publishedAs(plan)}`;
}

function publishedAs({ publishing }: GeneratedPipeline['plan']): string {
  const places = publishing.packages.map(({ environment }) => `\`${environment}\``);
  return places.length === 0
    ? 'Nothing is deployed.'
    : `A tag that begins with \`${publishing.tagPrefix}\` publishes what was built, behind the ${places.length === 1 ? 'environment' : 'environments'} ${enumerated(places, 'and')}.`;
}

/** When production is taken back, and how. */
function rollbackSection({ plan }: GeneratedPipeline, { pipeline }: PlacedWorkflows): string {
  const production = plan.environments
    .filter((environment) => environment.isProduction)
    .map((environment) => environment.name);
  if (production.length === 0 || pipeline === null) return '';
  return [
    '**Rollback**',
    '',
    `- The deployment to ${enumerated(production, 'and') || 'this repository'} exits with an error, or the check after it fails through all its retries: \`${pipeline}\` goes back to what ran before, in the job that deployed, without a second approval.`,
    '- Anything seen later, such as a threshold of the release plan: a person starts the rollback workflow with the environment and the full commit to go back to. It builds nothing.',
  ].join('\n');
}

function sourcesOf(profile: RepositoryProfile): Source[] {
  return [
    ...profile.stacks.flatMap((stack) => [
      ...stack.manifest.sources,
      ...Object.values(stack.commands).flatMap((commands) =>
        commands.flatMap((command) => command.sources.slice(0, 1)),
      ),
    ]),
    ...profile.dockerfiles.flatMap((file) => file.sources),
    ...profile.deployTargets.flatMap((target) => target.path.sources.slice(0, 2)),
    ...[...profile.environments, ...profile.registries].flatMap(({ sources }) => sources.slice(0, 1)),
    ...(isKnown(profile.image) ? profile.image.sources.slice(0, 1) : []),
    ...(isKnown(profile.versioning) ? profile.versioning.sources.slice(0, 1) : []),
    ...(isKnown(profile.defaultBranch) ? profile.defaultBranch.sources : []),
  ];
}
