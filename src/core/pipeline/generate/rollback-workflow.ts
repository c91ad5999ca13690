import { shellWord } from '../../evidence/detect/shell-text';
import { placeholder } from '../../evidence/fact';
import { failingStep, registryLogin } from './build';
import type { DeployMeans } from './deploy/means';
import { imageVariable } from './deploy/slots';
import { environmentOf, variablesOf } from './environment-jobs';
import type { PipelinePlan } from './plan';
import { checkout } from './setup';
import type { Verification } from './verification';
import { MADE_BY, type ChosenNames, type GeneratedWorkflow } from './workflow-file';
import { expression, workflowText, type StepSpec } from './workflow-text';

/** Takes an environment back to a version that was built before, started by a person. It builds nothing. */
export function rollbackWorkflow(
  plan: PipelinePlan,
  means: DeployMeans,
  check: Verification,
): GeneratedWorkflow {
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
