import type { Unknown } from '../../evidence/fact';
import type { DeployTarget, RepositoryProfile } from '../../evidence/profile';
import { refusalOf } from '../../evidence/platform-abilities';
import { counted } from '../../text/words';
import { useAction, usedActions } from './actions';
import { buildJobs, imageJob } from './build';
import { namingCause } from './cause';
import { checkJobs, type CheckContext } from './checks';
import { dependencyReview } from './dependency-review';
import { deployMeans } from './deploy';
import { givenIn, givenNotes } from './deploy/given';
import {
  readsNamespace,
  type DeployMeans,
  type EnvironmentSecret,
  type EnvironmentVariable,
} from './deploy/means';
import { environmentJobs, registriesOf } from './environment-jobs';
import { registrySettings } from './registry';
import type { Workflow } from '../../workflow/model';
import { requiredChecks } from '../govern/required-checks';
import { manualSteps, type SetupStep } from './manual-steps';
import { plainProfile } from './plain-profile';
import { planPipeline, type GenerateRequest, type PipelinePlan } from './plan';
import { logRetention } from './retention';
import { reuseChecks, reuseImages, type CalledWorkflow, type ReusedJobs } from './reuse';
import { packagingJob, publishingSetup, publishJobs } from './publish';
import { rollbackWorkflow } from './rollback-workflow';
import { summaryJob } from './summary';
import { verification } from './verification';
import { MADE_BY, type ChosenNames, type GeneratedWorkflow } from './workflow-file';
import { expression, workflowText, type JobSpec } from './workflow-text';

/** Everything that generation decided. */
export interface GeneratedPipeline {
  readonly plan: PipelinePlan;
  /** Why the strategy that was asked for cannot be had, with those that can; null where nothing stands against it. */
  readonly refusal: string | null;
  /** The jobs of the pipeline, in their order, each with its own steps: none calls another workflow. */
  jobs(chosen: ChosenNames): readonly JobSpec[];
  /** The pipeline first. */
  readonly workflows: readonly GeneratedWorkflow[];
  readonly unknowns: readonly Unknown[];
  readonly notes: readonly string[];
  /** What a person sets up, with all workflows of the repository as they would be. */
  setup(workflows: readonly Workflow[]): readonly SetupStep[];
  /** Variables that each environment must have. */
  readonly variables: readonly EnvironmentVariable[];
  /** Long-lived credentials that each environment must have, where its platform takes nothing else. */
  readonly secrets: readonly EnvironmentSecret[];
}

/** Writes the pipeline, the rollback and the dependency review for a repository. Pure: the same input, the same bytes. */
export function generatePipeline(request: GenerateRequest): GeneratedPipeline {
  const { profile, refused } = plainProfile(request.profile);
  const plan = planPipeline({ ...request, profile });
  const notes = new Set(plan.notes);
  if (refused > 0) {
    notes.add(
      `${counted(refused, 'text')} of the repository ${refused === 1 ? 'was' : 'were'} left out: what holds an expression or hidden characters must not stand in a workflow.`,
    );
  }
  const context: CheckContext = { plan, paths: request.paths, notes };
  const means = deployMeans({ plan, profile, paths: request.paths });
  const ofMeans = plan.isDeployed ? means.checks : undefined;
  const checks = [...checkJobs(context), ...(ofMeans?.always ?? [])];
  const proposed = ofMeans?.proposed ?? [];
  const { publishing } = plan;
  const build =
    publishing.packages.length > 0
      ? [
          packagingJob(
            context,
            publishing,
            checks.map((job) => job.id),
          ),
          ...publishJobs(context, publishing),
        ]
      : buildJobs(context, checks);
  // A build of its own for each project has waited for its checks only.
  const built = build.some((job) => job.id === 'build')
    ? ['build']
    : [...checks, ...build].map((job) => job.id);
  const images = plan.images.map((image) => imageJob(plan, image, built));
  const check = means.check ?? verification(profile);
  const variables = plan.isDeployed
    ? distinct([
        ...means.variables,
        ...registriesOf(plan).flatMap((registry) => registrySettings(registry).environment),
        ...(readsNamespace(means) ? [{ name: 'NAMESPACE', purpose: 'namespace of the environment' }] : []),
        ...check.variables,
      ])
    : [];
  const asked = variablesByEnvironment(plan, means, variables);
  const registries = registriesOf(plan).map(registrySettings);
  const repositoryVariables = distinct([
    ...registries.flatMap(({ repository }) => repository),
    ...(plan.isDeployed ? (means.repositoryVariables ?? []) : []),
  ]);
  const repositorySecrets = registries.flatMap(({ secrets }) => secrets);
  const released = [...build, ...images].map((job) => job.id);
  const gates = released.length > 0 ? released : checks.map((job) => job.id);
  const plainJobs = (chosen: ChosenNames): JobSpec[] => {
    const deployments: JobSpec[] = [];
    let previous: string | null = null;
    let first: string | null = null;
    for (const environment of plan.environments) {
      const jobs = environmentJobs({
        plan,
        means,
        check,
        environment,
        first,
        needs: [...gates, ...(previous ? [previous] : [])],
        chosen,
      });
      deployments.push(...jobs);
      previous = jobs.at(-1)?.id ?? previous;
      first ??= previous;
    }
    return [...checks, ...proposed, ...build, ...images, ...deployments].map(namingCause);
  };
  const withSummary = (jobs: readonly JobSpec[]): readonly JobSpec[] =>
    plan.environments.length > 0
      ? [
          ...jobs,
          // What only pull requests have is no part of a release.
          summaryJob(
            plan,
            jobs.filter(({ id }) => !proposed.some((job) => job.id === id)),
          ),
        ]
      : jobs;
  const reused = (chosen: ChosenNames): ReusedJobs => {
    const checked = reuseChecks(plainJobs(chosen), plan);
    const imaged = reuseImages(checked.jobs, plan);
    return { jobs: imaged.jobs, called: [...checked.called, ...imaged.called] };
  };
  const { called } = reused({ pipeline: 'pipeline.yml' });
  const callingJobs = (chosen: ChosenNames): readonly JobSpec[] =>
    withSummary(
      reused(chosen).jobs.map((job) =>
        job.calls
          ? { ...job, calls: { ...job.calls, key: fileOfCalled(called, job.calls.key, chosen) } }
          : job,
      ),
    );
  const workflows: GeneratedWorkflow[] = [];
  if (checks.length + build.length + images.length + plan.environments.length > 0) {
    workflows.push({
      names: ['pipeline.yml', 'release-pipeline.yml', 'release-gate-pipeline.yml'],
      purpose: plan.isDeployed
        ? 'checks, build, staging, production'
        : publishing.packages.length > 0
          ? 'checks, build, publication'
          : 'checks and build',
      text: (chosen) =>
        workflowText({
          comment: [
            MADE_BY,
            'A check waits for the cheaper ones before it, and the build for all checks: what fails, is skipped or is cancelled stops the release.',
            ...(notes.size > 0 ? ['', 'Assumed here, or left out because no file says it:'] : []),
            ...[...notes].map((note) => `- ${note}`),
          ].join('\n'),
          name: 'Pipeline',
          on: {
            pull_request: { branches: [plan.branch] },
            push: {
              branches: [plan.branch],
              ...(publishing.packages.length > 0 ? { tags: [`${publishing.tagPrefix}*`] } : {}),
            },
            ...(plan.settings.rollout === 'manual' ? { workflow_dispatch: null } : {}),
          },
          concurrency: {
            // A run of the default branch has a group of its own, so that it is never cancelled half-way.
            group: expression(
              "pipeline-${{ github.event_name == 'pull_request' && github.ref || github.run_id }}",
            ),
            cancelInProgress: expression("${{ github.event_name == 'pull_request' }}"),
          },
          jobs: callingJobs(chosen),
        }),
    });
    workflows.push(...called, dependencyReview(plan));
  }
  const rollback =
    plan.isDeployed && plan.environments.length > 0 ? rollbackWorkflow(plan, means, check) : null;
  if (rollback) workflows.push(rollback);
  if (plan.isDeployed && plan.target?.kind !== 'script') {
    for (const folder of profile.migrationFolders) {
      notes.add(
        `Migrations in ${folder.value} are not applied by this pipeline: no file says by which command.`,
      );
    }
  }
  notes.add(
    'In a private repository, CodeQL and the dependency review need GitHub Code Security, and attestations need GitHub Enterprise Cloud.',
  );
  for (const note of plan.isDeployed ? [...means.notes, ...givenNotes(plan, means)] : []) notes.add(note);
  for (const { note, secrets } of registries) {
    if (note !== null) notes.add(note);
    for (const secret of secrets) {
      notes.add(`${secret.name} is a long-lived credential (${secret.purpose}): change it on a schedule.`);
    }
  }
  for (const secret of plan.isDeployed ? means.secrets : []) {
    notes.add(
      `${secret.name} is a long-lived credential (${secret.purpose}): set it as a secret of each environment, never of the repository, and change it on a schedule. The platform takes no login over OIDC.`,
    );
  }
  for (const needed of means.unknowns) {
    if (plan.isDeployed) notes.add(`The deployment fails with a message until this is known: ${needed}.`);
  }
  const texts = workflows.map((workflow) => workflow.text({ pipeline: 'pipeline.yml' }));
  const used = new Set(texts.flatMap((text) => usedActions.filter((action) => text.includes(`${action}@`))));
  for (const action of used) {
    const { reference, version } = useAction(action);
    if (version === null)
      notes.add(`No commit is known for ${reference}, so it stands at its tag: pin it before use.`);
  }
  const { rollout } = plan.settings;
  return {
    plan,
    refusal:
      rollout !== null && plan.target !== null && plan.isDeployed
        ? refusalOf(rollout, withWorkloads(plan.target, profile), plan.target.path.value)
        : null,
    jobs: (chosen) => withSummary(plainJobs(chosen)),
    workflows,
    unknowns: distinctUnknowns([
      ...plan.unknowns,
      ...(plan.isDeployed ? [...means.unknowns, ...check.unknowns].map((what) => ({ unknown: what })) : []),
    ]),
    notes: [...notes],
    setup: (standing) => [
      ...manualSteps({
        profile,
        environments: plan.environments,
        branch: plan.branch,
        variables: asked,
        secrets: plan.isDeployed ? means.secrets : [],
        repositoryVariables,
        repositorySecrets,
        required: requiredChecks(standing, plan.branch),
      }),
      ...publishingSetup(
        profile,
        publishing,
        standing.find(({ jobs }) =>
          publishing.packages.some(({ jobId }) => jobs.some(({ id }) => id.value === jobId)),
        )?.path ?? '.github/workflows/pipeline.yml',
      ),
      ...(workflows.length > 0 ? [logRetention(plan.settings)] : []),
    ],
    variables: variables.filter((variable) => [...asked.values()].some((of) => of.includes(variable))),
    secrets: plan.isDeployed ? means.secrets : [],
  };
}

/** The variables that a person sets in each environment: those whose value no file says. */
function variablesByEnvironment(
  plan: PipelinePlan,
  means: DeployMeans,
  variables: readonly EnvironmentVariable[],
): ReadonlyMap<string, readonly EnvironmentVariable[]> {
  return new Map(
    plan.environments.map(({ name }) => {
      const given = givenIn(plan, means, name);
      return [name, variables.filter((variable) => given[variable.name] === undefined)];
    }),
  );
}

/** What Argo CD applies stands with the manifests that it follows. */
function withWorkloads(target: DeployTarget, profile: RepositoryProfile): DeployTarget {
  return target.kind === 'argo-cd'
    ? { ...target, workloads: profile.deployTargets.flatMap(({ workloads }) => workloads ?? []) }
    : target;
}

function fileOfCalled(called: readonly CalledWorkflow[], key: string, chosen: ChosenNames): string {
  return chosen.called?.get(key) ?? called.find((workflow) => workflow.key === key)?.names[0] ?? key;
}

function distinct(variables: readonly EnvironmentVariable[]): EnvironmentVariable[] {
  return variables.filter(
    (variable, index) => variables.findIndex((other) => other.name === variable.name) === index,
  );
}

/** Each unknown once, where it is first. */
export function distinctUnknowns(unknowns: readonly Unknown[]): Unknown[] {
  return unknowns.filter(
    (item, index) => unknowns.findIndex((other) => other.unknown === item.unknown) === index,
  );
}
