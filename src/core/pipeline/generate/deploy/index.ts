import { isKnown } from '../../../evidence/fact';
import type { RepositoryProfile } from '../../../evidence/profile';
import type { PipelinePlan } from '../plan';
import { cloudRunMeans } from './cloud-run';
import { clusterMeans } from './cluster';
import { ecsMeans } from './ecs';
import { unknownMeans, type DeployMeans } from './means';
import { scriptMeans } from './script';

/** Chooses how to deploy. What no file says becomes a script that fails and names it. */
export function deployMeans(plan: PipelinePlan, profile: RepositoryProfile): DeployMeans {
  const { target } = plan;
  if (!target) return unknownMeans(['how this repository is deployed']);
  switch (target.kind) {
    case 'script':
      return scriptMeans(target, profile);
    case 'kubernetes':
    case 'kustomize':
    case 'helm':
      return clusterMeans(plan, target, profile);
    case 'ecs':
      return ecsMeans(plan, target);
    case 'cloud-run':
      return cloudRunMeans(plan, target);
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
    case 'terraform':
    case 'other':
      return unknownMeans([
        isKnown(target.deployCommand) ? `how ${target.path.value} is deployed` : target.deployCommand.unknown,
      ]);
  }
}
