import type { History, RepositoryFiles } from '../ports';
import { fact, fileSource, isKnown, unknown, type Fact, type Known, type Source } from './fact';
import type { DeployTarget, RepositoryProfile, Stack } from './profile';
import { withClusters } from './detect/clusters';
import { readContainers, readLinks } from './detect/containers';
import { readDotnetStacks } from './detect/dotnet';
import { orderEnvironments } from './detect/environments';
import { readGoStacks } from './detect/go';
import { readHosting } from './detect/hosting';
import { readInfrastructure } from './detect/infrastructure';
import { readJavaStacks } from './detect/java';
import { readDashboards, readKubernetes } from './detect/kubernetes';
import { readMigrationFolders } from './detect/migration-folders';
import { readMigrationTools } from './detect/migration-tools';
import { readNodeStacks } from './detect/node';
import { readOwners } from './detect/owners';
import { readPhpStacks } from './detect/php';
import { readPythonStacks } from './detect/python';
import { startReading } from './detect/reading';
import { readRubyStacks } from './detect/ruby';
import { readRustStacks } from './detect/rust';
import { readRegistries } from './detect/registries';
import { readScripts } from './detect/scripts';
import { shellWord } from './detect/shell-text';
import { readVersioning } from './detect/versioning';
import { readWorkflowFacts } from './detect/workflow-facts';
import { readWorkspaces } from './detect/workspaces';
import { counted } from '../text/words';

/** One repository, as far as its profile needs it; a task's `World` is one. */
export interface ProfileWorld {
  readonly files: RepositoryFiles;
  readonly history: History;
  /** Names that the configuration gives to environments; others are told by Definition 2 (docs/pipelines.md). */
  readonly configuration?: {
    readonly productionEnvironments: readonly string[];
    readonly otherEnvironments: readonly string[];
  };
}

/** How the collection talks to its face; a task's `TaskRun` is one. */
export interface ProfileRun {
  readonly signal: AbortSignal;
  report(message: string, sources?: readonly Source[]): void;
}

/**
 * Reads what a repository is from its files and history, each fact with the place that says it. Nothing is guessed:
 * what no file tells is unknown, and a broken file is among `problems` while the others are read.
 *
 * @throws The signal's reason when it is aborted.
 */
export async function collectProfile(world: ProfileWorld, run: ProfileRun): Promise<RepositoryProfile> {
  const { history } = world;
  const known = world.configuration ?? { productionEnvironments: [], otherEnvironments: [] };
  const reading = await startReading(world.files, run.signal);
  const workflows = reading.paths.filter((path) => /^\.github\/workflows\/[^/]+\.ya?ml$/.test(path));
  const stacks = [
    ...(await readNodeStacks(reading)),
    ...(await readPythonStacks(reading)),
    ...(await readGoStacks(reading)),
    ...(await readJavaStacks(reading)),
    ...(await readRustStacks(reading)),
    ...(await readDotnetStacks(reading)),
    ...(await readRubyStacks(reading)),
    ...(await readPhpStacks(reading)),
  ].sort(byFolder);
  const containers = await readContainers(reading);
  const kubernetes = await readKubernetes(reading);
  const infrastructure = await readInfrastructure(reading);
  const hosting = await readHosting(reading);
  const migrationTools = await readMigrationTools(reading);
  const scripts = await readScripts(reading);
  const fromWorkflows = await readWorkflowFacts(reading, workflows);
  const owners = await readOwners(reading);
  const links = [...(await readDashboards(reading)), ...(await readLinks(reading))];
  const remote = await remoteOf(history, run.signal);
  const branch = await history.defaultBranch(run.signal);

  const compose = containers.composeFiles.map((file) => composeTarget(file));
  const targets = withClusters(
    [
      ...(scripts.target ? [scripts.target] : []),
      ...kubernetes.targets,
      ...hosting.targets,
      ...infrastructure.targets,
      ...compose,
    ],
    [...infrastructure.clusters, ...scripts.clusters, ...hosting.clusters],
  );
  const built = containers.dockerfiles.length > 0;
  const image = built
    ? (fromWorkflows.images[0] ?? kubernetes.images[0] ?? containers.builtImages[0])
    : undefined;
  const profile: RepositoryProfile = {
    service: serviceOf(stacks, targets, remote),
    remote,
    defaultBranch: branch
      ? fact(branch, { kind: 'git', what: 'refs/remotes/origin/HEAD' })
      : unknown('default branch of the repository'),
    stacks,
    dockerfiles: containers.dockerfiles,
    image:
      image ??
      unknown(
        built
          ? 'name of the container image in its registry'
          : 'name of a container image: no Dockerfile builds one',
      ),
    deployTargets: targets,
    possibleTargets: hosting.possible,
    isDeployed:
      targets.length > 0
        ? fact(true, ...targets.flatMap(({ path }) => path.sources.slice(0, 1)))
        : unknown('whether anything here is deployed, and how'),
    registries: await readRegistries(reading, {
      stacks,
      workflows,
      images: [...fromWorkflows.images, ...containers.builtImages],
      buildsImages: built,
    }),
    versioning: await readVersioning(reading, stacks, history, run.signal),
    workspaces: await readWorkspaces(reading, stacks),
    environments: orderEnvironments(
      [
        ...fromWorkflows.environments,
        ...kubernetes.environments,
        ...infrastructure.environments,
        ...hosting.environments,
      ],
      known,
    ),
    deployScript: scripts.deploy,
    rollbackScript: scripts.rollback,
    smokeTest: scripts.smoke ?? smokeOfStacks(stacks),
    operations: distinct(
      [...kubernetes.health, ...containers.health, ...links, ...kubernetes.alerts],
      (link) =>
        link.kind === 'health' ? `health ${link.target}` : `${link.kind} ${link.name} ${link.target}`,
    ),
    owners,
    migrationFolders: await readMigrationFolders(reading),
    migrationTools,
    infrastructure: distinct(
      [...infrastructure.folders, ...kubernetes.infrastructure, ...containers.composeFiles],
      (path) => path,
    ),
    workflows,
    clouds: distinct(
      [...fromWorkflows.clouds, ...infrastructure.clouds, ...scripts.clouds],
      (cloud) => cloud,
    ),
    problems: reading.problems,
  };
  run.report(
    `Read ${counted(reading.paths.length, 'file')} of ${world.files.name}: ${counted(stacks.length, 'manifest')}, ` +
      `${counted(containers.dockerfiles.length, 'Dockerfile')}, ${counted(targets.length, 'deployment target')}, ` +
      counted(workflows.length, 'workflow'),
    [
      ...stacks.flatMap((stack) => stack.manifest.sources),
      ...containers.dockerfiles.flatMap((file) => file.sources),
      ...targets.flatMap((target) => target.path.sources.slice(0, 1)),
      ...workflows.map((path) => fileSource(path)),
    ],
  );
  return profile;
}

/** Where no script asks the deployed system, the smoke test that a manifest defines. */
function smokeOfStacks(stacks: readonly Stack[]): Fact<string> | null {
  for (const stack of stacks) {
    const smoke = stack.commands.smoke?.[0];
    if (smoke)
      return fact(
        stack.folder === '' ? smoke.value : `cd ${shellWord(stack.folder)} && ${smoke.value}`,
        ...smoke.sources,
      );
  }
  return null;
}

function composeTarget(file: Fact<string>): DeployTarget {
  return {
    kind: 'compose',
    path: file,
    deployCommand: unknown(`host on which ${file.value} is started`),
    rollbackCommand: unknown(`host on which ${file.value} is started`),
  };
}

/** The root's package, the only package, the only workload, else the repository: whatever names it without a doubt. */
function serviceOf(
  stacks: readonly Stack[],
  targets: readonly DeployTarget[],
  remote: RepositoryProfile['remote'],
): Known<string> {
  const root = stacks.find((stack) => stack.folder === '') ?? (stacks.length === 1 ? stacks[0] : undefined);
  if (root && isKnown(root.name)) return fact(root.name.value.replace(/^@[^/]+\//, ''), ...root.name.sources);
  const workloads = targets.flatMap((target) => target.workloads ?? []);
  const [only] = workloads;
  if (only && workloads.length === 1) return fact(only.value.name, ...only.sources);
  return isKnown(remote) ? fact(remote.value.name, ...remote.sources) : unknown('name of the service');
}

/** Equal values become one fact with all their sources. */
function distinct<T>(facts: readonly Fact<T>[], keyOf: (value: T) => string): Fact<T>[] {
  const byKey = new Map<string, Fact<T>>();
  for (const item of facts) {
    const before = byKey.get(keyOf(item.value));
    byKey.set(keyOf(item.value), before ? fact(before.value, ...before.sources, ...item.sources) : item);
  }
  return [...byKey.values()];
}

function byFolder(a: Stack, b: Stack): number {
  return a.folder < b.folder ? -1 : a.folder > b.folder ? 1 : 0;
}

async function remoteOf(history: History, signal: AbortSignal): Promise<RepositoryProfile['remote']> {
  const url = await history.remoteUrl(signal);
  const parsed = url === null ? null : parseRemote(url);
  return parsed
    ? fact(parsed, { kind: 'git', what: 'the URL of the remote' })
    : unknown('owner and name of the repository on its host');
}

/** `https://host/owner/name(.git)`, `ssh://git@host/owner/name` and `git@host:owner/name`; null for anything else. */
export function parseRemote(
  url: string,
): { readonly host: string; readonly owner: string; readonly name: string } | null {
  const match =
    /^(?:https?|ssh|git):\/\/(?:[^@/\s]{1,200}@)?([\w.-]{1,200})(?::\d{1,5})?\/([\w./-]{1,200})\/([\w.-]{1,200}?)(?:\.git)?\/?$/.exec(
      url,
    ) ??
    /^(?:[\w.-]{1,100}@)?([\w.-]{1,200}):(?!\/)([\w./-]{1,200})\/([\w.-]{1,200}?)(?:\.git)?\/?$/.exec(url);
  const [, host, owner, name] = match ?? [];
  return host && owner && name ? { host, owner, name } : null;
}
