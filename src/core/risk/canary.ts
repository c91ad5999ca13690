import type { CanaryStep } from '../documents/release-plan/release-plan';
import { isKnown, placeholder } from '../evidence/fact';
import type { DeployTarget, RepositoryProfile } from '../evidence/profile';
import { plainText } from '../documents/markdown/write';
import { WATCH_MINUTES } from './rollback-triggers';

/** One share of a canary: who has the new version, and for how long they are compared with the rest. */
export interface CanaryStage {
  readonly percent: number;
  readonly minutes: number;
}

/**
 * The shares of a canary where nobody says otherwise: a small one first, since a fault then reaches few; then such that
 * load shows. The last is watched like any release. docs/change.md has the table.
 */
export const CANARY_STAGES: readonly CanaryStage[] = [
  { percent: 5, minutes: 15 },
  { percent: 25, minutes: 30 },
  { percent: 50, minutes: 30 },
  { percent: 100, minutes: WATCH_MINUTES.production },
];

/** For a package: who asks for the pre-release first, then everybody. */
const PRE_RELEASE_HOURS = 24;

const CHECK = 'the metrics under “Rollback plan”, the share against the rest';
const ABORT = 'a trigger of “Rollback plan” is met: give the share back to the version before and stop';

/**
 * The steps of a canary by what the deployment's platform can do. A command stands where the platform and the repository
 * tell it; otherwise what would be needed. `deployCommand` deploys to all; null where none is known.
 */
export function canarySteps(
  profile: RepositoryProfile,
  production: string,
  deployCommand: string | null,
): readonly CanaryStep[] {
  const target = profile.deployTargets.find((each) => can(each.kind)) ?? profile.deployTargets[0];
  if (!target) {
    const published = profile.stacks.find((stack) => stack.isPublished);
    if (published) return preReleaseSteps(published);
  }
  const unknownWay = (): readonly CanaryStep[] =>
    stages(CANARY_STAGES, (stage) =>
      stage.percent === 100 && deployCommand !== null
        ? deployCommand
        : placeholder(`command that gives ${stage.percent} % of ${production} the new version`),
    );
  if (!target) return unknownWay();
  switch (target.kind) {
    case 'cloud-run':
      return stages(CANARY_STAGES, (stage) => cloudRunCommand(target, stage));
    case 'ecs':
      // Amazon ECS shifts one share and then all; further shares are a linear deployment.
      return stages(
        CANARY_STAGES.filter((_, index) => index === 0 || index === CANARY_STAGES.length - 1),
        (stage) =>
          stage.percent === 100
            ? 'none: Amazon ECS shifts the rest when the time of the canary is over'
            : placeholder(
                `cluster and service whose canary deployment takes ${stage.percent} % for ${stage.minutes} minutes`,
              ),
      );
    case 'kubernetes':
    case 'kustomize':
    case 'helm':
      return stages(CANARY_STAGES, (stage) => replicaCommand(target, stage, production, deployCommand));
    case 'argo-cd':
    case 'lambda':
    case 'app-service':
    case 'azure-functions':
    case 'fly':
    case 'heroku':
    case 'vercel':
    case 'netlify':
    case 'cloudflare-workers':
    case 'cloudflare-pages':
    case 'ssh':
    case 'compose':
    case 'script':
    case 'terraform':
    case 'other':
      return unknownWay();
    default:
      return target.kind satisfies never;
  }
}

function can(kind: DeployTarget['kind']): boolean {
  return ['kubernetes', 'helm', 'kustomize', 'ecs', 'cloud-run'].includes(kind);
}

function stages(
  chosen: readonly CanaryStage[],
  command: (stage: CanaryStage) => string,
): readonly CanaryStep[] {
  return chosen.map((stage) => ({
    share: `${stage.percent} %`,
    duration: `${stage.minutes} min`,
    check: stage.percent === 100 ? 'the metrics under “Rollback plan” against their thresholds' : CHECK,
    abort: stage.percent === 100 ? 'a trigger of “Rollback plan” is met: carry out the rollback' : ABORT,
    command: plainText(command(stage)),
  }));
}

/**
 * Kubernetes shares by replicas: a second Deployment behind the same Service gets as many requests as it has pods among
 * all (kubernetes.io, "Canary deployments"), and which that is no file says.
 */
function replicaCommand(
  target: DeployTarget,
  { percent }: CanaryStage,
  production: string,
  deployCommand: string | null,
): string {
  const workload = target.workloads?.[0]?.value;
  if (percent === 100 && deployCommand !== null) return deployCommand;
  const beside = workload && workload.kind !== 'helm' ? ` beside ${workload.kind}/${workload.name}` : '';
  return placeholder(
    percent === 100
      ? `command that gives all of ${production} the new version`
      : `replicas of a second Deployment${beside} that make ${percent} % of the pods`,
  );
}

/** `--to-tags` shares the traffic of a service (cloud.google.com/run, "Rollbacks, gradual rollouts, traffic migration"). */
function cloudRunCommand(target: DeployTarget, { percent }: CanaryStage): string {
  const service = target.workloads?.[0]?.value;
  if (!service) {
    return placeholder(
      `name of the Cloud Run service whose traffic is shared, ${percent} % to the new revision`,
    );
  }
  return `gcloud run services update-traffic ${service.name} --region=${placeholder('region')} --to-tags=canary=${percent}`;
}

function preReleaseSteps(stack: RepositoryProfile['stacks'][number]): readonly CanaryStep[] {
  const name =
    isKnown(stack.name) && /^(?:@[\w.-]+\/)?[\w.-]+$/.test(stack.name.value) ? stack.name.value : null;
  const isNpm = stack.language === 'node';
  return [
    {
      share: 'who asks for the pre-release',
      duration: `${PRE_RELEASE_HOURS} h`,
      check: 'reports of those who installed it, and the tests of what depends on it',
      abort: 'a fault is reported: leave the pre-release where it is and publish no release',
      command: isNpm ? 'npm publish --tag next' : placeholder('command that publishes a pre-release'),
    },
    {
      share: '100 %',
      duration: `${WATCH_MINUTES.production} min`,
      check: 'the package installs, and what depends on it passes its tests',
      abort: 'a fault is reported: carry out the rollback',
      command:
        isNpm && name !== null
          ? `npm dist-tag add ${name}@\${VERSION} latest`
          : placeholder('command that gives the release to all'),
    },
  ];
}
