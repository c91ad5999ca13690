import { imageName } from '../evidence/detect/containers';
import { kindOfHost } from '../evidence/detect/registries';
import { isPlainText } from '../evidence/detect/shell-text';
import { fact, fileSource, type Fact, type Source } from '../evidence/fact';
import { platforms } from '../evidence/platforms';
import {
  PIPELINE_PHASES,
  type ClusterKind,
  type DeployTarget,
  type PipelinePhase,
  type PlatformValue,
  type Registry,
  type Versioning,
} from '../evidence/profile';
import type {
  Corrected,
  CorrectedEnvironment,
  DeployCorrection,
  ProfileCorrections,
  StackCorrection,
} from '../evidence/profile-corrections';
import type { LineIndex, Located, Span } from '../text/position';
import { nearMiss } from '../rules/near-miss';
import { entryOf, type YamlMap, type YamlValue } from '../workflow/yaml-tree';
import { isNull, placeOf, staysInside, type LayerReader, type SayMistake } from './layer-reader';

/** The keys of `profile:`, in the order in which people read them. */
export const PROFILE_KEYS = [
  'service',
  'default-branch',
  'image',
  'versioning',
  'registries',
  'stacks',
  'deploy',
  'environments',
] as const;

export const STACK_KEYS = [
  'package-manager',
  'language-version',
  'publish',
  'registry',
  'outputs',
  'commands',
] as const;

export const DEPLOY_KEYS = [
  'target',
  'path',
  'command',
  'rollback',
  'smoke',
  'form',
  'cluster',
  'values',
] as const;

/** Kinds of targets that a person may name: all but those that only say that nothing is known. */
export const TARGET_KINDS = Object.keys(platforms).filter(
  (kind) => kind !== 'other',
) as DeployTarget['kind'][];

export const FORMS = ['slot', 'container', 'package'] as const;
export const CLUSTERS: readonly ClusterKind[] = ['eks', 'gke', 'aks'];
export const SCHEMES: readonly Versioning['scheme'][] = ['semantic', 'calendar', 'other'];
export const PACKAGE_REGISTRIES = [
  'npm',
  'pypi',
  'crates',
  'maven',
  'nuget',
  'rubygems',
  'packagist',
] as const;

/** The word by which a part of the profile is said not to be there. */
export const NONE = 'none';

/** What `profile:` of one file says, with the names of environments that it calls production or not. */
export interface ReadProfileKeys {
  readonly corrections: ProfileCorrections;
  readonly production: readonly string[];
  readonly other: readonly string[];
}

/** Reads `profile:`; mistakes are said at their places, and what is not said is left out. */
export function readProfileKeys(
  path: string,
  map: YamlMap,
  lines: LineIndex,
  reader: LayerReader,
  problem: SayMistake,
): ReadProfileKeys {
  const { knownKeys, mapAt, textAt, textsAt, flagAt } = reader;
  const at = (span: Span): Source => fileSource(path, lines.rangeOf(span));
  const located = <T>({ value, span }: Located<T>): Fact<T> => fact(value, at(span));
  const isSaidNone = (value: YamlValue | undefined): value is Extract<YamlValue, { kind: 'scalar' }> =>
    value?.kind === 'scalar' &&
    (value.text === NONE || (/^(?:null|~)$/.test(value.text) && value.value === null));
  /** A text that may stand in a command or a workflow. */
  const plainAt = (parent: YamlMap | null, key: string): Located<string> | null => {
    const said = textAt(parent, key);
    if (!said || isPlainText(said.value)) return said;
    problem(`"${key}" holds a character that hides what it says, or \${{`, said.span);
    return null;
  };
  const textOrNone = (parent: YamlMap | null, key: string): Corrected<string> | null => {
    const entry = entryOf(parent, key);
    if (entry && isSaidNone(entry.value)) return { none: at(placeOf(entry)) };
    const said = plainAt(parent, key);
    return said ? located(said) : null;
  };
  const wordAt = <T extends string>(
    parent: YamlMap | null,
    key: string,
    words: readonly T[],
    what: string,
  ): Fact<T> | null => {
    const said = textAt(parent, key);
    if (!said) return null;
    const word = words.find((each) => each === said.value);
    if (word) return fact(word, at(said.span));
    const near = nearMiss(said.value, words);
    problem(
      `"${said.value}" is no ${what}; ${near ? `did you mean "${near}"` : `it takes ${words.join(', ')}`}`,
      said.span,
    );
    return null;
  };

  knownKeys(map, PROFILE_KEYS, '"profile"');
  const service = plainAt(map, 'service');
  const branch = plainAt(map, 'default-branch');
  if (branch && !/^[A-Za-z0-9][\w./-]{0,200}$/.test(branch.value))
    problem(`"${branch.value}" is no name of a branch that a workflow can hold`, branch.span);
  const image = textOrNone(map, 'image');
  if (image && 'value' in image && imageName(image.value) !== image.value) {
    const entry = entryOf(map, 'image');
    if (entry)
      problem(
        `"${image.value}" is no image: write its name without tag and digest, such as ghcr.io/acme/orders`,
        placeOf(entry),
      );
  }

  const versioningMap = mapAt(map, 'versioning');
  if (versioningMap) knownKeys(versioningMap, ['scheme', 'tag-prefix'], '"versioning"');
  const scheme = wordAt(versioningMap, 'scheme', SCHEMES, 'scheme of versions');
  const prefix = textAt(versioningMap, 'tag-prefix');
  if (versioningMap && !scheme && prefix) problem('"versioning" names no scheme', prefix.span);

  const registries = listOrNone(map, 'registries');
  const stacks = new Map<string, StackCorrection>();
  const stackMap = mapAt(map, 'stacks');
  for (const entry of stackMap?.entries ?? []) {
    const manifest = entry.key.text.trim();
    if (!staysInside(manifest))
      problem(
        `the manifest "${manifest}" must be a file inside the repository, from its root, with forward slashes`,
        entry.key.span,
      );
    const stack = stackOf(manifest, entry.value, entry.key.span);
    if (stack) stacks.set(manifest, stack);
  }
  const deployEntry = entryOf(map, 'deploy');
  const deploy: ProfileCorrections['deploy'] | null =
    deployEntry && isSaidNone(deployEntry.value)
      ? { none: at(placeOf(deployEntry)) }
      : deployOf(mapAt(map, 'deploy'));
  const environments = environmentsOf();
  const flagged = environments && 'value' in environments ? environments.value.map(({ value }) => value) : [];
  return {
    corrections: {
      stacks,
      ...(service ? { service: located(service) } : {}),
      ...(branch ? { defaultBranch: located(branch) } : {}),
      ...(image ? { image } : {}),
      ...(scheme
        ? { versioning: fact({ scheme: scheme.value, tagPrefix: prefix?.value ?? null }, ...scheme.sources) }
        : {}),
      ...(registries
        ? {
            registries:
              'none' in registries
                ? registries
                : fact(registries.items.flatMap(registryOf), registries.source),
          }
        : {}),
      ...(deploy ? { deploy } : {}),
      ...(environments ? { environments } : {}),
    },
    production: flagged.filter(({ isProduction }) => isProduction === true).map(({ name }) => name),
    other: flagged.filter(({ isProduction }) => isProduction === false).map(({ name }) => name),
  };

  function listOrNone(
    parent: YamlMap,
    key: string,
  ):
    | { readonly items: readonly Located<string>[]; readonly source: Source }
    | { readonly none: Source }
    | null {
    const entry = entryOf(parent, key);
    if (!entry) return null;
    if (isSaidNone(entry.value)) return { none: at(placeOf(entry)) };
    const items = textsAt(parent, key, 'texts');
    if (!items) return null;
    const plain = items.filter(({ value, span }) => {
      if (isPlainText(value)) return true;
      problem(`"${key}" holds a character that hides what it says, or \${{`, span);
      return false;
    });
    return { items: plain, source: at(placeOf(entry)) };
  }

  function registryOf({ value, span }: Located<string>): Fact<Registry>[] {
    const kind = PACKAGE_REGISTRIES.find((each) => each === value);
    if (kind) return [fact({ kind, holds: 'packages', address: null, name: null, folder: '' }, at(span))];
    const [host = '', ...rest] = value.split('/');
    if (rest.length > 0 && imageName(value) === value) {
      const isHost = /[.:]/.test(host);
      return [
        fact(
          {
            kind: kindOfHost(isHost ? host : 'docker.io'),
            holds: 'images',
            address: isHost ? host : null,
            name: isHost ? rest.join('/') : value,
            folder: null,
          },
          at(span),
        ),
      ];
    }
    problem(
      `"${value}" is no registry: write ${PACKAGE_REGISTRIES.join(', ')}, or the name of an image such as ghcr.io/acme/orders`,
      span,
    );
    return [];
  }

  function stackOf(manifest: string, value: YamlValue, span: Span): StackCorrection | null {
    const source = at(span);
    if (isSaidNone(value)) return { source, isNone: true, commands: {} };
    if (isNull(value)) return null;
    if (value.kind !== 'map') {
      problem(`what is said of "${manifest}" must be a map, or ${NONE}`, span);
      return null;
    }
    knownKeys(value, STACK_KEYS, `"${manifest}"`);
    const commands: Partial<Record<PipelinePhase, Corrected<readonly Fact<string>[]>>> = {};
    const commandMap = mapAt(value, 'commands');
    if (commandMap) knownKeys(commandMap, PIPELINE_PHASES, '"commands"');
    for (const phase of PIPELINE_PHASES) {
      const said = commandMap ? listOrNone(commandMap, phase) : null;
      if (said) commands[phase] = 'none' in said ? said : fact(said.items.map(located), said.source);
    }
    const manager = plainAt(value, 'package-manager');
    const version = plainAt(value, 'language-version');
    const registry = plainAt(value, 'registry');
    if (registry && !/^https:\/\/[\w.-]+(?::\d+)?(?:\/[\w./-]*)?$/.test(registry.value))
      problem(`the registry "${registry.value}" must be an address that begins with https://`, registry.span);
    const outputs = listOrNone(value, 'outputs');
    const publish = flagAt(value, 'publish');
    const publishEntry = entryOf(value, 'publish');
    return {
      source,
      isNone: false,
      commands,
      ...(manager ? { packageManager: located(manager) } : {}),
      ...(version ? { languageVersion: located(version) } : {}),
      ...(registry ? { registry: located(registry) } : {}),
      ...(outputs
        ? { outputs: 'none' in outputs ? outputs : fact(outputs.items.map(located), outputs.source) }
        : {}),
      ...(publish !== null && publishEntry ? { isPublished: fact(publish, at(placeOf(publishEntry))) } : {}),
    };
  }

  function deployOf(deployMap: YamlMap | null): DeployCorrection | null {
    if (!deployMap) return null;
    knownKeys(deployMap, DEPLOY_KEYS, '"deploy"');
    const target = wordAt(deployMap, 'target', TARGET_KINDS, 'target of a deployment');
    const where = textAt(deployMap, 'path');
    if (where && where.value !== '.' && !staysInside(where.value))
      problem(
        `the path "${where.value}" must be inside the repository, from its root, with forward slashes and without ".."`,
        where.span,
      );
    const form = wordAt(deployMap, 'form', FORMS, 'form of a deployment');
    const cluster = wordAt(deployMap, 'cluster', CLUSTERS, 'managed cluster');
    const command = textOrNone(deployMap, 'command');
    const rollback = textOrNone(deployMap, 'rollback');
    const smoke = textOrNone(deployMap, 'smoke');
    return {
      values: valuesOf(mapAt(deployMap, 'values'), target?.value ?? null),
      ...(target ? { target } : {}),
      ...(where ? { path: located(where) } : {}),
      ...(form ? { form } : {}),
      ...(cluster ? { cluster } : {}),
      ...(command ? { command } : {}),
      ...(rollback ? { rollback } : {}),
      ...(smoke ? { smoke } : {}),
    };
  }

  /** `CLUSTER: main`, or by environment: `CLUSTER: { production: main, staging: test }`. */
  function valuesOf(
    values: YamlMap | null,
    kind: DeployTarget['kind'] | null,
  ): readonly Fact<PlatformValue>[] {
    return (values?.entries ?? []).flatMap((entry): Fact<PlatformValue>[] => {
      const parameter = entry.key.text;
      if (!/^[A-Z][A-Z0-9_]{0,60}$/.test(parameter)) {
        const names = kind ? Object.keys(platforms[kind].parameters) : [];
        problem(
          `"${parameter}" is no parameter: its name is in capitals${names.length > 0 ? `, such as ${names.join(', ')}` : ', such as CLUSTER or REGION'}`,
          entry.key.span,
        );
        return [];
      }
      const one = (value: string, environment: string | null, span: Span): Fact<PlatformValue>[] => {
        if (/^[\w.:/@ -]{1,200}$/.test(value)) return [fact({ parameter, value, environment }, at(span))];
        problem(`the value of "${parameter}" must be a name, without quotes, expressions or operators`, span);
        return [];
      };
      const { value } = entry;
      if (value.kind === 'scalar') return isNull(value) ? [] : one(value.text.trim(), null, value.span);
      if (value.kind === 'map')
        return value.entries.flatMap((inner) =>
          inner.value.kind === 'scalar' && !isNull(inner.value)
            ? one(inner.value.text.trim(), inner.key.text, inner.value.span)
            : [],
        );
      problem(`"${parameter}" must be a text, or a map of texts by environment`, placeOf(entry));
      return [];
    });
  }

  function environmentsOf(): Corrected<readonly Fact<CorrectedEnvironment>[]> | null {
    const entry = entryOf(map, 'environments');
    if (!entry || (isNull(entry.value) && !isSaidNone(entry.value))) return null;
    if (isSaidNone(entry.value)) return { none: at(placeOf(entry)) };
    const items = entry.value.kind === 'list' ? entry.value.items : [entry.value];
    const found = items.flatMap((item): Fact<CorrectedEnvironment>[] => {
      const name =
        item.kind === 'scalar' && !isNull(item) ? { value: item.text.trim(), span: item.span } : null;
      if (item.kind === 'map') {
        knownKeys(item, ['name', 'production'], 'an environment');
        const named = textAt(item, 'name');
        if (!named) problem('an environment has no name', item.span);
        return named && isEnvironment(named)
          ? [fact({ name: named.value, isProduction: flagAt(item, 'production') }, at(named.span))]
          : [];
      }
      if (name && isEnvironment(name)) return [fact({ name: name.value, isProduction: null }, at(name.span))];
      if (!name)
        problem(
          '"environments" must be a list of names, or of maps with name and production',
          placeOf(entry),
        );
      return [];
    });
    return fact(found, at(placeOf(entry)));
  }

  function isEnvironment({ value, span }: Located<string>): boolean {
    if (/^[A-Za-z0-9][\w .-]{0,99}$/.test(value)) return true;
    problem(`"${value}" is no name that an environment can have`, span);
    return false;
  }
}
