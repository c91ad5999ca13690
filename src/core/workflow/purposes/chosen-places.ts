import { unwrapCommand } from '../../shell/wrappers';
import type { Job, Step, Workflow } from '../model';
import { valueOf, type YamlValue } from '../yaml-tree';
import { nameOfAction } from './actions';

/** Programs that go by one choice: a context, a workspace, a project. */
type Family = 'kubernetes' | 'terraform' | 'pulumi' | 'google' | 'azure' | 'heroku';

const FAMILIES: readonly (readonly [Family, RegExp])[] = [
  ['kubernetes', /^(kubectl|oc|helm|helmfile|kustomize|skaffold|werf|kapp)$/],
  ['terraform', /^(terraform|tofu|terragrunt)$/],
  ['pulumi', /^pulumi$/],
  ['google', /^gcloud$/],
  ['azure', /^(az|azd)$/],
  ['heroku', /^(heroku|git)$/],
];

/** Command lines that choose where the later commands of a job go, by their first words. */
const CHOOSING_COMMANDS: readonly (readonly [Family, RegExp])[] = [
  ['kubernetes', /^kubectl config (use-context|use|set-context)\b/],
  ['kubernetes', /^(kubectx|kubens|oc project)\b/],
  ['kubernetes', /^aws eks update-kubeconfig\b/],
  ['kubernetes', /^gcloud (beta )?container (clusters|fleet memberships) get-credentials\b/],
  ['kubernetes', /^az aks get-credentials\b/],
  ['kubernetes', /^doctl kubernetes cluster kubeconfig save\b/],
  ['kubernetes', /^(civo kubernetes config|linode-cli lke kubeconfig-view|ibmcloud ks cluster config)\b/],
  ['terraform', /^(terraform|tofu|terragrunt) (-\S+ )*workspace (select|new)\b/],
  ['pulumi', /^pulumi stack select\b/],
  ['google', /^gcloud config (set|configurations activate)\b/],
  ['azure', /^az (account set|configure)\b/],
  ['azure', /^azd env select\b/],
  ['heroku', /^heroku git:remote\b/],
];

/** Actions that do the same, with the inputs that name the place. */
const CHOOSING_ACTIONS: readonly (readonly [Family, string, RegExp])[] = [
  ['kubernetes', 'google-github-actions/get-gke-credentials', /^(cluster_name|context_name|project_id)$/],
  ['kubernetes', 'azure/aks-set-context', /^(cluster-name|resource-group)$/],
  ['kubernetes', 'azure/k8s-set-context', /^(context|cluster-name|resource-group)$/],
  ['kubernetes', 'redhat-actions/oc-login', /^namespace$/],
];

/** Variables by which a program is told where it goes. */
const CHOOSING_VARIABLES: Readonly<Partial<Record<Family, RegExp>>> = {
  kubernetes: /^(HELM_NAMESPACE|HELM_KUBECONTEXT)$/,
  terraform: /^(TF_WORKSPACE|TF_CLOUD_WORKSPACE|TF_VAR_(env|environment|stage))$/,
  pulumi: /^PULUMI_STACK$/,
  google: /^(CLOUDSDK_CORE_PROJECT|CLOUDSDK_ACTIVE_CONFIG_NAME)$/,
  heroku: /^HEROKU_APP$/,
};

/** Programs whose folder is what they deploy: `environments/prod`. */
const BY_FOLDER =
  /^(terraform|tofu|terragrunt|pulumi|kubectl|oc|kustomize|helm|helmfile|cdk|cdktf|sam|ansible-playbook)$/;

/** Where a step or command says that those after it go. */
export interface ChosenPlace {
  readonly family: Family;
  readonly texts: readonly string[];
}

/** The family of a deploying command; null for a program that goes by what its own words say. */
export function familyOf(words: readonly string[]): Family | null {
  const [program = ''] = unwrapCommand(words);
  return FAMILIES.find(([, pattern]) => pattern.test(program))?.[0] ?? null;
}

/** What a command chooses for the ones after it. */
export function placeChosenBy(words: readonly string[]): ChosenPlace | null {
  const command = unwrapCommand(words);
  const line = command.join(' ');
  const family = CHOOSING_COMMANDS.find(([, pattern]) => pattern.test(line))?.[0];
  return family ? { family, texts: command.slice(1) } : null;
}

/** What an action chooses for the commands after it. */
export function placeChosenByAction(step: Step): ChosenPlace | null {
  const name = nameOfAction(step.uses?.value ?? '');
  const row = CHOOSING_ACTIONS.find(([, action]) => action === name);
  if (!row) return null;
  const [family, , inputs] = row;
  return {
    family,
    texts: step.with.filter((entry) => inputs.test(entry.name.value)).map((entry) => entry.value.text),
  };
}

/** What the variables of a step, its job and its workflow choose for a command. */
export function placesByVariables(
  family: Family,
  step: Step,
  job: Job,
  workflow: Workflow,
): readonly string[] {
  const names = CHOOSING_VARIABLES[family];
  if (!names) return [];
  for (const entries of [step.env, job.env, workflow.env]) {
    const found = entries.filter((entry) => names.test(entry.name.value));
    if (found.length > 0) return found.map((entry) => entry.value.text);
  }
  return [];
}

/**
 * The folder that a command runs in, where that says what it deploys: `environments/prod`. Terragrunt's `live` is the
 * folder of all environments, so the word says nothing there.
 */
export function folderOf(
  words: readonly string[],
  step: Step,
  job: Job,
  workflow: Workflow,
  entered: string | null,
): string | null {
  if (!BY_FOLDER.test(unwrapCommand(words)[0] ?? '')) return null;
  const ofDefaults = (value: YamlValue | null): string | null => {
    const folder = valueOf(valueOf(valueOf(value, 'defaults'), 'run'), 'working-directory');
    return folder?.kind === 'scalar' ? folder.text : null;
  };
  const folder = step.workingDirectory?.value ?? ofDefaults(job.body) ?? ofDefaults(workflow.tree.root);
  const whole = [folder, entered].filter((part) => part !== null).join('/');
  return whole === '' ? null : whole.replace(/(^|\/)live(?=\/|$)/gi, '$1');
}
