import { PACKAGE_REGISTRY_OF } from './detect/registries';
import { orderEnvironments, isProductionName, type KnownEnvironments } from './detect/environments';
import { undoCommand } from './detect/hosting';
import { fact, isKnown, unknown, type Fact, type Known, type Source } from './fact';
import type {
  ClusterKind,
  DeployTarget,
  PipelinePhase,
  PlatformValue,
  ProfileProblem,
  Registry,
  RepositoryProfile,
  Stack,
  Versioning,
} from './profile';

/** What a person says in place of what was found, or that nothing of it is there (`none`). */
export type Corrected<T> = Fact<T> | { readonly none: Source };

/** What the configuration says of the stack of one manifest. */
export interface StackCorrection {
  /** Where the configuration names the manifest. */
  readonly source: Source;
  /** The manifest is none of the product's: its stack is left out. */
  readonly isNone: boolean;
  readonly packageManager?: Fact<string>;
  readonly languageVersion?: Fact<string>;
  readonly isPublished?: Fact<boolean>;
  readonly registry?: Fact<string>;
  readonly outputs?: Corrected<readonly Fact<string>[]>;
  readonly commands: Readonly<Partial<Record<PipelinePhase, Corrected<readonly Fact<string>[]>>>>;
}

/** What the configuration says of how the repository is deployed. */
export interface DeployCorrection {
  readonly target?: Fact<DeployTarget['kind']>;
  readonly path?: Fact<string>;
  readonly command?: Corrected<string>;
  readonly rollback?: Corrected<string>;
  readonly smoke?: Corrected<string>;
  readonly form?: Fact<NonNullable<DeployTarget['form']>>;
  readonly cluster?: Fact<ClusterKind>;
  readonly values: readonly Fact<PlatformValue>[];
}

/** An environment as the configuration names it; whether it is production its name says where nothing else does. */
export interface CorrectedEnvironment {
  readonly name: string;
  readonly isProduction: boolean | null;
}

/**
 * What `profile:` of the configuration says. Each part is a fact whose source is the configuration's file and line, and goes
 * before what was found.
 */
export interface ProfileCorrections {
  readonly service?: Fact<string>;
  readonly defaultBranch?: Fact<string>;
  readonly image?: Corrected<string>;
  readonly versioning?: Fact<Pick<Versioning, 'scheme' | 'tagPrefix'>>;
  readonly registries?: Corrected<readonly Fact<Registry>[]>;
  /** By manifest, `services/api/package.json`. */
  readonly stacks: ReadonlyMap<string, StackCorrection>;
  /** `none`: nothing here is deployed. */
  readonly deploy?: DeployCorrection | { readonly none: Source };
  readonly environments?: Corrected<readonly Fact<CorrectedEnvironment>[]>;
}

export const noCorrections: ProfileCorrections = { stacks: new Map() };

/** Whether a correction says that nothing of it is there. */
export function isNone(corrected: object): corrected is { readonly none: Source } {
  return 'none' in corrected;
}

/** Corrections of two files as one: those of the later file win, key by key. */
export function joinCorrections(base: ProfileCorrections, said: ProfileCorrections): ProfileCorrections {
  const stacks = new Map(base.stacks);
  for (const [manifest, own] of said.stacks) {
    const before = stacks.get(manifest);
    stacks.set(
      manifest,
      before && !own.isNone ? { ...before, ...own, commands: { ...before.commands, ...own.commands } } : own,
    );
  }
  const { deploy } = said;
  return {
    ...base,
    ...said,
    stacks,
    ...(deploy && !isNone(deploy) && base.deploy && !isNone(base.deploy)
      ? { deploy: { ...base.deploy, ...deploy, values: [...deploy.values, ...base.deploy.values] } }
      : {}),
  };
}

/** The profile as a person corrects it. What names something that is not there is among its problems. Pure. */
export function correctProfile(
  profile: RepositoryProfile,
  corrections: ProfileCorrections,
  known: KnownEnvironments,
): RepositoryProfile {
  const problems: ProfileProblem[] = [...(profile.problems ?? [])];
  const stacks = correctStacks(profile.stacks, corrections.stacks, problems);
  const { service, defaultBranch, image, registries, environments, versioning } = corrections;
  return {
    ...profile,
    stacks,
    ...(service ? { service } : {}),
    ...(defaultBranch ? { defaultBranch } : {}),
    ...(image
      ? { image: knownOf(image, 'name of a container image: the configuration says that there is none') }
      : {}),
    ...(image && isNone(image) ? { dockerfiles: [] } : {}),
    registries: registries
      ? isNone(registries)
        ? []
        : registries.value
      : correctRegistries(profile, stacks, corrections.stacks),
    ...(versioning ? { versioning: correctVersioning(profile.versioning, versioning) } : {}),
    ...(environments ? { environments: correctEnvironments(environments, known) } : {}),
    ...correctDeployment(profile, corrections.deploy),
    ...(problems.length > 0 || profile.problems ? { problems } : {}),
  };
}

function knownOf<T>(corrected: Corrected<T>, needed: string): Known<T> {
  return isNone(corrected) ? unknown(needed) : corrected;
}

function correctStacks(
  stacks: readonly Stack[],
  corrections: ReadonlyMap<string, StackCorrection>,
  problems: ProfileProblem[],
): readonly Stack[] {
  for (const [manifest, { source }] of corrections) {
    if (stacks.some((stack) => stack.manifest.value === manifest) || source.kind !== 'file') continue;
    problems.push({
      path: source.path,
      message: `corrects ${manifest}, of which no stack was read`,
      range: source.range,
    });
  }
  return stacks.flatMap((stack): Stack[] => {
    const own = corrections.get(stack.manifest.value);
    if (!own) return [stack];
    if (own.isNone) return [];
    const commands: Partial<Record<PipelinePhase, readonly Fact<string>[]>> = { ...stack.commands };
    for (const [phase, said] of Object.entries(own.commands) as [
      PipelinePhase,
      Corrected<readonly Fact<string>[]>,
    ][]) {
      if (isNone(said)) delete commands[phase];
      else commands[phase] = said.value;
    }
    const { packageManager, languageVersion, isPublished, registry, outputs } = own;
    const { outputs: found, ...rest } = stack;
    const kept = outputs ? (isNone(outputs) ? [] : outputs.value) : found;
    return [
      {
        ...rest,
        commands,
        ...(kept && kept.length > 0 ? { outputs: kept } : {}),
        ...(packageManager ? { packageManager } : {}),
        ...(languageVersion ? { languageVersion } : {}),
        ...(isPublished ? { isPublished: isPublished.value } : {}),
        ...(registry ? { registry } : {}),
      },
    ];
  });
}

/** Where a stack is said to be published, or not, its registry follows; so does that of a manifest that is no part. */
function correctRegistries(
  { registries = [] }: RepositoryProfile,
  stacks: readonly Stack[],
  corrections: ReadonlyMap<string, StackCorrection>,
): readonly Fact<Registry>[] {
  const said = (stack: Stack): Fact<boolean> | undefined =>
    corrections.get(stack.manifest.value)?.isPublished;
  const kept = registries.filter(({ value, sources }) => {
    if (value.holds === 'images') return true;
    const manifest = sources.find((source) => source.kind === 'file')?.path;
    if (manifest !== undefined && corrections.get(manifest)?.isNone) return false;
    const stack = stacks.find((other) => other.folder === value.folder && kindOf(other) === value.kind);
    return stack === undefined || said(stack)?.value !== false;
  });
  const added = stacks.flatMap((stack): Fact<Registry>[] => {
    const kind = kindOf(stack);
    const published = said(stack);
    if (kind === null || published?.value !== true) return [];
    if (kept.some(({ value }) => value.kind === kind && value.folder === stack.folder)) return [];
    return [
      fact<Registry>(
        {
          kind,
          holds: 'packages',
          address: stack.registry?.value ?? null,
          name: isKnown(stack.name) ? stack.name.value : null,
          folder: stack.folder,
        },
        ...published.sources,
      ),
    ];
  });
  return [...kept, ...added];
}

function kindOf(stack: Stack): Registry['kind'] | null {
  return PACKAGE_REGISTRY_OF[stack.language];
}

function correctVersioning(
  found: RepositoryProfile['versioning'],
  said: NonNullable<ProfileCorrections['versioning']>,
): RepositoryProfile['versioning'] {
  const before = isKnown(found) ? found.value : null;
  return fact(
    {
      scheme: said.value.scheme,
      tool: before?.tool ?? null,
      tagPrefix: said.value.tagPrefix ?? before?.tagPrefix ?? null,
    },
    ...said.sources,
  );
}

/** In the order in which the configuration has them: that is the order of promotion. */
function correctEnvironments(
  said: NonNullable<ProfileCorrections['environments']>,
  known: KnownEnvironments,
): RepositoryProfile['environments'] {
  if (isNone(said)) return [];
  const named = said.value.map(({ value: { name, isProduction }, sources }) =>
    fact({ name, isProduction: isProduction ?? isProductionName(name, known) }, ...sources),
  );
  const isFlagged = said.value.some(({ value }) => value.isProduction !== null);
  if (isFlagged) return named;
  // A list of names alone is put into the usual order.
  const ordered = orderEnvironments(
    named.flatMap(({ value, sources }) => (sources[0] ? [{ name: value.name, source: sources[0] }] : [])),
    known,
  );
  return ordered;
}

function correctDeployment(
  profile: RepositoryProfile,
  deploy: ProfileCorrections['deploy'],
): Partial<RepositoryProfile> {
  if (!deploy) return {};
  if (isNone(deploy)) {
    return { deployTargets: [], possibleTargets: [], isDeployed: fact(false, deploy.none) };
  }
  const { command, rollback, smoke, target, path, form, cluster, values } = deploy;
  const smokeTest = smoke ? { smokeTest: isNone(smoke) ? null : smoke } : {};
  const told = [target, path, form, cluster, ...values].filter((each) => each !== undefined);
  const commands = [command, rollback].flatMap((each) => (each && !isNone(each) ? [each] : []));
  const isOfTarget = told.length > 0 || command !== undefined || rollback !== undefined;
  if (!isOfTarget) return smokeTest;
  const base = baseTarget(profile, deploy);
  const sources = [...told, ...commands].flatMap((each) => each.sources);
  const named = path ? fact(path.value, ...path.sources) : base.path;
  const corrected: DeployTarget = {
    ...base,
    path: target && !path ? fact(named.value, ...named.sources, ...target.sources) : named,
    ...(form ? { form: form.value } : {}),
    ...(cluster ? { cluster } : {}),
    values: [
      ...values,
      ...(base.values ?? []).filter(({ value }) => !values.some((said) => replaces(said.value, value))),
    ],
  };
  const withUndo =
    rollback === undefined && !isKnown(corrected.rollbackCommand)
      ? { ...corrected, rollbackCommand: undoCommand(corrected, ...sources.slice(0, 1)) }
      : corrected;
  return {
    ...smokeTest,
    deployTargets: [
      {
        ...withUndo,
        ...(command
          ? {
              deployCommand: knownOf(
                command,
                'command that deploys: the configuration says that there is none',
              ),
            }
          : {}),
        ...(rollback
          ? {
              rollbackCommand: knownOf(
                rollback,
                'command that goes back: the configuration says that there is none',
              ),
            }
          : {}),
      },
    ],
    possibleTargets: [],
    isDeployed: fact(true, ...sources.slice(0, 1)),
  };
}

function replaces(said: PlatformValue, found: PlatformValue): boolean {
  return (
    said.parameter === found.parameter &&
    (said.environment === null || said.environment === found.environment)
  );
}

/** The target that is corrected: one that was found of that kind and path, the first that was found, or a new one. */
function baseTarget(profile: RepositoryProfile, { target, path, command }: DeployCorrection): DeployTarget {
  const found = [...profile.deployTargets, ...profile.possibleTargets];
  const isSame = (each: DeployTarget): boolean =>
    (!target || each.kind === target.value) && (!path || each.path.value === path.value);
  const same = found.find(isSame);
  if (same) return { ...same, path: fact(same.path.value, ...same.path.sources) };
  const here = target?.sources ?? path?.sources ?? (command && !isNone(command) ? command.sources : []);
  // Without a kind, a command of one's own is what a script is.
  const kind = target?.value ?? 'script';
  const what = path?.value ?? '.';
  return {
    kind,
    path: fact(what, ...here),
    deployCommand: unknown(`how ${what === '.' ? 'this repository' : what} is deployed`),
    rollbackCommand: unknown(`command that takes ${what === '.' ? 'it' : what} back`),
  };
}

/** Where the configuration names the file and line, as a source of a fact. */
export function isCorrectedIn(configurationPath: string, { sources }: Fact<unknown>): boolean {
  return sources.some((source) => source.kind === 'file' && source.path === configurationPath);
}
