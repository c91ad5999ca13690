import { ownersOf, type OwnerRule } from '../../change/owners';
import type {
  EnvironmentHealth,
  EnvironmentMatrix,
  InfrastructureLink,
  ParityDeviation,
  ScalingOrAccess,
} from '../../documents/environment-matrix/environment-matrix';
import { placeholder, textOf, type Fact, type Source } from '../../evidence/fact';
import type { Environment, RepositoryProfile } from '../../evidence/profile';
import type { Parity } from '../../readiness/parity/parity';
import { counted, enumerated } from '../../text/words';
import type { WorkflowSet } from '../../workflow/understanding';
import {
  addressOf,
  deploymentsTo,
  jobTitle,
  tracksOf,
  variablesOf,
  type EnvironmentDeployment,
} from './deployments';
import { differencesOf, settingDifferences, type Differences } from './differences';
import type { EnvironmentFile } from './environment-files';
import { scalingIn } from './scaling';
import { settingValues } from './setting-values';

/** What an environment matrix is made from. */
export interface MatrixFacts {
  readonly profile: RepositoryProfile;
  readonly set: WorkflowSet;
  readonly paths: readonly string[];
  readonly files: readonly EnvironmentFile[];
  /** Texts of the environments' files, and of manifests and Terraform that belong to all of them, by path. */
  readonly texts: ReadonlyMap<string, string>;
  readonly owners: readonly OwnerRule[];
  readonly parity: Parity;
  /** What the person told, by input. */
  readonly told: ReadonlyMap<string, string>;
  readonly claims: EnvironmentMatrix['claims'];
}

/** The matrix with what of it had to be left out, in a sentence each. */
export interface AssembledMatrix {
  readonly matrix: EnvironmentMatrix;
  readonly notes: readonly string[];
}

/** What belongs to every environment stands under this name. */
const EVERY = 'every environment';

const MAX_DEVIATIONS = 40;
const MAX_SCALING = 80;

interface Known {
  readonly name: string;
  readonly isProduction: boolean;
  readonly deployments: readonly EnvironmentDeployment[];
}

/** The matrix as far as files show it; what an environment is for, and who may do what there, is a person's to say. */
export function assembleEnvironmentMatrix(facts: MatrixFacts): AssembledMatrix {
  const { profile, set } = facts;
  const known = profile.environments.map((environment: Fact<Environment>): Known => ({
    ...environment.value,
    deployments: deploymentsTo(environment, set),
  }));
  const differences = allDifferences(facts, known);
  const deviations = deviationsOf(facts.parity);
  const scaling = scalingOf(facts);
  const notes = [
    ...(differences.leftOut > 0
      ? [`${counted(differences.leftOut, 'more setting')} differ; the first ones are listed.`]
      : []),
    ...(deviations.length > MAX_DEVIATIONS
      ? [
          `${deviations.length - MAX_DEVIATIONS} more deviations were left out; \`release-gate gate\` lists them all.`,
        ]
      : []),
    ...(scaling.length > MAX_SCALING
      ? [`${scaling.length - MAX_SCALING} more settings of scaling and access were left out.`]
      : []),
    ...facts.parity.comparisons.flatMap(({ staging, production, unread }) =>
      unread === null ? [] : [`${staging} and ${production} could not be compared: ${unread}.`],
    ),
  ];
  return {
    notes,
    matrix: {
      service: textOf(profile.service),
      summary: summaryOf(facts, known, differences, deviations),
      environments: known.map((each) => ({
        environment: each.name,
        purpose: purposeOf(each, facts.told),
        address:
          addressOf(each.deployments, set) ??
          hostIn(each.name, facts) ??
          placeholder(`address of ${each.name}`),
        tracks:
          tracksOf(each.deployments) ??
          placeholder(`branch or version that runs in ${each.name}, and what puts it there`),
      })),
      access: known.map((each) => accessOf(each, facts)),
      differences: differences.settings,
      flags: differences.flags,
      parity: deviations.slice(0, MAX_DEVIATIONS),
      health: healthOf(facts, known),
      data: known.map(({ name, isProduction }) => ({
        environment: name,
        data: isProduction
          ? 'production'
          : placeholder(`whether the data of ${name} are synthetic, anonymised or of production`),
        refresh: placeholder(
          isProduction
            ? `how ${name} is built anew from its backups, and how often that is practised`
            : `how often ${name} and its data are built anew`,
        ),
        lifecycle: placeholder(`whether ${name} stays, and what takes it down where it does not`),
      })),
      infrastructure: infrastructureOf(facts),
      scaling: scaling.slice(0, MAX_SCALING),
      claims: facts.claims,
    },
  };
}

function summaryOf(
  { profile }: MatrixFacts,
  known: readonly Known[],
  { settings, flags }: Differences,
  deviations: readonly ParityDeviation[],
): string {
  const service = textOf(profile.service);
  if (known.length === 0)
    return `No file of the repository names an environment of ${service}: ${placeholder('the environments in which the service runs')}.`;
  return [
    `${service} runs in ${enumerated(
      known.map(({ name }) => name),
      'and',
    )}, as workflows, manifests and settings of the repository name them.`,
    `Their files differ in ${counted(settings.length + flags.length, 'setting')}.`,
    deviations.length === 0
      ? 'No file shows staging and production to deviate in more than names, addresses and size.'
      : `Staging and production deviate in ${counted(deviations.length, 'point')}, each of which needs its reason here.`,
    `Environments that no file names: ${placeholder('environments that exist outside of the repository, or none')}.`,
  ].join(' ');
}

function purposeOf({ name, isProduction }: Known, told: ReadonlyMap<string, string>): string {
  // `staging: last look before production; dev: …`.
  const answer = (told.get('purposes') ?? '')
    .split(/[;\n]/)
    .map((part) => /^\s*([\w .-]+?)\s*[:=]\s*(.+)$/.exec(part))
    .find((match) => match?.[1]?.toLowerCase() === name.toLowerCase())?.[2];
  return (
    answer?.trim() ?? (isProduction ? 'production: what its users get' : placeholder(`what ${name} is for`))
  );
}

function accessOf({ name, deployments }: Known, { owners, files, told }: MatrixFacts) {
  const find = ownersOf(owners);
  const reviewed = [
    ...new Set(
      [
        ...files.filter(({ environment }) => environment === name).map(({ path }) => path),
        ...deployments.map(({ facts }) => facts.workflow.path),
      ].flatMap((path) => find(path)),
    ),
  ];
  const jobs = [...new Set(deployments.map(({ facts }) => jobTitle(facts)))];
  const protectedBy = deployments.some(({ facts }) => facts.job.environment !== null);
  return {
    environment: name,
    deploys: [
      ...(jobs.length > 0 ? [`job ${enumerated(jobs, 'and')}`] : []),
      told.get('deployers') ??
        placeholder(
          protectedBy
            ? `who may start and who has to approve a deployment to ${name}`
            : `who may deploy to ${name}`,
        ),
    ].join('; '),
    readsLogs: told.get('log_readers') ?? placeholder(`who reads the logs of ${name}`),
    administers: [
      ...(reviewed.length > 0 ? [`its files are owned by ${enumerated(reviewed, 'and')} (CODEOWNERS)`] : []),
      told.get('administrators') ?? placeholder(`who administers ${name}`),
    ].join('; '),
  };
}

/** Keys under which manifests and values of charts write the host of a way in. */
const WAY_IN =
  /(?:^|\.)ingress\.(?:.*\.)?(?:hosts?(?:\[\d+\])?(?:\.host)?|hostname)$|^Ingress\/\S* spec\.rules\[\d+\]\.host$|^(?:HTTPRoute|Route)\/\S* spec\.(?:hostnames\[\d+\]|host)$/i;

/** The host that a manifest or the values of the environment give its way in. */
function hostIn(name: string, { files, texts }: MatrixFacts): string | null {
  for (const { path, environment } of files) {
    const text = texts.get(path);
    if (environment !== name || text === undefined || !/\.ya?ml$/.test(path)) continue;
    for (const [key, { value }] of settingValues(path, text) ?? []) {
      if (WAY_IN.test(key) && value !== null && /^(?:[a-z0-9-]+\.)+[a-z]{2,}$/i.test(value))
        return `https://${value}`;
    }
  }
  return null;
}

function allDifferences(facts: MatrixFacts, known: readonly Known[]): Differences {
  const ofFiles = settingDifferences(facts.files, facts.texts);
  const variables = known
    .filter(({ deployments }) => deployments.length > 0)
    .map(({ name, deployments }) => ({ name, values: variablesOf(deployments) }));
  const names = new Set(variables.flatMap(({ values }) => [...values.keys()]));
  const ofJobs = differencesOf(
    variables.length < 2
      ? []
      : [...names].flatMap((key) => {
          const of = new Map(variables.map(({ name, values }) => [name, values.get(key)]));
          const all = [...of.values()];
          const isMissing = all.some((value) => value === undefined);
          const shown = all.map((value) => value?.value ?? null);
          // A value that an expression makes may be the same or not.
          if (!isMissing && (shown.includes(null) || new Set(shown).size === 1)) return [];
          const last = variables.findLast(({ values }) => values.has(key))?.values.get(key);
          return [{ key, of, place: last ? `${last.path}:${last.line ?? 1}` : '' }];
        }),
  );
  return {
    settings: [...ofJobs.settings, ...ofFiles.settings],
    flags: [...ofJobs.flags, ...ofFiles.flags],
    leftOut: ofJobs.leftOut + ofFiles.leftOut,
  };
}

/** What the parity of staging and production found; the reason is a person's. */
function deviationsOf(parity: Parity): readonly ParityDeviation[] {
  const found = new Map<string, ParityDeviation>();
  for (const { differences } of parity.comparisons) {
    for (const { what, production } of differences) {
      if (found.has(what)) continue;
      found.set(what, {
        deviation: what,
        rationale: placeholder('why staging and production differ in this'),
        place: placeOf(production),
      });
    }
  }
  return [...found.values()];
}

function placeOf(source: Source): string {
  if (source.kind !== 'file') return '';
  return `${source.path}${source.range ? `:${source.range.start.line}` : ''}`;
}

function healthOf({ profile, set }: MatrixFacts, known: readonly Known[]): readonly EnvironmentHealth[] {
  const rows: EnvironmentHealth[] = [];
  const links = profile.operations.map(({ value }) => value);
  const health = links.filter(({ kind }) => kind === 'health');
  const paths = [...new Set(health.map(({ target }) => target))];
  for (const { name, deployments } of known) {
    const address = addressOf(deployments, set);
    for (const path of paths) {
      const isAddress = /^https?:\/\//.test(path);
      rows.push({
        environment: name,
        kind: 'health',
        name: health.find(({ target }) => target === path)?.name ?? 'health',
        address: isAddress || address === null ? path : `${address.replace(/\/$/, '')}${path}`,
      });
    }
    if (paths.length === 0) {
      rows.push({
        environment: name,
        kind: 'health',
        name: 'health endpoint',
        address: placeholder(`health endpoint of ${name}`),
      });
    }
  }
  const others = links.filter(({ kind }) => kind !== 'health');
  for (const { kind, name, target } of others) {
    const named = known.filter((each) => holdsWord(`${name} ${target}`, each.name)).map((each) => each.name);
    rows.push({
      environment: named.length > 0 ? enumerated(named, 'and') : EVERY,
      kind,
      name,
      address: target,
    });
  }
  if (!others.some(({ kind }) => kind === 'dashboard')) {
    for (const { name } of known) {
      rows.push({
        environment: name,
        kind: 'dashboard',
        name: 'dashboard',
        address: placeholder(`dashboard of ${name}`),
      });
    }
  }
  return rows;
}

function holdsWord(text: string, word: string): boolean {
  const at = text.toLowerCase().indexOf(word.toLowerCase());
  return (
    at >= 0 && !/[a-z0-9]/i.test(text[at - 1] ?? ' ') && !/[a-z0-9]/i.test(text[at + word.length] ?? ' ')
  );
}

function infrastructureOf({ profile, files, set }: MatrixFacts): readonly InfrastructureLink[] {
  const rows: InfrastructureLink[] = [];
  const add = (environment: string, path: string, what: string): void => {
    if (rows.some((row) => row.environment === environment && row.path === path)) return;
    rows.push({ environment, path, what });
  };
  for (const { path, environment } of files) add(environment, path, whatIs(path));
  const kinds = new Map(profile.deployTargets.map(({ path, kind }) => [path.value, kind]));
  for (const { value: path } of profile.infrastructure) {
    const kind = kinds.get(path);
    add(EVERY, path, kind === 'kubernetes' ? 'Kubernetes manifests' : whatIs(path));
  }
  for (const { value: path } of profile.dockerfiles) add(EVERY, path, 'container image');
  for (const script of [profile.deployScript, profile.rollbackScript]) {
    const source = script?.sources[0];
    if (source?.kind === 'file') add(EVERY, source.path, 'script');
  }
  for (const { facts } of profile.environments.flatMap((each) => deploymentsTo(each, set)))
    add(EVERY, facts.workflow.path, 'workflow that deploys');
  return rows;
}

function whatIs(path: string): string {
  if (/\.tfvars/.test(path)) return 'Terraform values';
  if (/\.tf$|terraform/i.test(path)) return 'Terraform';
  if (/kustomization\.ya?ml$|kustomize|overlays/i.test(path)) return 'Kustomize';
  if (/values[^/]*\.ya?ml$/i.test(path)) return 'Helm values';
  if (/Chart\.ya?ml$|charts?(?:\/|$)|helm/i.test(path)) return 'Helm chart';
  if (/compose/.test(path)) return 'Docker Compose';
  if (/\.env/.test(path)) return 'environment variables';
  if (/\.ya?ml$/.test(path)) return 'manifest or settings';
  return 'configuration';
}

function scalingOf({ files, texts }: MatrixFacts): readonly ScalingOrAccess[] {
  const byPath = new Map(files.map((file) => [file.path, file.environment]));
  return [...texts].flatMap(([path, text]) => scalingIn(path, text, byPath.get(path) ?? EVERY));
}
