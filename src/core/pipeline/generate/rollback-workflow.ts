import { shellWord } from '../../evidence/detect/shell-text';
import { placeholder } from '../../evidence/fact';
import type { Environment } from '../../evidence/profile';
import { failingStep } from './build';
import { namingCause } from './cause';
import { givenIn } from './deploy/given';
import type { DeployMeans } from './deploy/means';
import { imageVariable } from './deploy/slots';
import {
  environmentOf,
  imageLogins,
  loginsAfterImages,
  jobIdOf,
  provenancePermissions,
  takeEarlierPackage,
  variablesOf,
} from './environment-jobs';
import { approvalEnvironment, type PipelinePlan } from './plan';
import { askingOnce } from './settings';
import { checkout } from './setup';
import type { Verification } from './verification';
import { MADE_BY, type ChosenNames, type GeneratedWorkflow } from './workflow-file';
import { expression, workflowText, type JobSpec, type StepSpec } from './workflow-text';

/**
 * Takes an environment back to a version that was released before, started by a person. It builds nothing; null where no
 * environment runs anything of its own.
 */
export function rollbackWorkflow(
  plan: PipelinePlan,
  means: DeployMeans,
  check: Verification,
): GeneratedWorkflow | null {
  const environments = plan.environments.filter((environment) => means.runsIn?.(environment) ?? true);
  if (environments.length === 0) return null;
  const names = environments.map((environment) => environment.name);
  const production = environments
    .filter((environment) => environment.isProduction)
    .map((environment) => environment.name);
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
        jobs: environments.flatMap((environment) =>
          rollbackJobs(plan, means, check, environment, chosen)
            .map((job) => askingOnce(job, givenIn(plan, means, environment.name)))
            .map(namingCause),
        ),
      }),
  };
}

/** One job for each environment: its name is then a fact of the file, which trust and protection are bound to. */
function rollbackJobs(
  plan: PipelinePlan,
  means: DeployMeans,
  check: Verification,
  environment: Environment,
  chosen: ChosenNames,
): JobSpec[] {
  const { name } = environment;
  const isFromPackage = means.fromPackage?.includes('redeploy') ?? false;
  const condition = `inputs.environment == '${name}'`;
  const approval: JobSpec[] = environment.isProduction
    ? [
        {
          id: jobIdOf('approve', name),
          name: `Approve ${name}`,
          if: condition,
          environment: { name: approvalEnvironment(environment) },
          permissions: {},
          timeoutMinutes: 5,
          env: { VERSION: expression('${{ inputs.version }}') },
          steps: [
            {
              name: 'Say what was approved',
              run: `echo ${shellWord(`Approved to take ${name} back to:`)} "$VERSION"`,
            },
          ],
        },
      ]
    : [];
  return [
    ...approval,
    {
      id: jobIdOf('rollback', name),
      name: `Roll back ${name}`,
      needs: approval.map((job) => job.id),
      if: condition,
      environment: environmentOf(name, check),
      concurrencyGroup: `deploy-${name}`,
      permissions: {
        ...means.permissions,
        contents: means.permissions['contents'] ?? 'read',
        actions: 'read',
        ...(plan.images.length > 0 || isFromPackage ? provenancePermissions(plan) : {}),
      },
      timeoutMinutes: 45,
      env: {
        ...variablesOf([means.redeploy], name, null),
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
        releasedBefore(chosen),
        ...findImages(plan),
        ...(isFromPackage ? [takeEarlierPackage(chosen, expression('${{ inputs.version }}'))] : []),
        ...loginsAfterImages(plan, means),
        ...(means.prepare?.({ ...environment, isFirst: false }) ?? []),
        means.unknowns.length > 0 && means.redeploy.run.startsWith('echo ')
          ? failingStep(`Roll back ${name}`, means.unknowns.map((what) => placeholder(what)).join('; '))
          : {
              name: `Roll back ${name}`,
              env: means.redeploy.env,
              run: means.redeploy.run,
              timeoutMinutes: 20,
            },
        check.step('Check that it works again'),
      ],
    },
  ];
}

function releasedBefore(chosen: ChosenNames): StepSpec {
  return {
    name: 'Check that it was released',
    env: { GH_TOKEN: expression('${{ github.token }}') },
    run: [
      `runs="$(gh run list --repo "$GITHUB_REPOSITORY" --workflow ${shellWord(chosen.pipeline)} --commit "$VERSION" --status success --json databaseId --jq length)"`,
      'if [ "$runs" = 0 ]; then',
      "  echo '::error::No run of the pipeline released this commit'",
      '  exit 1',
      'fi',
    ].join('\n'),
  };
}

function findImages(plan: PipelinePlan): StepSpec[] {
  if (plan.images.length === 0) return [];
  return [
    ...imageLogins(plan),
    {
      name: 'Find the image of that version',
      env: { GH_TOKEN: expression('${{ github.token }}') },
      run: plan.images
        .flatMap((image, index) => {
          const name =
            image.name === null ? `ghcr.io/\${GITHUB_REPOSITORY,,}${image.nameSuffix}` : image.name;
          return [
            `name="${name}"`,
            'digest="$(docker buildx imagetools inspect "$name:$VERSION" --format \'{{json .Manifest}}\' | jq --raw-output .digest)"',
            'gh attestation verify "oci://$name@$digest" --repo "$GITHUB_REPOSITORY"',
            `echo "${imageVariable(index)}=$name@$digest" >> "$GITHUB_ENV"`,
          ];
        })
        .join('\n'),
    },
  ];
}
