import type { JobWords } from './job-words';
import { plainName } from './job-words';
import { NO_NEEDS, type Needs, type RoleNeed, type RoleScope } from './needs';

/**
 * The built-in roles that a job needs in Azure, as far as its commands and actions tell.
 * learn.microsoft.com/azure/role-based-access-control/built-in-roles
 */
export function azureNeedsOf({ commands, actions, where }: JobWords): Needs {
  const needs: RoleNeed[] = [];
  const unknown = new Set<string>();
  const on = (kind: RoleScope['kind'], name: string | null, what: string): RoleScope => ({
    kind,
    name,
    needed: `${what} of ${where}`,
  });
  for (const command of commands) {
    const [program = '', group = '', operation = ''] = command.words;
    if (program === 'az') {
      const line = `${group} ${operation}`;
      const name = command.option('--name', '-n');
      if (/^(?:webapp|functionapp) /.test(line))
        needs.push({ role: 'Website Contributor', scope: on('site', name, 'the app') });
      else if (/^acr login/.test(line))
        needs.push({ role: 'AcrPush', scope: on('registry', name?.split('.')[0] ?? null, 'the registry') });
      else if (/^aks get-credentials/.test(line))
        needs.push({
          role: 'Azure Kubernetes Service Cluster User Role',
          scope: on('cluster', name, 'the cluster'),
        });
      else if (/^containerapp /.test(line)) unknown.add(containerApp(where));
      else if (/^storage blob /.test(line))
        needs.push({
          role: 'Storage Blob Data Contributor',
          scope: on('storage-account', command.option('--account-name'), 'the storage account'),
        });
      else if (/^keyvault secret/.test(line))
        needs.push({
          role: 'Key Vault Secrets User',
          scope: on('key-vault', command.option('--vault-name'), 'the key vault'),
        });
      else if (!/^(?:login|logout|account|version|config|extension|cloud)\b/.test(group))
        unknown.add(`the role that "az ${plainName(group)} ${plainName(operation)}" needs in ${where}`);
    } else if (
      /^(?:kubectl|helm|kustomize)\b.*\b(?:apply|upgrade|install|set|rollout|create|delete|patch)\b/.test(
        command.line,
      )
    ) {
      unknown.add(
        `the role inside the cluster for kubectl and helm of ${where}, such as Azure Kubernetes Service RBAC Writer on its namespace`,
      );
    } else if (
      /^(?:terraform|tofu|terragrunt|pulumi)\b.* (?:apply|up|plan|destroy|preview)\b/.test(command.line)
    ) {
      unknown.add(`the roles on what ${plainName(program)} manages for ${where}, and on its state`);
    } else if (/^(?:\.?\.?\/|bash |sh )/.test(command.line)) {
      unknown.add(
        `what ${plainName(command.words.find((word) => /[./]/.test(word)) ?? program)} does in Azure, run by ${where}`,
      );
    }
  }
  for (const { action, input } of actions) {
    switch (action) {
      case 'azure/webapps-deploy':
      case 'azure/functions-action':
      case 'azure/functions-container-action':
        needs.push({ role: 'Website Contributor', scope: on('site', input('app-name'), 'the app') });
        break;
      case 'azure/aks-set-context':
        needs.push({
          role: 'Azure Kubernetes Service Cluster User Role',
          scope: on('cluster', input('cluster-name'), 'the cluster'),
        });
        break;
      case 'azure/container-apps-deploy-action':
        unknown.add(containerApp(where));
        break;
      case 'azure/k8s-deploy':
      case 'azure/k8s-bake':
        unknown.add(
          `the role inside the cluster for what ${where} deploys, such as Azure Kubernetes Service RBAC Writer on its namespace`,
        );
        break;
      case 'azure/arm-deploy':
      case 'azure/bicep-deploy':
        unknown.add(`the roles on what the template creates, deployed by ${where}`);
        break;
      case 'azure/login':
      case 'azure/setup-kubectl':
      case 'azure/setup-helm':
      case 'azure/docker-login':
      case 'azure/use-kubelogin':
        break;
      default:
        if (/azure/.test(action))
          unknown.add(`the role that the action ${plainName(action)} needs, used by ${where}`);
    }
  }
  return { ...NO_NEEDS, azure: needs, unknown: [...unknown] };
}

/** Its guide for GitHub Actions names no narrower role: learn.microsoft.com/azure/container-apps/github-actions. */
function containerApp(where: string): string {
  return `the role on the container app that ${where} deploys; its guide gives Contributor on the resource group`;
}
