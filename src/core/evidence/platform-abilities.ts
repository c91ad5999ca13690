import type { DeployTarget } from './profile';
import type { Rollout } from './rollouts';

/** What a platform does by itself. An add-on (a mesh, Argo Rollouts) counts only where the repository's files hold it. */
export interface PlatformAbilities {
  readonly name: string;
  /** The rollouts that it has means for; `manual` is always possible and not listed. */
  readonly can: readonly Rollout[];
  /** What a deployment is where nobody asks for a strategy; null where that is not the platform's to say. */
  readonly usual: Rollout | null;
  /** How it does a canary: completes a sentence; '' where it cannot. */
  readonly canary: string;
  /** What it asks for before it can do more than its usual, without a full stop; '' for nothing. */
  readonly needs: string;
}

const KUBERNETES: Omit<PlatformAbilities, 'name'> = {
  // A Deployment replaces pods a few at a time. Without a mesh or Argo Rollouts nothing divides the traffic otherwise
  // than by the number of pods, and nothing switches a Service that the manifests own.
  can: ['rolling', 'canary'],
  usual: 'rolling',
  canary: 'a second Deployment behind the same Service takes a share of the requests',
  needs: 'a canary is one pod beside the others, so that its share is one in as many pods as there are',
};

/**
 * Written by the makers' own pages: kubernetes.io "Managing Workloads" (canary deployments); AWS "Amazon ECS deployment
 * strategies"; Google Cloud "Rollbacks, gradual rollouts, and traffic migration"; AWS Lambda "Weighted alias"; Azure "Set
 * up staging environments" (slots, traffic routing); Fly.io "fly deploy" (`--strategy`); Cloudflare "Gradual
 * deployments"; Vercel "Promoting deployments"; Netlify "Manage deploys".
 */
const ABILITIES: Readonly<Record<DeployTarget['kind'], PlatformAbilities>> = {
  kubernetes: { name: 'Kubernetes', ...KUBERNETES },
  helm: {
    name: 'Helm on Kubernetes',
    // What a release is made of is the chart's to say, and so is whether a second one can stand beside it.
    can: ['rolling'],
    usual: 'rolling',
    canary: '',
    needs: '',
  },
  kustomize: { name: 'Kustomize on Kubernetes', ...KUBERNETES },
  ecs: {
    name: 'Amazon ECS',
    can: ['rolling', 'blue-green', 'canary'],
    usual: 'rolling',
    canary: 'its canary deployments shift a share of the traffic',
    needs: 'blue-green and canary need a load balancer with an alternate target group, set up on the service',
  },
  'cloud-run': {
    name: 'Cloud Run',
    can: ['canary', 'blue-green', 'all-at-once'],
    usual: 'all-at-once',
    canary: 'it splits the traffic between revisions',
    needs: '',
  },
  'argo-cd': { name: 'Argo CD', can: ['rolling'], usual: 'rolling', canary: '', needs: '' },
  lambda: {
    name: 'AWS Lambda',
    can: ['all-at-once', 'canary'],
    usual: 'all-at-once',
    canary: 'its alias gives a second version a share of the calls',
    needs: 'a canary needs an alias that the callers use',
  },
  'app-service': {
    name: 'Azure App Service',
    can: ['all-at-once', 'blue-green', 'canary'],
    usual: 'blue-green',
    canary: 'its slots take a share of the traffic',
    needs: 'slots need a plan of the tier Standard or above',
  },
  'azure-functions': {
    name: 'Azure Functions',
    can: ['all-at-once', 'blue-green'],
    usual: 'blue-green',
    canary: '',
    needs: 'slots need a plan that has them',
  },
  fly: {
    name: 'Fly.io',
    can: ['rolling', 'canary', 'blue-green', 'all-at-once'],
    usual: 'rolling',
    canary: 'it starts one machine first and goes on when that is healthy',
    needs: 'canary and blue-green cannot be used by apps with volumes, and blue-green needs health checks',
  },
  heroku: { name: 'Heroku', can: ['all-at-once'], usual: 'all-at-once', canary: '', needs: '' },
  vercel: {
    name: 'Vercel',
    can: ['blue-green'],
    usual: 'blue-green',
    canary: '',
    needs: '',
  },
  netlify: {
    name: 'Netlify',
    can: ['all-at-once', 'blue-green'],
    usual: 'blue-green',
    canary: '',
    needs: '',
  },
  'cloudflare-workers': {
    name: 'Cloudflare Workers',
    can: ['all-at-once', 'blue-green', 'canary'],
    usual: 'blue-green',
    canary: 'its gradual deployments give the new version a share of the requests',
    needs: '',
  },
  'cloudflare-pages': {
    name: 'Cloudflare Pages',
    can: ['all-at-once'],
    usual: 'all-at-once',
    canary: '',
    needs: '',
  },
  compose: { name: 'Docker Compose', can: ['all-at-once'], usual: 'all-at-once', canary: '', needs: '' },
  ssh: { name: 'a host over SSH', can: ['all-at-once'], usual: 'all-at-once', canary: '', needs: '' },
  terraform: { name: 'Terraform', can: [], usual: null, canary: '', needs: '' },
  script: { name: 'a script', can: [], usual: null, canary: '', needs: '' },
  other: { name: 'a means of its own', can: [], usual: null, canary: '', needs: '' },
};

/** What the platform of a target can do, with what its manifests add to it. */
export function abilitiesOf(target: Pick<DeployTarget, 'kind' | 'workloads'>): PlatformAbilities {
  const abilities = ABILITIES[target.kind];
  const hasRollout = (target.workloads ?? []).some(({ value }) => value.kind === 'Rollout');
  if (!hasRollout) return abilities;
  return {
    name: `${abilities.name} with Argo Rollouts`,
    can: ['canary', 'blue-green'],
    usual: 'canary',
    canary: 'the Rollout of the manifests shifts the traffic in its own steps',
    needs: 'which of the two it is, and its steps, are what the Rollout itself says',
  };
}

/**
 * Why a rollout cannot be had on a target, as a sentence that names those that can; null where it can.
 *
 * @param path What is deployed, as the message quotes it.
 */
export function refusalOf(
  rollout: Rollout,
  target: Pick<DeployTarget, 'kind' | 'workloads'>,
  path: string,
): string | null {
  const { can, name } = abilitiesOf(target);
  if (rollout === 'manual' || can.includes(rollout)) return null;
  return can.length === 0
    ? `No strategy can be asked of ${path}: ${name} decides by itself how a release reaches its users. Leave the strategy out, or take manual, which deploys only when a person starts it.`
    : `${name} (${path}) cannot do ${rollout} by its own means. It can do ${can.join(', ')}, and manual, which deploys only when a person starts it.`;
}
