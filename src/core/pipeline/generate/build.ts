import { shellWord } from '../../evidence/detect/shell-text';
import { placeholder } from '../../evidence/fact';
import { useAction } from './actions';
import { isCheckOf, phaseSteps, type CheckContext } from './checks';
import type { ImagePlan, PipelinePlan, Unit } from './plan';
import { registryLogins, registryPermissions } from './registry';
import { checkout, setup, toolSteps } from './setup';
import { expression, type JobSpec, type StepSpec, type Text } from './workflow-text';

/** The archive that the build leaves and every deployment takes. */
export const ARCHIVE = 'release.tar.gz';

/** Named by the commit, so that no deployment can take another's. */
export const ARTIFACT_NAME = expression('release-${{ github.sha }}');

/** Only a push to the default branch publishes and deploys; a pull request is checked and built. */
export const ON_PUSH = "github.event_name == 'push'";

/** When a run publishes and deploys: by every push to the default branch, or, with `manual`, only when a person starts it there. */
export function releaseCondition({ settings, branch }: PipelinePlan): string {
  return settings.rollout === 'manual'
    ? `github.event_name == 'workflow_dispatch' && github.ref == 'refs/heads/${branch}'`
    : ON_PUSH;
}

/** The job that builds once what is deployed, after every check; and the one that says where it came from. */
export function buildJobs(context: CheckContext, checks: readonly JobSpec[]): JobSpec[] {
  const { plan } = context;
  const built = plan.units.filter((unit) => phaseSteps(context, unit, 'build').length > 0);
  if (built.length === 0 && plan.artifact === null) return [];
  // What no package takes is built where the image is: here it is only checked, each project by itself.
  if (plan.artifact === null && plan.images.length > 0 && built.length > 1) {
    return built.map((unit) => {
      return {
        id: `build${unit.suffix}`,
        name: `Build${unit.label}`,
        needs: checks.filter((job) => isCheckOf(job, unit)).map((job) => job.id),
        permissions: { contents: 'read' },
        timeoutMinutes: 30,
        steps: [checkout(), ...buildSteps(context, unit)],
      };
    });
  }
  const steps = built.flatMap((unit) => labelledBuildSteps(context, unit));
  const needsFolder =
    plan.isDeployed && plan.takesPackage && plan.artifact === null && plan.images.length === 0;
  const build: JobSpec = {
    id: 'build',
    name: plan.artifact ? 'Build and package' : 'Build',
    ...(plan.artifact
      ? { comment: 'Built once: every deployment takes this package, and none builds again.' }
      : {}),
    needs: checks.map((job) => job.id),
    permissions: { contents: 'read' },
    timeoutMinutes: 30,
    steps: [
      checkout(),
      ...steps,
      ...packageSteps(plan),
      ...(needsFolder
        ? [
            failingStep(
              'Package',
              `${placeholder('folder that the build writes to')}: nothing can be deployed before it is named here`,
            ),
          ]
        : []),
    ],
  };
  // An image carries its own attestation; a package that only goes into one needs none.
  return plan.artifact && plan.images.length === 0
    ? [
        build,
        provenanceJob('Attest the package', releaseCondition(plan), {
          take: downloadPackage(),
          subject: ARCHIVE,
        }),
      ]
    : [build];
}

/** Sets a project up and builds it, without a cache: what is built here ships. */
function buildSteps(context: CheckContext, unit: Unit, label = ''): StepSpec[] {
  const build = phaseSteps(context, unit, 'build');
  return [
    ...setup(unit, context.paths, false, context.notes),
    ...toolSteps(unit, build),
    ...build.map((step) => ({ ...step, name: `${step.name}${label}` })),
  ];
}

/** The same in a job that builds several projects. */
export function labelledBuildSteps(context: CheckContext, unit: Unit): StepSpec[] {
  return buildSteps(context, unit, unit.label);
}

/** Keeps what was built for the jobs that take it. `path` is below the runner's temporary folder. */
export function keepBuilt(name: string, artifact: Text, path: string, retentionDays: number): StepSpec {
  return {
    name,
    uses: useAction('actions/upload-artifact'),
    with: {
      name: artifact,
      path: expression(`\${{ runner.temp }}/${path}`),
      'if-no-files-found': 'error',
      'retention-days': String(retentionDays),
      // A run that is started again finds the name taken by its first attempt.
      overwrite: 'true',
    },
  };
}

function packageSteps({ artifact, settings }: PipelinePlan): StepSpec[] {
  if (!artifact) return [];
  const run =
    artifact.kind === 'source'
      ? `git archive --format=tar.gz --output="$RUNNER_TEMP/${ARCHIVE}" HEAD`
      : // A glob that matches nothing stays as it is, so that tar fails rather than packing nothing.
        `tar --create --gzip --file "$RUNNER_TEMP/${ARCHIVE}" -- ${artifact.paths.map(globWord).join(' ')}`;
  return [
    { name: 'Package', run },
    keepBuilt('Keep the package', ARTIFACT_NAME, ARCHIVE, settings.retentionDays),
  ];
}

/** Signs what a build left. `take` brings it, `subject` names it below the runner's temporary folder. */
export function provenanceJob(
  name: string,
  condition: string,
  { take, subject }: { readonly take: StepSpec; readonly subject: string },
): JobSpec {
  return {
    id: 'provenance',
    name,
    comment:
      'Signs what was built and where. It runs no code of the repository, so that the rights to sign stay out of the build.',
    needs: ['build'],
    if: condition,
    permissions: { 'id-token': 'write', attestations: 'write' },
    timeoutMinutes: 10,
    steps: [
      take,
      {
        name: 'Attest',
        uses: useAction('actions/attest-build-provenance'),
        with: { 'subject-path': expression(`\${{ runner.temp }}/${subject}`) },
      },
    ],
  };
}

/** Takes the package of this run into the runner's temporary folder. */
export function downloadPackage(): StepSpec {
  return {
    name: 'Take the package',
    uses: useAction('actions/download-artifact'),
    with: { name: ARTIFACT_NAME, path: expression('${{ runner.temp }}') },
  };
}

/** Unpacks the package over the checkout. */
export function unpack(): StepSpec {
  return { name: 'Unpack the package', run: `tar --extract --gzip --file "$RUNNER_TEMP/${ARCHIVE}"` };
}

/** Builds, pushes and attests one image. */
export function imageJob(plan: PipelinePlan, image: ImagePlan, needs: readonly string[]): JobSpec {
  const name = image.name;
  return {
    id: image.jobId,
    name:
      image.nameSuffix === '' ? 'Build and push the image' : `Build and push the image (${image.dockerfile})`,
    comment: 'Built once and handed on by its digest, which names these bytes and no others.',
    needs,
    if: releaseCondition(plan),
    permissions: {
      contents: 'read',
      ...registryPermissions(image.registry, 'build'),
      'id-token': 'write',
      attestations: 'write',
    },
    timeoutMinutes: 30,
    outputs: {
      image: expression('${{ steps.name.outputs.image }}'),
      digest: expression('${{ steps.push.outputs.digest }}'),
    },
    steps: [
      checkout(),
      ...(image.needsArtifact && plan.artifact ? [downloadPackage(), unpack()] : []),
      {
        name: 'Name the image',
        id: 'name',
        ...(name === null
          ? {
              env: { SUFFIX: image.nameSuffix },
              run: 'echo "image=ghcr.io/${GITHUB_REPOSITORY,,}$SUFFIX" >> "$GITHUB_OUTPUT"',
            }
          : { env: { IMAGE: name }, run: 'echo "image=$IMAGE" >> "$GITHUB_OUTPUT"' }),
      },
      { name: 'Set up Buildx', uses: useAction('docker/setup-buildx-action') },
      ...registryLogins(image.registry, 'build'),
      {
        name: 'Build and push',
        id: 'push',
        uses: useAction('docker/build-push-action'),
        with: {
          context: image.needsArtifact ? '.' : image.context,
          file: image.dockerfile,
          push: 'true',
          tags: expression('${{ steps.name.outputs.image }}:${{ github.sha }}'),
        },
      },
      {
        name: 'Attest',
        uses: useAction('actions/attest-build-provenance'),
        with: {
          'subject-name': expression('${{ steps.name.outputs.image }}'),
          'subject-digest': expression('${{ steps.push.outputs.digest }}'),
          'push-to-registry': 'true',
        },
      },
    ],
  };
}

/** A step for what is not known: it fails and says what is needed, so that nothing looks done that is not. */
export function failingStep(name: string, message: string): StepSpec {
  return { name, run: `echo ${shellWord(`::error::${message}`)}\nexit 1` };
}

/** A path for `tar` in which `*` still works; everything else is quoted. */
function globWord(path: string): string {
  return path
    .split('*')
    .map((part) => (part === '' ? '' : shellWord(part)))
    .join('*');
}
