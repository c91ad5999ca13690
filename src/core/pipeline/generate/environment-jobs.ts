import { shellWord } from '../../evidence/detect/shell-text';
import type { Environment } from '../../evidence/profile';
import { ARCHIVE, downloadPackage, ON_PUSH, registryLogin, unpack } from './build';
import type { DeployMeans } from './deploy/means';
import { imageVariable } from './deploy/slots';
import type { PipelinePlan } from './plan';
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
  readonly needs: readonly string[];
  readonly chosen: ChosenNames;
}

/** The deployment with its check, and for production the way back when either fails. */
export function environmentJobs({
  plan,
  means,
  check,
  environment,
  needs,
  chosen,
}: EnvironmentContext): JobSpec[] {
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
      if: `github.event_name == 'push' && failure() && contains(fromJSON('["success", "failure"]'), needs.${id}.outputs.deployment)`,
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
export function variablesOf(
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

/** The environment with its address, where its check asks one. */
export function environmentOf(name: Text, check: Verification): NonNullable<JobSpec['environment']> {
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
export function imageEnvironment(plan: PipelinePlan): Record<string, Text> {
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
