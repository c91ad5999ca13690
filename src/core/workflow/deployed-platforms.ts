import { fact, factWith, fileSource, isKnown, unknown, type Fact, type Source } from '../evidence/fact';
import { undoCommand } from '../evidence/detect/hosting';
import type {
  ClusterKind,
  DeployTarget,
  DeployTool,
  PlatformValue,
  RepositoryProfile,
} from '../evidence/profile';
import { unwrapCommand } from '../shell/wrappers';
import type { NamedScalar, Step } from './model';
import { nameOfAction } from './purposes/actions';
import type { JobFacts, PurposeEvidence, WorkflowSet } from './understanding';

type Kind = DeployTarget['kind'];

/** What a step of a deployment says of the platform: parameters by the option or input that gives them. */
interface Sign {
  readonly kind: Kind;
  /** Parameter of the platform, by the name of the input or option. */
  readonly values: Readonly<Record<string, string>>;
  /** An input that has to hold this for the sign to count. */
  readonly needs?: { readonly input: string; readonly holds: RegExp };
  /** The program that it deploys with, where the platform has several. */
  readonly tool?: DeployTool;
  /** Said where the step could be for something else as well. */
  readonly isLikely?: true;
}

/** Actions that deploy to one platform, with the inputs that say where. */
const ACTIONS: Readonly<Record<string, Sign | readonly Sign[]>> = {
  'aws-actions/amazon-ecs-deploy-task-definition': {
    kind: 'ecs',
    values: { cluster: 'CLUSTER', service: 'SERVICE' },
  },
  'aws-actions/aws-lambda-deploy': { kind: 'lambda', values: { 'function-name': 'FUNCTION' } },
  'appleboy/lambda-action': { kind: 'lambda', values: { function_name: 'FUNCTION', aws_region: 'REGION' } },
  'google-github-actions/deploy-cloudrun': {
    kind: 'cloud-run',
    values: { service: 'SERVICE', region: 'REGION' },
  },
  'azure/webapps-deploy': {
    kind: 'app-service',
    values: { 'app-name': 'APP', 'resource-group-name': 'RESOURCE_GROUP', 'slot-name': 'SLOT' },
  },
  'superfly/flyctl-actions': { kind: 'fly', values: {} },
  'akhileshns/heroku-deploy': { kind: 'heroku', values: { heroku_app_name: 'APP' } },
  'amondnet/vercel-action': { kind: 'vercel', values: { 'vercel-project-name': 'PROJECT' } },
  'nwtgck/actions-netlify': { kind: 'netlify', values: {} },
  'azure/functions-action': {
    kind: 'azure-functions',
    values: { 'app-name': 'APP', 'resource-group-name': 'RESOURCE_GROUP', 'slot-name': 'SLOT' },
  },
  'azure/functions-container-action': {
    kind: 'azure-functions',
    values: { 'app-name': 'APP', 'slot-name': 'SLOT' },
  },
  'cloudflare/pages-action': { kind: 'cloudflare-pages', values: { projectname: 'PROJECT' } },
  'cloudflare/wrangler-action': [
    { kind: 'cloudflare-pages', values: {}, needs: { input: 'command', holds: /^\s*pages\s/ } },
    { kind: 'cloudflare-workers', values: {} },
  ],
  'azure/k8s-deploy': { kind: 'kubernetes', values: { namespace: 'NAMESPACE' } },
  'serverless/github-action': { kind: 'lambda', values: {}, tool: 'serverless' },
  'youyo/aws-cdk-github-actions': { kind: 'other', values: {}, tool: 'cdk' },
  'appleboy/ssh-action': [
    {
      kind: 'compose',
      values: { host: 'DEPLOY_HOST' },
      needs: { input: 'script', holds: /\bdocker[ -]compose\b/ },
    },
    { kind: 'ssh', values: { host: 'DEPLOY_HOST', username: 'DEPLOY_USER' }, isLikely: true },
  ],
  'appleboy/scp-action': {
    kind: 'ssh',
    values: { host: 'DEPLOY_HOST', username: 'DEPLOY_USER', target: 'DEPLOY_PATH' },
    tool: 'scp',
    isLikely: true,
  },
  'easingthemes/ssh-deploy': {
    kind: 'ssh',
    values: { remote_host: 'DEPLOY_HOST', remote_user: 'DEPLOY_USER', target: 'DEPLOY_PATH' },
    tool: 'rsync',
    isLikely: true,
  },
  'burnett01/rsync-deployments': {
    kind: 'ssh',
    values: { remote_host: 'DEPLOY_HOST', remote_user: 'DEPLOY_USER', remote_path: 'DEPLOY_PATH' },
    tool: 'rsync',
    isLikely: true,
  },
};

/** Commands that deploy to one platform: their first words, then options that say where. */
const COMMANDS: readonly (Sign & { readonly words: RegExp })[] = [
  {
    words: /^aws ecs update-service\b/,
    kind: 'ecs',
    values: { '--cluster': 'CLUSTER', '--service': 'SERVICE', '--region': 'REGION' },
  },
  {
    words: /^aws lambda (?:update-function-code|update-alias|publish-version)\b/,
    kind: 'lambda',
    values: { '--function-name': 'FUNCTION', '--name': 'ALIAS', '--region': 'REGION' },
  },
  {
    words: /^sam deploy\b/,
    kind: 'lambda',
    values: { '--region': 'REGION', '--stack-name': 'STACK' },
    tool: 'sam',
  },
  {
    words: /^(?:serverless|sls) deploy\b/,
    kind: 'lambda',
    values: { '--region': 'REGION' },
    tool: 'serverless',
  },
  // What a CDK app makes, its own files say; this step only says that it is deployed.
  { words: /^cdk deploy\b/, kind: 'other', values: {}, tool: 'cdk' },
  {
    words: /^gcloud (?:beta |alpha )?run deploy\b/,
    kind: 'cloud-run',
    values: { '--region': 'REGION', 3: 'SERVICE' },
  },
  {
    words:
      /^az webapp (?:deploy|up|deployment slot swap|deployment source config-zip|config container set)\b/,
    kind: 'app-service',
    values: {
      '--name': 'APP',
      '-n': 'APP',
      '--resource-group': 'RESOURCE_GROUP',
      '-g': 'RESOURCE_GROUP',
      '--slot': 'SLOT',
      '-s': 'SLOT',
    },
  },
  {
    words:
      /^az functionapp (?:deploy|deployment slot swap|deployment source config-zip|config container set)\b/,
    kind: 'azure-functions',
    values: {
      '--name': 'APP',
      '-n': 'APP',
      '--resource-group': 'RESOURCE_GROUP',
      '-g': 'RESOURCE_GROUP',
      '--slot': 'SLOT',
      '-s': 'SLOT',
    },
  },
  { words: /^func azure functionapp publish\b/, kind: 'azure-functions', values: { 4: 'APP' } },
  { words: /^(?:flyctl|fly) deploy\b/, kind: 'fly', values: { '--app': 'APP', '-a': 'APP' } },
  {
    words: /^heroku (?:container:release|builds:create)\b/,
    kind: 'heroku',
    values: { '--app': 'APP', '-a': 'APP' },
  },
  { words: /^git push\b.*\bheroku\b/, kind: 'heroku', values: {} },
  { words: /^(?:vercel|now)\b.*\s--prod(?:uction)?\b/, kind: 'vercel', values: {} },
  { words: /^netlify deploy\b/, kind: 'netlify', values: { '--site': 'SITE_ID', '-s': 'SITE_ID' } },
  {
    words: /^wrangler pages (?:deploy|publish)\b/,
    kind: 'cloudflare-pages',
    values: { '--project-name': 'PROJECT' },
  },
  { words: /^wrangler (?:deploy|publish)\b/, kind: 'cloudflare-workers', values: { '--name': 'WORKER' } },
  { words: /^helm upgrade\b/, kind: 'helm', values: { '--namespace': 'NAMESPACE', '-n': 'NAMESPACE' } },
  {
    words: /^(?:kubectl|oc) (?:apply|set|rollout|replace|create)\b/,
    kind: 'kubernetes',
    values: { '--namespace': 'NAMESPACE', '-n': 'NAMESPACE' },
  },
  { words: /^(?:docker compose|docker-compose)\b.*\bup\b/, kind: 'compose', values: {} },
  { words: /^ssh\b.*\bdocker[ -]compose\b/, kind: 'compose', values: { 1: 'DEPLOY_HOST' } },
  { words: /^kamal (?:deploy|redeploy|setup)\b/, kind: 'ssh', values: {}, tool: 'kamal' },
  { words: /^ansible-playbook\b/, kind: 'ssh', values: {}, tool: 'ansible', isLikely: true },
  { words: /^rsync\b.*\s[\w.${}-]+@[^\s:]+:/, kind: 'ssh', values: {}, tool: 'rsync', isLikely: true },
  { words: /^scp\b.*\s[\w.${}-]+@[^\s:]+:/, kind: 'ssh', values: {}, tool: 'scp', isLikely: true },
  { words: /^ssh\b/, kind: 'ssh', values: {}, isLikely: true },
  { words: /^argocd app sync\b/, kind: 'argo-cd', values: { 3: 'APPLICATION' } },
  { words: /^(?:terraform|tofu)\b.*\bapply\b/, kind: 'terraform', values: { '-var-file': 'VAR_FILE' } },
];

/** Kinds that come down to the same commands: what a workflow says of one is said of the other. */
const ALIKE: Readonly<Partial<Record<Kind, readonly Kind[]>>> = {
  kubernetes: ['kubernetes', 'kustomize', 'helm'],
};

/** Steps that log in to a managed cluster: whose it is, and which. They deploy nothing by themselves. */
const CLUSTER_ACTIONS: Readonly<
  Record<string, { readonly cluster: ClusterKind; readonly values: Readonly<Record<string, string>> }>
> = {
  'google-github-actions/get-gke-credentials': {
    cluster: 'gke',
    values: { cluster_name: 'CLUSTER', location: 'REGION', project_id: 'PROJECT_ID' },
  },
  'azure/aks-set-context': {
    cluster: 'aks',
    values: { 'cluster-name': 'CLUSTER', 'resource-group': 'RESOURCE_GROUP' },
  },
};

const CLUSTER_COMMANDS: readonly {
  readonly words: RegExp;
  readonly cluster: ClusterKind;
  readonly values: Readonly<Record<string, string>>;
}[] = [
  {
    words: /^aws eks update-kubeconfig\b/,
    cluster: 'eks',
    values: { '--name': 'CLUSTER', '--region': 'REGION' },
  },
  {
    words: /^gcloud container clusters get-credentials\b/,
    cluster: 'gke',
    values: {
      4: 'CLUSTER',
      '--region': 'REGION',
      '--zone': 'REGION',
      '--location': 'REGION',
      '--project': 'PROJECT_ID',
    },
  },
  {
    words: /^az aks get-credentials\b/,
    cluster: 'aks',
    values: {
      '--name': 'CLUSTER',
      '-n': 'CLUSTER',
      '--resource-group': 'RESOURCE_GROUP',
      '-g': 'RESOURCE_GROUP',
    },
  },
];

const ON_CLUSTERS: readonly Kind[] = ['kubernetes', 'kustomize', 'helm', 'argo-cd'];

/**
 * The profile with what the deploying steps of the workflows say of its targets: a platform that no other file shows, and
 * the cluster, region, application or namespace of one that is known. Commands and actions tell it, names of jobs do not.
 */
export function withDeployedPlatforms(profile: RepositoryProfile, set: WorkflowSet): RepositoryProfile {
  const found = deployedPlatforms(set);
  const clusters = clusterLogins(set);
  if (found.length === 0 && clusters.length === 0) return profile;
  const used = new Set<DeployTarget>();
  const withSigns = (target: DeployTarget): DeployTarget => {
    const own = found.filter((each) => isSameTarget(target, each));
    own.forEach((each) => used.add(each));
    if (own.length === 0) return target;
    const form = own.find((each) => each.form !== undefined)?.form;
    const tool = target.tool ?? own.find((each) => each.tool !== undefined)?.tool;
    return {
      ...target,
      path: fact(target.path.value, ...target.path.sources, ...own.flatMap(({ path }) => path.sources)),
      ...(form === undefined ? {} : { form }),
      ...(tool === undefined ? {} : { tool }),
      values: [...(target.values ?? []), ...own.flatMap(({ values }) => values ?? [])],
    };
  };
  const targets = profile.deployTargets.map(withSigns);
  // What only might be a target is one where a workflow deploys to it.
  const possible = profile.possibleTargets.map((target) => ({ target, signed: withSigns(target) }));
  const confirmed = possible.filter(({ target, signed }) => signed !== target);
  // A cluster that something else than a manifest here describes cannot be spoken of by name.
  const added = found
    .filter((each) => !used.has(each) && each.kind !== 'terraform')
    // Its compose file lies on the host: no command from here could name it.
    .map((each): DeployTarget => (each.kind === 'compose' ? { ...each, kind: 'ssh' } : each));
  const all = [...targets, ...confirmed.map(({ signed }) => signed), ...added].map((target) =>
    withCluster(target, clusters),
  );
  return {
    ...profile,
    deployTargets: all,
    possibleTargets: possible.flatMap(({ target, signed }) => (signed === target ? [target] : [])),
    isDeployed:
      !isKnown(profile.isDeployed) && all.length > 0
        ? fact(true, ...all.flatMap(({ path }) => path.sources.slice(0, 1)))
        : profile.isDeployed,
  };
}

function isSameTarget(target: DeployTarget, sign: DeployTarget): boolean {
  if (sign.tool?.value === 'cdk') return target.tool?.value === 'cdk';
  return (ALIKE[sign.kind] ?? [sign.kind]).includes(target.kind);
}

/** A target on a cluster with whose it is, where every login of the workflows says the same. */
function withCluster(target: DeployTarget, logins: readonly ClusterLogin[]): DeployTarget {
  if (!ON_CLUSTERS.includes(target.kind) || logins.length === 0) return target;
  const kinds = new Set(logins.map(({ cluster }) => cluster));
  const [login] = logins;
  if (kinds.size !== 1 || !login) return target;
  return {
    ...target,
    cluster: fact(login.cluster, ...logins.map(({ source }) => source)),
    values: distinctValues([...(target.values ?? []), ...logins.flatMap(({ values }) => values)]),
  };
}

interface ClusterLogin {
  readonly cluster: ClusterKind;
  readonly source: Source;
  readonly values: readonly Fact<PlatformValue>[];
}

/** The logins to managed clusters of the jobs that deploy. */
function clusterLogins(set: WorkflowSet): ClusterLogin[] {
  return set.jobs.flatMap((facts): ClusterLogin[] => {
    if (facts.target === null || facts.calls !== null) return [];
    const { workflow } = facts;
    const environment = onlyEnvironment(facts);
    const login = (
      cluster: ClusterKind,
      source: Source,
      given: readonly (readonly [string, string | null])[],
    ): ClusterLogin => ({
      cluster,
      source,
      values: given.flatMap(([parameter, text]) => {
        const value = text === null ? null : valueOf(set, facts, text);
        return value === null ? [] : [fact({ parameter, value, environment }, source)];
      }),
    });
    const ofActions = facts.job.steps.flatMap((step): ClusterLogin[] => {
      const sign = step.uses ? CLUSTER_ACTIONS[nameOfAction(step.uses.value)] : undefined;
      if (!step.uses || !sign) return [];
      const source = fileSource(workflow.path, workflow.lines.rangeOf(step.uses.span));
      return [
        login(
          sign.cluster,
          source,
          Object.entries(sign.values).map(([input, parameter]) => [parameter, inputOf(step, input)] as const),
        ),
      ];
    });
    const ofCommands = facts.commands.flatMap(({ words: all, span }): ClusterLogin[] => {
      const words = unwrapCommand(all);
      const sign = CLUSTER_COMMANDS.find((each) => each.words.test(words.join(' ')));
      if (!sign) return [];
      const source = fileSource(workflow.path, workflow.lines.rangeOf(span));
      return [login(sign.cluster, source, optionsOf(words, sign.values))];
    });
    return [...ofActions, ...ofCommands];
  });
}

/** What the deploying steps of all workflows deploy to, one target for each platform. */
export function deployedPlatforms(set: WorkflowSet): readonly DeployTarget[] {
  const byKind = new Map<
    string,
    {
      kind: Kind;
      sources: Source[];
      values: Fact<PlatformValue>[];
      form?: DeployTarget['form'];
      tool?: Fact<DeployTool>;
      isSure: boolean;
    }
  >();
  for (const facts of set.jobs) {
    if (facts.target === null || facts.calls !== null) continue;
    for (const evidence of facts.purposes) {
      if (evidence.purpose !== 'deploy' || evidence.confidence === 'weak') continue;
      const found = signOf(set, facts, evidence);
      if (!found) continue;
      const sign = { ...found, values: [...found.values, ...regionOfLogin(set, facts, found.kind)] };
      const here = fileSource(facts.workflow.path, facts.workflow.lines.rangeOf(evidence.span));
      const key = sign.tool === 'cdk' ? 'cdk' : sign.kind;
      const entry = byKind.get(key) ?? { kind: sign.kind, sources: [], values: [], isSure: false };
      byKind.set(key, entry);
      entry.sources.push(here);
      entry.values.push(...sign.values.map((value) => fact(value, here)));
      if (sign.form !== undefined) entry.form = strongestForm(entry.form, sign.form);
      if (sign.tool !== undefined) entry.tool ??= fact(sign.tool, here);
      if (sign.isLikely !== true) entry.isSure = true;
    }
  }
  // Steps that reach a host beside others that name what runs there belong to these.
  if (byKind.has('compose')) byKind.delete('ssh');
  return [...byKind.values()].map(({ kind, sources, values, form, tool, isSure }): DeployTarget => {
    const [first] = sources;
    const path = first?.kind === 'file' ? first.path : '';
    const target: DeployTarget = {
      kind,
      path: factWith(isSure ? 'strong' : 'moderate', path, ...sources),
      deployCommand: unknown(`how it is deployed without ${path}`),
      rollbackCommand: unknown(`command that takes back what ${path} deploys`),
      ...(form === undefined ? {} : { form }),
      ...(tool === undefined ? {} : { tool }),
      values: distinctValues(values),
    };
    return { ...target, rollbackCommand: undoCommand(target, ...sources) };
  });
}

function onlyEnvironment(facts: JobFacts): string | null {
  return facts.environmentNames?.length === 1 ? (facts.environmentNames[0] ?? null) : null;
}

/** The region that the login of the job sets for every command of AWS behind it. */
function regionOfLogin(set: WorkflowSet, facts: JobFacts, kind: Kind): readonly PlatformValue[] {
  if (kind !== 'ecs' && kind !== 'lambda') return [];
  const environment = onlyEnvironment(facts);
  return facts.job.steps.flatMap((step) => {
    if (nameOfAction(step.uses?.value ?? '') !== 'aws-actions/configure-aws-credentials') return [];
    const region = inputOf(step, 'aws-region');
    const value = region === null ? null : valueOf(set, facts, region);
    return value === null ? [] : [{ parameter: 'REGION', value, environment }];
  });
}

interface SignFound {
  readonly kind: Kind;
  readonly values: readonly PlatformValue[];
  readonly form?: NonNullable<DeployTarget['form']>;
  readonly tool?: DeployTool;
  readonly isLikely?: true;
}

function signOf(set: WorkflowSet, facts: JobFacts, evidence: PurposeEvidence): SignFound | null {
  const environment = onlyEnvironment(facts);
  const value = (parameter: string, text: string): PlatformValue[] => {
    const known = valueOf(set, facts, text);
    return known === null ? [] : [{ parameter, value: known, environment }];
  };
  const command = facts.commands.find(
    ({ step, span }) => step.index === evidence.stepIndex && span.start === evidence.span.start,
  );
  if (command) {
    const words = unwrapCommand(command.words);
    const line = words.join(' ');
    const sign = COMMANDS.find((each) => each.words.test(line));
    if (!sign) return null;
    return {
      kind: sign.kind,
      values: [
        ...optionsOf(words, sign.values),
        ...(sign.kind === 'ssh' ? [['DEPLOY_HOST', hostOf(words)] as const] : []),
      ].flatMap(([parameter, text]) => (text === null ? [] : value(parameter, text))),
      ...restOf(sign),
      ...(HAS_SLOTS.includes(sign.kind) ? { form: formOfCommand(line) } : {}),
    };
  }
  const step = facts.job.steps.find((each) => each.index === evidence.stepIndex);
  const signs = step ? [ACTIONS[nameOfAction(step.uses?.value ?? '')] ?? []].flat() : [];
  const sign = signs.find(
    ({ needs }) => step && (!needs || needs.holds.test(inputOf(step, needs.input) ?? '')),
  );
  if (!step || !sign) return null;
  const project = /--project-name[= ](\S+)/.exec(inputOf(step, 'command') ?? '')?.[1];
  return {
    kind: sign.kind,
    values: [
      ...Object.entries(sign.values).flatMap(([input, parameter]) => {
        const given = inputOf(step, input);
        return given === null ? [] : value(parameter, given);
      }),
      ...(sign.kind === 'cloudflare-pages' && project !== undefined ? value('PROJECT', project) : []),
    ],
    ...restOf(sign),
    ...(HAS_SLOTS.includes(sign.kind) ? { form: formOfAction(step) } : {}),
  };
}

/** Kinds whose deployment goes into a slot, as an image, or as a package. */
const HAS_SLOTS: readonly Kind[] = ['app-service', 'azure-functions'];

function restOf({ tool, isLikely }: Sign): Pick<SignFound, 'tool' | 'isLikely'> {
  return { ...(tool === undefined ? {} : { tool }), ...(isLikely === undefined ? {} : { isLikely }) };
}

/** What a command gives its platform's parameters, by option or by place. */
function optionsOf(
  words: readonly string[],
  values: Readonly<Record<string, string>>,
): readonly (readonly [string, string | null])[] {
  return Object.entries(values).map(
    ([option, parameter]) =>
      [parameter, /^\d+$/.test(option) ? plainWord(words[Number(option)]) : optionOf(words, option)] as const,
  );
}

/** `user@host` of a command that reaches a host. */
function hostOf(words: readonly string[]): string | null {
  for (const word of words.slice(1)) {
    const host = /^([\w.-]{1,60}@[\w.-]{1,200})(?::.*)?$/.exec(word)?.[1];
    if (host !== undefined) return host;
  }
  return null;
}

/** `--slot x` prepares a slot that is swapped in later; an image, or else a package. */
function formOfCommand(line: string): NonNullable<DeployTarget['form']> {
  if (/\bslot swap\b/.test(line) || /\s(?:--slot|-s)\s/.test(line)) return 'slot';
  return /\bcontainer set\b/.test(line) ? 'container' : 'package';
}

function formOfAction(step: Step): NonNullable<DeployTarget['form']> {
  const slot = inputOf(step, 'slot-name');
  if (slot !== null && slot.toLowerCase() !== 'production') return 'slot';
  return inputOf(step, 'images') !== null ? 'container' : 'package';
}

/** A slot that is deployed into says more than the image or package that is put there. */
function strongestForm(
  one: DeployTarget['form'],
  other: NonNullable<DeployTarget['form']>,
): NonNullable<DeployTarget['form']> {
  return one === 'slot' || other === 'slot' ? 'slot' : (one ?? other);
}

function inputOf(step: Step, name: string): string | null {
  const found = step.with.find((input) => input.name.value.toLowerCase() === name);
  const text = found?.value.text.trim() ?? '';
  return text === '' ? null : text;
}

function optionOf(words: readonly string[], option: string): string | null {
  const at = words.indexOf(option);
  if (at >= 0) return plainWord(words[at + 1]);
  const joined = words.find((word) => word.startsWith(`${option}=`));
  return joined === undefined ? null : plainWord(joined.slice(option.length + 1));
}

function plainWord(word: string | undefined): string | null {
  return word === undefined || word === '' || word.startsWith('-') ? null : word;
}

const MAX_VALUES = 4;

/**
 * What a text of a job is: itself, the value of an `env` that holds it, every literal that callers bind, or the name under
 * which GitHub keeps it. Null where nothing tells.
 */
function valueOf(set: WorkflowSet, facts: JobFacts, text: string): string | null {
  const variable = /^"?\$\{?([A-Za-z_]\w*)\}?"?$/.exec(text)?.[1];
  const resolved = variable === undefined ? text : environmentValue(facts, variable);
  if (resolved === null) return null;
  const kept = /^\$\{\{\s*(vars|secrets)\.([A-Za-z_]\w*)\s*\}\}$/.exec(resolved);
  if (kept) return kept[1] === 'vars' ? `GitHub variable ${kept[2]}` : `GitHub secret ${kept[2]}`;
  const held = /^\$\{\{\s*env\.([A-Za-z_]\w*)\s*\}\}$/.exec(resolved)?.[1];
  if (held !== undefined) {
    const value = environmentValue(facts, held);
    return value === null || value.includes('env.') ? null : valueOf(set, facts, value);
  }
  if (!resolved.includes('$')) return isName(resolved) ? resolved : null;
  const possible = resolved.includes('${{') ? set.possibleTexts(facts, resolved) : null;
  if (!possible || possible.length === 0 || possible.length > MAX_VALUES || !possible.every(isName))
    return null;
  return possible.join(' or ');
}

/** A variable that the job or its workflow sets. */
function environmentValue({ job, workflow }: JobFacts, name: string): string | null {
  const holders: readonly NamedScalar[] = [...job.env, ...workflow.env];
  const text = holders.find((holder) => holder.name.value === name)?.value.text.trim() ?? '';
  return text === '' ? null : text;
}

/** Something that may be shown as a name: neither an expression nor white space. */
function isName(text: string): boolean {
  return /^[\w.:/@-]{1,200}$/.test(text);
}

function distinctValues(values: readonly Fact<PlatformValue>[]): readonly Fact<PlatformValue>[] {
  const byKey = new Map<string, Fact<PlatformValue>>();
  for (const each of values) {
    const { parameter, value, environment } = each.value;
    const key = `${parameter} ${environment ?? ''} ${value}`;
    const before = byKey.get(key);
    byKey.set(key, before ? fact(before.value, ...before.sources, ...each.sources) : each);
  }
  return [...byKey.values()];
}
