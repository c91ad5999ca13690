import { fact, fileSource, unknown, type Fact, type Source } from '../evidence/fact';
import { undoCommand } from '../evidence/detect/hosting';
import type { DeployTarget, PlatformValue, RepositoryProfile } from '../evidence/profile';
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
}

/** Actions that deploy to one platform, with the inputs that say where. */
const ACTIONS: Readonly<Record<string, Sign>> = {
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
  'cloudflare/wrangler-action': { kind: 'cloudflare-workers', values: {} },
  'azure/k8s-deploy': { kind: 'kubernetes', values: { namespace: 'NAMESPACE' } },
  'appleboy/ssh-action': {
    kind: 'compose',
    values: { host: 'DEPLOY_HOST' },
    needs: { input: 'script', holds: /\bdocker[ -]compose\b/ },
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
  { words: /^sam deploy\b/, kind: 'lambda', values: { '--region': 'REGION' } },
  { words: /^(?:serverless|sls) deploy\b/, kind: 'lambda', values: { '--region': 'REGION' } },
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
  { words: /^(?:flyctl|fly) deploy\b/, kind: 'fly', values: { '--app': 'APP', '-a': 'APP' } },
  {
    words: /^heroku (?:container:release|builds:create)\b/,
    kind: 'heroku',
    values: { '--app': 'APP', '-a': 'APP' },
  },
  { words: /^git push\b.*\bheroku\b/, kind: 'heroku', values: {} },
  { words: /^(?:vercel|now)\b.*\s--prod(?:uction)?\b/, kind: 'vercel', values: {} },
  { words: /^netlify deploy\b/, kind: 'netlify', values: { '--site': 'SITE_ID', '-s': 'SITE_ID' } },
  { words: /^wrangler (?:deploy|publish)\b/, kind: 'cloudflare-workers', values: { '--name': 'WORKER' } },
  { words: /^helm upgrade\b/, kind: 'helm', values: { '--namespace': 'NAMESPACE', '-n': 'NAMESPACE' } },
  {
    words: /^(?:kubectl|oc) (?:apply|set|rollout|replace|create)\b/,
    kind: 'kubernetes',
    values: { '--namespace': 'NAMESPACE', '-n': 'NAMESPACE' },
  },
  { words: /^(?:docker compose|docker-compose)\b.*\bup\b/, kind: 'compose', values: {} },
  { words: /^ssh\b.*\bdocker[ -]compose\b/, kind: 'compose', values: { 1: 'DEPLOY_HOST' } },
  { words: /^argocd app sync\b/, kind: 'argo-cd', values: { 3: 'APPLICATION' } },
  { words: /^(?:terraform|tofu)\b.*\bapply\b/, kind: 'terraform', values: { '-var-file': 'VAR_FILE' } },
];

/** Kinds that come down to the same commands: what a workflow says of one is said of the other. */
const ALIKE: Readonly<Partial<Record<Kind, readonly Kind[]>>> = {
  kubernetes: ['kubernetes', 'kustomize', 'helm'],
};

/**
 * The profile with what the deploying steps of the workflows say of its targets: a platform that no other file shows, and
 * the cluster, region, application or namespace of one that is known. Commands and actions tell it, names of jobs do not.
 */
export function withDeployedPlatforms(profile: RepositoryProfile, set: WorkflowSet): RepositoryProfile {
  const found = deployedPlatforms(set);
  if (found.length === 0) return profile;
  const used = new Set<DeployTarget>();
  const targets = profile.deployTargets.map((target): DeployTarget => {
    const own = found.filter(({ kind }) => (ALIKE[kind] ?? [kind]).includes(target.kind));
    own.forEach((each) => used.add(each));
    if (own.length === 0) return target;
    const form = own.find((each) => each.form !== undefined)?.form;
    return {
      ...target,
      path: fact(target.path.value, ...target.path.sources, ...own.flatMap(({ path }) => path.sources)),
      ...(form === undefined ? {} : { form }),
      values: [...(target.values ?? []), ...own.flatMap(({ values }) => values ?? [])],
    };
  });
  // A cluster that something else than a manifest here describes cannot be spoken of by name.
  const added = found.filter((each) => !used.has(each) && each.kind !== 'terraform');
  return { ...profile, deployTargets: [...targets, ...added] };
}

/** What the deploying steps of all workflows deploy to, one target for each platform. */
export function deployedPlatforms(set: WorkflowSet): readonly DeployTarget[] {
  const byKind = new Map<
    Kind,
    { sources: Source[]; values: Fact<PlatformValue>[]; form?: DeployTarget['form'] }
  >();
  for (const facts of set.jobs) {
    if (facts.target === null || facts.calls !== null) continue;
    for (const evidence of facts.purposes) {
      if (evidence.purpose !== 'deploy' || evidence.confidence === 'weak') continue;
      const found = signOf(set, facts, evidence);
      if (!found) continue;
      const sign = { ...found, values: [...found.values, ...regionOfLogin(set, facts, found.kind)] };
      const here = fileSource(facts.workflow.path, facts.workflow.lines.rangeOf(evidence.span));
      const entry = byKind.get(sign.kind) ?? { sources: [], values: [] };
      byKind.set(sign.kind, entry);
      entry.sources.push(here);
      entry.values.push(...sign.values.map((value) => fact(value, here)));
      if (sign.form !== undefined) entry.form = strongestForm(entry.form, sign.form);
    }
  }
  return [...byKind].map(([kind, { sources, values, form }]): DeployTarget => {
    const [first] = sources;
    const path = first?.kind === 'file' ? first.path : '';
    const target: DeployTarget = {
      kind,
      path: fact(path, ...sources),
      deployCommand: unknown(`how it is deployed without ${path}`),
      rollbackCommand: unknown(`command that takes back what ${path} deploys`),
      ...(form === undefined ? {} : { form }),
      values: distinctValues(values),
    };
    return { ...target, rollbackCommand: undoCommand(target, ...sources) };
  });
}

/** The region that the login of the job sets for every command of AWS behind it. */
function regionOfLogin(set: WorkflowSet, facts: JobFacts, kind: Kind): readonly PlatformValue[] {
  if (kind !== 'ecs' && kind !== 'lambda') return [];
  const environment = facts.environmentNames?.length === 1 ? (facts.environmentNames[0] ?? null) : null;
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
}

function signOf(set: WorkflowSet, facts: JobFacts, evidence: PurposeEvidence): SignFound | null {
  const environment = facts.environmentNames?.length === 1 ? (facts.environmentNames[0] ?? null) : null;
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
      values: Object.entries(sign.values).flatMap(([option, parameter]) => {
        const text = /^\d+$/.test(option) ? plainWord(words[Number(option)]) : optionOf(words, option);
        return text === null ? [] : value(parameter, text);
      }),
      ...(sign.kind === 'app-service' ? { form: formOfCommand(line) } : {}),
    };
  }
  const step = facts.job.steps.find((each) => each.index === evidence.stepIndex);
  const sign = step ? ACTIONS[nameOfAction(step.uses?.value ?? '')] : undefined;
  if (!step || !sign) return null;
  if (sign.needs && !sign.needs.holds.test(inputOf(step, sign.needs.input) ?? '')) return null;
  return {
    kind: sign.kind,
    values: Object.entries(sign.values).flatMap(([input, parameter]) => {
      const given = inputOf(step, input);
      return given === null ? [] : value(parameter, given);
    }),
    ...(sign.kind === 'app-service' ? { form: formOfAction(step) } : {}),
  };
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
