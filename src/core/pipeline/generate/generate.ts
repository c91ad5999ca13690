import { placeholder, type Unknown } from '../../evidence/fact';
import type { Environment, RepositoryProfile } from '../../evidence/profile';
import { isPlainText, shellWord } from '../../evidence/detect/shell-text';
import { useAction, usedActions } from './actions';
import {
  ARCHIVE,
  buildJobs,
  downloadPackage,
  failingStep,
  imageJob,
  ON_PUSH,
  registryLogin,
  unpack,
} from './build';
import { checkJobs, type CheckContext } from './checks';
import {
  deployMeans,
  imageVariable,
  readsNamespace,
  required,
  type DeployMeans,
  type EnvironmentVariable,
} from './deploy';
import { manualSteps, type SetupStep } from './manual-steps';
import { planPipeline, type GenerateRequest, type PipelinePlan } from './plan';
import { checkout } from './setup';
import { expression, workflowText, type JobSpec, type StepSpec, type Text } from './workflow-text';

/** The first line of what is generated, by which a later run knows its own file. */
export const MADE_BY = 'Made by Release Gate (generate-gh-actions-pipeline).';

/** A workflow to propose, before it is decided under which name. */
export interface GeneratedWorkflow {
  /** Names to try in this order, below `.github/workflows/`. */
  readonly names: readonly string[];
  readonly purpose: string;
  /** The text under a name: the workflows name one another. */
  text(chosen: ChosenNames): string;
}

/** The file names that were chosen. */
export interface ChosenNames {
  readonly pipeline: string;
}

/** Everything that generation decided. */
export interface GeneratedPipeline {
  readonly plan: PipelinePlan;
  /** The pipeline first. */
  readonly workflows: readonly GeneratedWorkflow[];
  readonly unknowns: readonly Unknown[];
  readonly notes: readonly string[];
  readonly setup: readonly SetupStep[];
  /** Variables that each environment must have. */
  readonly variables: readonly EnvironmentVariable[];
}

/** Writes the pipeline, the rollback and the dependency review for a repository. Pure: the same input, the same bytes. */
export function generatePipeline(request: GenerateRequest): GeneratedPipeline {
  const plan = planPipeline(request);
  const { profile } = request;
  const notes = new Set(plan.notes);
  const context: CheckContext = { plan, paths: request.paths, notes };
  const checks = checkJobs(context);
  const build = buildJobs(context, checks);
  const images = plan.images.map((image) => {
    const afterBuild =
      image.needsArtifact && build.length > 0
        ? ['build']
        : build.length > 0
          ? ['build']
          : checks.map((job) => job.id);
    return imageJob(plan, image, afterBuild);
  });
  const means = deployMeans(plan, profile);
  const check = verification(profile);
  const variables = plan.isDeployed
    ? distinct([
        ...means.variables,
        ...(readsNamespace(means) ? [{ name: 'NAMESPACE', purpose: 'namespace of the environment' }] : []),
        ...check.variables,
      ])
    : [];
  const released = [...build, ...images].map((job) => job.id);
  const gates = released.length > 0 ? released : checks.map((job) => job.id);
  const pipelineJobs = (chosen: ChosenNames): JobSpec[] => {
    const deployments: JobSpec[] = [];
    let previous: string | null = null;
    for (const environment of plan.environments) {
      const jobs = environmentJobs({
        plan,
        means,
        check,
        environment,
        needs: [...gates, ...(previous ? [previous] : [])],
        chosen,
      });
      deployments.push(...jobs);
      previous = jobs[0]?.id ?? previous;
    }
    const all = [...checks, ...build, ...images, ...deployments];
    return deployments.length > 0 ? [...all, summaryJob(plan, all)] : all;
  };
  const workflows: GeneratedWorkflow[] = [];
  if (checks.length + build.length + images.length + plan.environments.length > 0) {
    workflows.push({
      names: ['pipeline.yml', 'release-pipeline.yml', 'release-gate-pipeline.yml'],
      purpose: plan.isDeployed ? 'checks, build, staging, production' : 'checks and build',
      text: (chosen) =>
        workflowText({
          comment: `${MADE_BY}\nEvery later job waits for all earlier ones: what fails, is skipped or is cancelled stops the release.`,
          name: 'Pipeline',
          on: { pull_request: { branches: [plan.branch] }, push: { branches: [plan.branch] } },
          concurrency: {
            // A run of the default branch has a group of its own, so that it is never cancelled half-way.
            group: expression(
              "pipeline-${{ github.event_name == 'pull_request' && github.ref || github.run_id }}",
            ),
            cancelInProgress: expression("${{ github.event_name == 'pull_request' }}"),
          },
          jobs: pipelineJobs(chosen),
        }),
    });
    workflows.push(dependencyReview(plan));
  }
  if (plan.isDeployed && plan.environments.length > 0) workflows.push(rollback(plan, means, check));
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
  for (const needed of means.unknowns) {
    if (plan.isDeployed) notes.add(`The deployment fails with a message until this is known: ${needed}.`);
  }
  const used = new Set(
    workflows
      .map((workflow) => workflow.text({ pipeline: 'pipeline.yml' }))
      .flatMap((text) => usedActions.filter((action) => text.includes(`${action}@`))),
  );
  for (const action of used) {
    const { reference, version } = useAction(action);
    if (version === null)
      notes.add(`No commit is known for ${reference}, so it stands at its tag: pin it before use.`);
  }
  return {
    plan,
    workflows,
    unknowns: distinctUnknowns([
      ...plan.unknowns,
      ...(plan.isDeployed ? [...means.unknowns, ...check.unknowns].map((what) => ({ unknown: what })) : []),
    ]),
    notes: [...notes],
    setup: manualSteps({
      profile,
      environments: plan.environments,
      branch: plan.branch,
      variables,
      requiredChecks: checks.concat(build.filter((job) => job.if === undefined)).map((job) => job.name),
    }),
    variables,
  };
}

/** What is asked after a deployment. */
interface Verification {
  readonly step: (name: string) => StepSpec;
  readonly variables: readonly EnvironmentVariable[];
  readonly unknowns: readonly string[];
}

/** The repository's own smoke test where it has one that asks a deployed system, else a request for its health. */
function verification(profile: RepositoryProfile): Verification {
  const fromCode = profile.stacks.flatMap((stack) =>
    (stack.commands.smoke ?? []).map((command) => command.value),
  );
  const smoke = profile.smokeTest?.value;
  const address: EnvironmentVariable = {
    name: 'BASE_URL',
    purpose: 'address at which the environment answers, such as https://…',
  };
  const baseUrl = { BASE_URL: expression('${{ vars.BASE_URL }}') };
  if (smoke && isPlainText(smoke) && !fromCode.some((command) => smoke.endsWith(command))) {
    const run = /^[\w.-]+\//.test(smoke) && !smoke.startsWith('./') ? `./${smoke}` : smoke;
    return {
      step: (name) => ({ name, env: baseUrl, run: `${required('BASE_URL')}\n${run}` }),
      variables: [address],
      unknowns: [],
    };
  }
  const curl =
    'curl --fail --silent --show-error --output /dev/null --max-time 10 --retry 12 --retry-delay 5 --retry-all-errors';
  const health = profile.operations.find(
    (link) => link.value.kind === 'health' && /^\/[\w./-]*$/.test(link.value.target),
  )?.value.target;
  if (health) {
    return {
      step: (name) => ({ name, env: baseUrl, run: `${required('BASE_URL')}\n${curl} "$BASE_URL${health}"` }),
      variables: [address],
      unknowns: [],
    };
  }
  return {
    step: (name) => ({
      name,
      env: { HEALTH_URL: expression('${{ vars.HEALTH_URL }}') },
      run: `${required('HEALTH_URL')}\n${curl} "$HEALTH_URL"`,
    }),
    variables: [
      { name: 'HEALTH_URL', purpose: 'address that answers with success only when the environment works' },
    ],
    unknowns: ['address that tells whether the deployed system works'],
  };
}

interface EnvironmentContext {
  readonly plan: PipelinePlan;
  readonly means: DeployMeans;
  readonly check: Verification;
  readonly environment: Environment;
  readonly needs: readonly string[];
  readonly chosen: ChosenNames;
}

/** The deployment with its check, and for production the way back when either fails. */
function environmentJobs({ plan, means, check, environment, needs, chosen }: EnvironmentContext): JobSpec[] {
  const { name } = environment;
  const id = `deploy-${name.toLowerCase().replace(/[^a-z0-9_-]+/g, '-')}`;
  const images = imageEnvironment(plan);
  const env: Record<string, Text> = {
    ...variablesOf(means.deploy, name, expression('${{ github.sha }}')),
    ...images,
  };
  const deploy: JobSpec = {
    id,
    name: `Deploy to ${name}`,
    needs,
    if: ON_PUSH,
    environment: environmentOf(name, check),
    concurrencyGroup: `deploy-${name}`,
    permissions: permissionsOf(plan, means),
    timeoutMinutes: 30,
    ...(environment.isProduction
      ? {
          outputs: Object.fromEntries([
            ['deployment', expression('${{ steps.deploy.outcome }}')],
            ...means.recorded.map(
              (output) => [output, expression(`\${{ steps.before.outputs.${output} }}`)] as const,
            ),
          ]),
        }
      : {}),
    env,
    steps: [
      checkout(),
      ...takeSteps(plan),
      ...means.login,
      ...(means.record && environment.isProduction
        ? [{ name: 'Note what runs now', id: 'before', env: means.record.env, run: means.record.run }]
        : []),
      { name: `Deploy to ${name}`, id: 'deploy', env: means.deploy.env, run: means.deploy.run },
      check.step('Check that it works'),
    ],
  };
  if (!environment.isProduction) return [deploy];
  const restored: Record<string, Text> = Object.fromEntries(
    means.recorded.map((output) => [
      output.toUpperCase(),
      expression(`\${{ needs.${id}.outputs.${output} }}`),
    ]),
  );
  return [
    deploy,
    {
      id: `rollback-${name.toLowerCase().replace(/[^a-z0-9_-]+/g, '-')}`,
      name: `Roll back ${name}`,
      comment:
        'Runs when the deployment was begun and it or its check failed; a rejected approval leaves nothing to roll back.',
      needs: [id],
      if: `failure() && contains(fromJSON('["success", "failure"]'), needs.${id}.outputs.deployment)`,
      environment: environmentOf(name, check),
      concurrencyGroup: `deploy-${name}`,
      permissions: {
        ...means.permissions,
        contents: 'read',
        ...(means.record ? {} : { actions: 'read' as const }),
      },
      timeoutMinutes: 30,
      env: { ...variablesOf(means.restore, name, null), ...restored },
      steps: [
        checkout(),
        ...means.login,
        ...(means.record || means.unknowns.length > 0 ? [] : [lastGoodVersion(plan, chosen)]),
        {
          name: `Roll back ${name}`,
          env: {
            ...means.restore.env,
            ...(means.record || means.unknowns.length > 0
              ? {}
              : { VERSION: expression('${{ steps.last.outputs.version }}') }),
          },
          run: means.restore.run,
        },
        check.step('Check that it works again'),
      ],
    },
  ];
}

/** The variables that a script reads, and no others. */
function variablesOf(
  script: DeployMeans['deploy'],
  environment: Text,
  version: Text | null,
): Record<string, Text> {
  const reads = (name: string): boolean => new RegExp(`\\$\\{?${name}\\b`).test(script.run);
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

function environmentOf(name: Text, check: Verification): NonNullable<JobSpec['environment']> {
  const hasAddress = check.variables.some((variable) => variable.name === 'BASE_URL');
  return { name, ...(hasAddress ? { url: expression('${{ vars.BASE_URL }}') } : {}) };
}

function permissionsOf(plan: PipelinePlan, means: DeployMeans): JobSpec['permissions'] {
  const checksProvenance = plan.images.length > 0 || plan.artifact !== null;
  return {
    ...means.permissions,
    contents: 'read',
    ...(checksProvenance ? { attestations: 'read' as const } : {}),
    ...(plan.images.length > 0 ? { packages: 'read' as const } : {}),
  };
}

/** Name and digest of each image as its job gave them. */
function imageEnvironment(plan: PipelinePlan): Record<string, Text> {
  return Object.fromEntries(
    plan.images.map((image, index) => [
      imageVariable(index),
      expression(`\${{ needs.${image.jobId}.outputs.image }}@\${{ needs.${image.jobId}.outputs.digest }}`),
    ]),
  );
}

/** Takes what was built and refuses what this repository's own runs did not build, before anything of it is used. */
function takeSteps(plan: PipelinePlan): StepSpec[] {
  const env = { GH_TOKEN: expression('${{ github.token }}') };
  const name = 'Check where the build came from';
  if (plan.images.length > 0) {
    const run = plan.images
      .map((_, index) => `gh attestation verify "oci://$${imageVariable(index)}" --repo "$GITHUB_REPOSITORY"`)
      .join('\n');
    return [registryLogin(), { name, env, run }];
  }
  if (!plan.artifact) return [];
  const run = `gh attestation verify "$RUNNER_TEMP/${ARCHIVE}" --repo "$GITHUB_REPOSITORY"`;
  return [downloadPackage(), { name, env, run }, unpack()];
}

/** Says what became of each job, also when the release stopped early. */
function summaryJob(plan: PipelinePlan, jobs: readonly JobSpec[]): JobSpec {
  const variable = (index: number): string => `RESULT_${index + 1}`;
  const told = jobs.filter((job) => job.if !== undefined);
  return {
    id: 'summary',
    name: 'Release summary',
    needs: jobs.map((job) => job.id),
    if: `always() && ${ON_PUSH}`,
    permissions: {},
    timeoutMinutes: 5,
    env: {
      VERSION: expression('${{ github.sha }}'),
      ...imageEnvironment(plan),
      ...Object.fromEntries(
        told.map((job, index) => [variable(index), expression(`\${{ needs.${job.id}.result }}`)]),
      ),
    },
    steps: [
      {
        name: 'Write the summary',
        run: [
          '{',
          '  echo "## Release $VERSION"',
          '  echo',
          ...plan.images.map((_, index) => {
            const image = imageVariable(index);
            return `  [ "$${image}" = @ ] || echo "Image: \\\`$${image}\\\`"`;
          }),
          ...(plan.images.length > 0 ? ['  echo'] : []),
          "  echo '| Job | Result |'",
          "  echo '| --- | --- |'",
          ...told.map(
            (job, index) =>
              `  echo ${shellWord(`| ${job.name.replaceAll('|', '/')} | `)}"$${variable(index)} |"`,
          ),
          '} >> "$GITHUB_STEP_SUMMARY"',
        ].join('\n'),
      },
    ],
  };
}

/** Compares the dependencies of a pull request with what is known to be vulnerable. It can run on pull requests only. */
function dependencyReview(plan: PipelinePlan): GeneratedWorkflow {
  return {
    names: ['dependency-review.yml', 'release-gate-dependency-review.yml'],
    purpose: 'review of new dependencies on pull requests',
    text: () =>
      workflowText({
        comment: `${MADE_BY}\nIn a workflow of its own, since it compares a pull request with its base and has nothing to compare on a push.`,
        name: 'Dependency review',
        on: { pull_request: { branches: [plan.branch] } },
        jobs: [
          {
            id: 'dependency-review',
            name: 'Dependency review',
            permissions: { contents: 'read' },
            timeoutMinutes: 10,
            steps: [
              checkout(),
              {
                name: 'Review new dependencies',
                uses: useAction('actions/dependency-review-action'),
                with: { 'fail-on-severity': 'high' },
              },
            ],
          },
        ],
      }),
  };
}

/** Takes an environment back to a version that was built before, started by a person. It builds nothing. */
function rollback(plan: PipelinePlan, means: DeployMeans, check: Verification): GeneratedWorkflow {
  const names = plan.environments.map((environment) => environment.name);
  const isImage = plan.images.length > 0;
  const production = plan.environments
    .filter((environment) => environment.isProduction)
    .map((environment) => environment.name);
  const resolve: StepSpec[] = isImage
    ? [
        registryLogin(),
        {
          name: 'Find the image of that version',
          env: { GH_TOKEN: expression('${{ github.token }}') },
          run: plan.images
            .flatMap((image, index) => {
              const variable = imageVariable(index);
              const name =
                image.name === null ? `ghcr.io/\${GITHUB_REPOSITORY,,}${image.nameSuffix}` : image.name;
              return [
                `name="${name}"`,
                'digest="$(docker buildx imagetools inspect "$name:$VERSION" --format \'{{json .Manifest}}\' | jq --raw-output .digest)"',
                'gh attestation verify "oci://$name@$digest" --repo "$GITHUB_REPOSITORY"',
                `echo "${variable}=$name@$digest" >> "$GITHUB_ENV"`,
              ];
            })
            .join('\n'),
        },
      ]
    : [];
  const released = (chosen: ChosenNames): StepSpec => ({
    name: 'Check that it was released',
    env: { GH_TOKEN: expression('${{ github.token }}') },
    run: [
      `runs="$(gh run list --repo "$GITHUB_REPOSITORY" --workflow ${shellWord(chosen.pipeline)} --commit "$VERSION" --status success --json databaseId --jq length)"`,
      'if [ "$runs" = 0 ]; then',
      "  echo '::error::No run of the pipeline released this commit'",
      '  exit 1',
      'fi',
    ].join('\n'),
  });
  return {
    names: ['rollback.yml', 'release-gate-rollback.yml'],
    purpose: 'rollback to an earlier version, by hand',
    text: (chosen) =>
      workflowText({
        comment: `${MADE_BY}\nStarted by a person: gh workflow run <this file> -f environment=${production[0] ?? names[0] ?? ''} -f version=<full commit>`,
        name: 'Rollback',
        runName: expression('Roll back ${{ inputs.environment }} to ${{ inputs.version }}'),
        on: {
          workflow_dispatch: {
            inputs: {
              environment: {
                description: 'Environment to take back',
                type: 'choice',
                required: true,
                options: names,
              },
              version: {
                description: 'Full commit (40 digits) of a version that was released before',
                type: 'string',
                required: true,
              },
            },
          },
        },
        jobs: [
          {
            id: 'rollback',
            name: 'Roll back',
            environment: environmentOf(expression('${{ inputs.environment }}'), check),
            concurrencyGroup: expression('deploy-${{ inputs.environment }}'),
            permissions: {
              ...means.permissions,
              contents: 'read',
              actions: 'read',
              ...(isImage ? { attestations: 'read' as const, packages: 'read' as const } : {}),
            },
            timeoutMinutes: 30,
            env: {
              ...variablesOf(means.redeploy, expression('${{ inputs.environment }}'), null),
              VERSION: expression('${{ inputs.version }}'),
            },
            steps: [
              {
                name: 'Check the version',
                run: [
                  'if ! [[ "$VERSION" =~ ^[0-9a-f]{40}$ ]]; then',
                  "  echo '::error::The version must be the full commit of a release, 40 digits'",
                  '  exit 1',
                  'fi',
                ].join('\n'),
              },
              checkout(),
              released(chosen),
              ...resolve,
              ...means.login,
              means.unknowns.length > 0 && means.redeploy.run.startsWith('echo ')
                ? failingStep('Roll back', means.unknowns.map((what) => placeholder(what)).join('; '))
                : { name: 'Roll back', env: means.redeploy.env, run: means.redeploy.run },
              check.step('Check that it works again'),
            ],
          },
        ],
      }),
  };
}

function distinct(variables: readonly EnvironmentVariable[]): EnvironmentVariable[] {
  return variables.filter(
    (variable, index) => variables.findIndex((other) => other.name === variable.name) === index,
  );
}

function distinctUnknowns(unknowns: readonly Unknown[]): Unknown[] {
  return unknowns.filter(
    (item, index) => unknowns.findIndex((other) => other.unknown === item.unknown) === index,
  );
}
