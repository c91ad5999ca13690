import { isKnown } from '../../../evidence/fact';
import { platforms } from '../../../evidence/platforms';
import type { DeployTarget } from '../../../evidence/profile';
import { appServiceMeans } from './app-service';
import { argoCdMeans } from './argo-cd';
import { cloudRunMeans } from './cloud-run';
import { pagesMeans, workersMeans } from './cloudflare';
import { clusterMeans } from './cluster';
import { ecsMeans } from './ecs';
import { flyMeans } from './fly';
import { herokuMeans } from './heroku';
import { lambdaMeans } from './lambda';
import { unknownMeans, type DeployContext, type DeployMeans } from './means';
import { netlifyMeans } from './netlify';
import { scriptMeans } from './script';
import { composeMeans, sshMeans } from './ssh';
import { terraformMeans } from './terraform';
import { vercelMeans } from './vercel';

/** Kinds whose commands name the file that the target is known by: what they apply or configure. */
const NAME_THEIR_FILE: readonly DeployTarget['kind'][] = [
  'kubernetes',
  'kustomize',
  'helm',
  'fly',
  'vercel',
  'netlify',
  'cloudflare-workers',
  'compose',
];

/** Chooses how to deploy. What no file says becomes a script that fails and names it. */
export function deployMeans(context: Omit<DeployContext, 'target'>): DeployMeans {
  const { target } = context.plan;
  if (!target) return unknownMeans(['how this repository is deployed']);
  const { value: path } = target.path;
  // A target that only a workflow shows has no file here that could be applied.
  if (NAME_THEIR_FILE.includes(target.kind) && path.startsWith('.github/workflows/'))
    return unknownMeans([
      `what is deployed on ${platforms[target.kind].title}: only ${path} says that it is`,
    ]);
  const of: DeployContext = { ...context, target };
  switch (target.kind) {
    case 'script':
      return scriptMeans(of);
    case 'kubernetes':
    case 'kustomize':
    case 'helm':
      return clusterMeans(of);
    case 'ecs':
      return ecsMeans(of);
    case 'cloud-run':
      return cloudRunMeans(of);
    case 'argo-cd':
      return argoCdMeans(of);
    case 'lambda':
      return lambdaMeans(of);
    case 'app-service':
    case 'azure-functions':
      return appServiceMeans(of);
    case 'fly':
      return flyMeans(of);
    case 'heroku':
      return herokuMeans(of);
    case 'vercel':
      return vercelMeans(of);
    case 'netlify':
      return netlifyMeans(of);
    case 'cloudflare-workers':
      return workersMeans(of);
    case 'cloudflare-pages':
      return pagesMeans(of);
    case 'compose':
      return composeMeans(of);
    case 'ssh':
      return sshMeans(of);
    case 'terraform':
      return terraformMeans(of);
    case 'other':
      return unknownMeans([
        isKnown(target.deployCommand) ? `how ${target.path.value} is deployed` : target.deployCommand.unknown,
      ]);
  }
}
