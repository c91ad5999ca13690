import { shellWord } from '../../evidence/detect/shell-text';
import type { Environment } from '../../evidence/profile';
import { ARCHIVE, downloadPackage, releaseCondition, unpack } from './build';
import { givenIn } from './deploy/given';
import {
  scriptsOf,
  watchMinutes,
  type DeployMeans,
  type DeployStep,
  type Place,
  type Script,
} from './deploy/means';
import { imageVariable } from './deploy/slots';
import { planArtifact } from './deploy/terraform';
import { useAction } from './actions';
import { approvalEnvironment, type PipelinePlan } from './plan';
import { registryLogins, registryPermissions, type ImageRegistry } from './registry';
import { askingOnce } from './settings';
import { checkout } from './setup';
import type { Verification } from './verification';
import type { ChosenNames } from './workflow-file';
import { expression, type JobSpec, type StepSpec, type Text } from './workflow-text';

/** What the jobs of one environment are made from. */
export interface EnvironmentContext {
  readonly plan: PipelinePlan;
  readonly means: DeployMeans;
  readonly check: Verification;
  readonly environment: Environment;
  /** The job that deployed to the first environment; null for the first one itself. */
  readonly first: string | null;
  readonly needs: readonly string[];
  readonly chosen: ChosenNames;
}

/** Minutes after which a deployment, a way back and their job are ended, so that none holds the environment for ever. */
const LIMITS = { step: 20, check: 10 } as const;

/**
 * The deployment of one environment with its check and its way back, last; for production the approval before it.
 *
 * The way back is in the deploying job: between two jobs the environment is free, and a release that waits for it would
 * be deployed first and then be taken back in the place of the failed one.
 */
export function environmentJobs(context: EnvironmentContext): JobSpec[] {
  const { plan, means, check, environment, first, needs } = context;
  const { name } = environment;
  const id = jobIdOf('deploy', name);
  const place: Place = { ...environment, isFirst: first === null };
  const steps = means.steps(place);
  const planned = means.planned ? planJob(context, means.planned) : null;
  const before = planned ? [...needs, planned.id] : needs;
  const asked = environment.isProduction ? approvalJob(plan, environment, before) : null;
  const given: Record<string, Text> = Object.fromEntries(
    means.handedOn.map((output) => [
      output.toUpperCase(),
      first === null
        ? expression(`\${{ steps.deploy.outputs.${output} }}`)
        : expression(`\${{ needs.${first}.outputs.${output} }}`),
    ]),
  );
  const runs = means.runsIn?.(place) ?? true;
  const way = runs ? wayBack(context) : { steps: [], readsRuns: false };
  const deploy: JobSpec = {
    id,
    name: `Deploy to ${name}`,
    needs: [...new Set([...before, ...(first === null ? [] : [first]), ...(asked ? [asked.id] : [])])],
    if: releaseCondition(plan),
    environment: environmentOf(name, check),
    concurrencyGroup: `deploy-${name}`,
    permissions: {
      ...means.permissions,
      contents: means.permissions['contents'] ?? 'read',
      ...provenancePermissions(plan),
      ...(way.readsRuns ? { actions: 'read' as const } : {}),
    },
    timeoutMinutes: jobMinutes(steps, place),
    ...(means.handedOn.length > 0 && first === null
      ? {
          outputs: Object.fromEntries(
            means.handedOn.map((output) => [output, expression(`\${{ steps.deploy.outputs.${output} }}`)]),
          ),
        }
      : {}),
    env: {
      ...variablesOf(scriptsOf(means, place), name, expression('${{ github.sha }}')),
      ...imageEnvironment(plan),
      ...(first === null ? {} : given),
    },
    steps: [
      checkout(),
      ...takeSteps(plan),
      ...loginsAfterImages(plan, means),
      ...(means.prepare?.(place) ?? []),
      ...(planned
        ? [
            {
              name: 'Take the plan that was approved',
              uses: useAction('actions/download-artifact'),
              with: planArtifact(name),
            },
          ]
        : []),
      ...(means.record && runs
        ? [{ name: 'Note what runs now', id: 'before', env: means.record.env, run: means.record.run }]
        : []),
      ...steps.flatMap((step, index) => deploySteps(step, index, steps.length, name, place, check)),
      ...way.steps,
    ],
  };
  const ready = askingOnce(deploy, givenIn(plan, means, name));
  return [...(planned ? [planned] : []), ...(asked ? [asked] : []), ready];
}

/** Plans before anybody is asked, so that what is approved is what will change. */
function planJob({ plan, means, environment, needs }: EnvironmentContext, planned: Script): JobSpec {
  const { name } = environment;
  return {
    id: jobIdOf('plan', name),
    name: `Plan ${name}`,
    comment: 'What the approval is about: exactly this plan is applied afterwards, and no other.',
    needs,
    if: releaseCondition(plan),
    environment: { name },
    // A group of its own: a plan that waits must not take the place of a deployment that does.
    concurrencyGroup: `plan-${name}`,
    permissions: { ...means.permissions, contents: 'read' },
    timeoutMinutes: 30,
    env: {
      ...variablesOf([planned], name, expression('${{ github.sha }}')),
      ...planned.env,
    },
    steps: [
      checkout(),
      ...means.login,
      { name: `Plan ${name}`, run: planned.run, timeoutMinutes: LIMITS.step },
      {
        name: 'Keep the plan',
        uses: useAction('actions/upload-artifact'),
        with: {
          ...planArtifact(name),
          'if-no-files-found': 'error',
          'retention-days': '1',
          // A run that is started again finds the name taken by its first attempt.
          overwrite: 'true',
        },
      },
    ],
  };
}

/** The id of a job for an environment. */
export function jobIdOf(what: 'deploy' | 'approve' | 'plan' | 'rollback', environment: string): string {
  return `${what}-${environment.toLowerCase().replace(/[^a-z0-9_-]+/g, '-')}`;
}

/**
 * Where somebody is asked, by an environment of its own: a job that waits for its approval holds its concurrency group
 * for as long, and each newer run would take the place of the one that waits behind it.
 */
function approvalJob(plan: PipelinePlan, environment: Environment, needs: readonly string[]): JobSpec {
  return {
    id: jobIdOf('approve', environment.name),
    name: `Approve ${environment.name}`,
    comment:
      'Asks for the approval before the deployment takes its turn: one that waited in turn would hold up every later one.',
    needs,
    if: releaseCondition(plan),
    environment: { name: approvalEnvironment(environment) },
    permissions: {},
    timeoutMinutes: 5,
    env: { VERSION: expression('${{ github.sha }}') },
    steps: [
      {
        name: 'Say what was approved',
        run: `echo ${shellWord(`Approved for ${environment.name}:`)} "$VERSION"`,
      },
    ],
  };
}

function deploySteps(
  step: DeployStep,
  index: number,
  count: number,
  environment: string,
  place: Place,
  check: Verification,
): StepSpec[] {
  const id = index === 0 ? 'deploy' : `deploy-${index + 1}`;
  const deploy: StepSpec = {
    name: step.title ?? `Deploy to ${environment}`,
    id,
    env: step.script.env,
    run: step.script.run,
    timeoutMinutes: step.minutes ?? LIMITS.step,
  };
  const isLast = index === count - 1;
  switch (step.check) {
    case 'none':
      return [deploy];
    case 'once':
      return [deploy, check.step(isLast ? 'Check that it works' : 'Check that it works so far')];
    case 'address':
      return [
        deploy,
        check.step('Check the new version by itself', expression(`\${{ steps.${id}.outputs.address }}`)),
      ];
    case 'watch':
      return [deploy, check.watch('Watch it while few users have it', watchMinutes(place))];
  }
}

/** Long enough for every step's own limit, so that the way back is never cut off by the job's. */
function jobMinutes(steps: readonly DeployStep[], place: Place): number {
  const deploying = steps.reduce((sum, step) => {
    const asked = step.check === 'none' ? 0 : step.check === 'watch' ? watchMinutes(place) + 5 : LIMITS.check;
    return sum + (step.minutes ?? LIMITS.step) + asked;
  }, 0);
  return deploying + LIMITS.step + LIMITS.check + 10;
}

/** The steps that run when the deployment was begun and it or its check failed. */
function wayBack({ plan, means, check, environment, chosen }: EnvironmentContext): {
  readonly steps: readonly StepSpec[];
  readonly readsRuns: boolean;
} {
  const { name } = environment;
  const failed = "failure() && steps.deploy.outcome != 'skipped'";
  const restored: Record<string, Text> = Object.fromEntries(
    means.recorded.map((output) => [
      output.toUpperCase(),
      expression(`\${{ steps.before.outputs.${output} }}`),
    ]),
  );
  const isFromPackage = means.fromPackage?.includes('restore') ?? false;
  const isKnown = !means.restore.run.startsWith("echo '::error::");
  const readsRuns =
    isFromPackage || (means.record === null && isKnown && /\$\{?VERSION\b/.test(means.restore.run));
  const recheck = check.step('Check that it works again');
  return {
    readsRuns,
    steps: [
      ...(readsRuns ? [{ ...lastGoodVersion(plan, chosen), if: failed }] : []),
      ...(isFromPackage
        ? [{ ...takeEarlierPackage(chosen, expression('${{ steps.last.outputs.version }}')), if: failed }]
        : []),
      {
        name: `Roll back ${name}`,
        id: 'rollback',
        if: failed,
        env: {
          ...means.restore.env,
          ...restored,
          ...(readsRuns ? { VERSION: expression('${{ steps.last.outputs.version }}') } : {}),
        },
        run: means.restore.run,
        timeoutMinutes: LIMITS.step,
      },
      { ...recheck, id: 'recheck', if: "failure() && steps.rollback.outcome == 'success'" },
      {
        name: 'Hand over to a person',
        if: "failure() && steps.deploy.outcome != 'skipped' && steps.recheck.outcome != 'success'",
        run: [
          `echo ${shellWord(`::error title=${name} is in an unknown state::The deployment failed and going back failed too. Nothing more is tried: look at what runs there, then start the rollback workflow with a version that was released, or follow the runbook.`)}`,
          'exit 1',
        ].join('\n'),
      },
    ],
  };
}

/** The variables that scripts read, and no others. */
export function variablesOf(
  scripts: readonly Script[],
  environment: Text,
  version: Text | null,
): Record<string, Text> {
  const reads = (name: string): boolean =>
    scripts.some((script) => new RegExp(`\\$\\{?${name}\\b`).test(script.run));
  return {
    ...(reads('ENV') ? { ENV: environment } : {}),
    ...(version !== null && reads('VERSION') ? { VERSION: version } : {}),
    ...(reads('NAMESPACE') ? { NAMESPACE: expression('${{ vars.NAMESPACE }}') } : {}),
  };
}

/** For a target that cannot be asked what it runs: the commit of the last run that went through to its end. */
function lastGoodVersion(plan: PipelinePlan, chosen: ChosenNames): StepSpec {
  return {
    name: 'Find the version to go back to',
    id: 'last',
    env: { GH_TOKEN: expression('${{ github.token }}') },
    run: [
      `version="$(gh run list --repo "$GITHUB_REPOSITORY" --workflow ${shellWord(chosen.pipeline)} --branch ${shellWord(plan.branch)} --event push --status success --limit 1 --json headSha --jq '.[0].headSha // empty')"`,
      'if [ -z "$version" ]; then',
      "  echo '::error::No earlier run of this pipeline succeeded, so there is no version to go back to'",
      '  exit 1',
      'fi',
      'echo "version=$version" >> "$GITHUB_OUTPUT"',
    ].join('\n'),
  };
}

/** Takes the kept package of an earlier version, with that version's own files around it, in the place of this one's. */
export function takeEarlierPackage(chosen: ChosenNames, version: Text): StepSpec {
  return {
    name: 'Take the package of that version',
    env: { GH_TOKEN: expression('${{ github.token }}'), VERSION: version },
    run: [
      `run="$(gh run list --repo "$GITHUB_REPOSITORY" --workflow ${shellWord(chosen.pipeline)} --commit "$VERSION" --status success --limit 1 --json databaseId --jq '.[0].databaseId // empty')"`,
      'gh run download "$run" --repo "$GITHUB_REPOSITORY" --name "release-$VERSION" --dir "$RUNNER_TEMP/earlier"',
      `gh attestation verify "$RUNNER_TEMP/earlier/${ARCHIVE}" --repo "$GITHUB_REPOSITORY"`,
      'gh auth setup-git',
      'git fetch --quiet --depth 1 origin "$VERSION"',
      'git checkout --quiet --force --detach FETCH_HEAD',
      'git clean --quiet --force -d -x',
      `tar --extract --gzip --file "$RUNNER_TEMP/earlier/${ARCHIVE}"`,
    ].join('\n'),
    timeoutMinutes: LIMITS.step,
  };
}

/** The environment with its address, where its check asks one. */
export function environmentOf(name: Text, check: Verification): NonNullable<JobSpec['environment']> {
  const hasAddress = check.variables.some((variable) => variable.name === 'BASE_URL');
  return { name, ...(hasAddress ? { url: expression('${{ vars.BASE_URL }}') } : {}) };
}

/** What a job needs to take what was built and to see where it came from. */
export function provenancePermissions(plan: PipelinePlan): JobSpec['permissions'] {
  const checksProvenance = plan.images.length > 0 || plan.artifact !== null;
  return {
    ...(checksProvenance ? { attestations: 'read' as const } : {}),
    ...Object.fromEntries(
      registriesOf(plan).flatMap((registry) => Object.entries(registryPermissions(registry, 'deploy'))),
    ),
  };
}

/** Name and digest of each image as its job gave them. */
export function imageEnvironment(plan: PipelinePlan): Record<string, Text> {
  return Object.fromEntries(
    plan.images.map((image, index) => [
      imageVariable(index),
      expression(`\${{ needs.${image.jobId}.outputs.image }}@\${{ needs.${image.jobId}.outputs.digest }}`),
    ]),
  );
}

/** Logs in to each registry that the images are in, once. */
export function imageLogins(plan: PipelinePlan): readonly StepSpec[] {
  return registriesOf(plan).flatMap((registry) => registryLogins(registry, 'deploy'));
}

/** The registries of the plan's images, each once. */
export function registriesOf(plan: PipelinePlan): readonly ImageRegistry[] {
  const byHost = new Map(plan.images.map(({ registry }) => [registry.host, registry]));
  return [...byHost.values()];
}

/** The login of a means without what the login of a registry did before: one cloud is logged in to once. */
export function loginsAfterImages(plan: PipelinePlan, means: DeployMeans): readonly StepSpec[] {
  const done = new Set(imageLogins(plan).map(({ name }) => name));
  return means.login.filter(({ name, uses }) => uses === undefined || !done.has(name));
}

/** Takes what was built and refuses what this repository's own runs did not build, before anything of it is used. */
function takeSteps(plan: PipelinePlan): StepSpec[] {
  const env = { GH_TOKEN: expression('${{ github.token }}') };
  const name = 'Check where the build came from';
  if (plan.images.length > 0) {
    const run = plan.images
      .map((_, index) => `gh attestation verify "oci://$${imageVariable(index)}" --repo "$GITHUB_REPOSITORY"`)
      .join('\n');
    return [...imageLogins(plan), { name, env, run }];
  }
  if (!plan.artifact) return [];
  const run = `gh attestation verify "$RUNNER_TEMP/${ARCHIVE}" --repo "$GITHUB_REPOSITORY"`;
  return [downloadPackage(), { name, env, run }, unpack()];
}
