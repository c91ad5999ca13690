import { fact, fileSource, unknown, type Fact, type Known } from '../fact';
import type { ClusterKind, DeployTarget, RepositoryProfile, ScriptVariable } from '../profile';
import { clusterInScript } from './clusters';
import { findLine } from './places';
import { readMakeTargets } from './makefile';
import { baseOf, type Reading } from './reading';
import { reachesHosts, requiredVariables } from './script-variables';
import { shellWord } from './shell-text';

/** Scripts that deploy, roll back and ask the deployed system. */
export interface ScriptFacts {
  readonly deploy: Fact<string> | null;
  readonly rollback: Fact<string> | null;
  /** The command, with `${BASE_URL}` for the address where the script takes one. */
  readonly smoke: Fact<string> | null;
  readonly target: DeployTarget | null;
  /** Clouds whose command line the deploy script calls, and managed clusters that it logs in to. */
  readonly clouds: RepositoryProfile['clouds'];
  readonly clusters: readonly Fact<ClusterKind>[];
}

/** What a word of a script's interface stands for. */
type Role = 'environment' | 'version' | 'address';

const ROLE_WORDS: readonly (readonly [RegExp, Role])[] = [
  [/^(deploy_?)?(env|environment|stage|target_env|target)(_name)?$/i, 'environment'],
  [
    /^(app_|image_|release_|target_|deploy_)?(version|tag|ref|sha|release|revision|digest|image)$/i,
    'version',
  ],
  [/^(app_|service_|smoke_|base_|target_)*(url|host|endpoint|address)$/i, 'address'],
];

const PLACEHOLDERS: Readonly<Record<Role, string>> = {
  environment: '${ENV}',
  version: '${VERSION}',
  address: '${BASE_URL}',
};

/**
 * Finds the scripts by name and reads how each is called from its own text: positional parameters that are given a
 * name, options of its `case`, or variables that it only reads. What cannot be told is unknown.
 */
export async function readScripts(reading: Reading): Promise<ScriptFacts> {
  const find = (pattern: RegExp): string | undefined =>
    reading.paths
      .filter(
        (path) =>
          /^((scripts?|bin|deploy|deployment|tools|ci|hack|ops)\/)?[^/]+$/.test(path) &&
          pattern.test(baseOf(path)),
      )
      .sort((a, b) => a.length - b.length || (a < b ? -1 : 1))[0];
  const deploy = find(/^deploy([-_](prod|production|app|service))?(\.(sh|bash))?$/);
  const rollback = find(/^roll[-_]?back([-_]\w+)?(\.(sh|bash))?$/);
  const smoke = find(
    /^(smoke|smoke[-_]tests?|post[-_]deploy[-_]check|verify[-_]deploy(ment)?|health[-_]?check)(\.(sh|bash))?$/,
  );
  const targets = await readMakeTargets(reading, '');
  const made = (name: string): Fact<string> | null =>
    targets.find((target) => target.name === name)?.fact ?? null;
  const deployCommand = deploy ? await callOf(reading, deploy) : made('deploy');
  const rollbackCommand = rollback ? await callOf(reading, rollback) : made('rollback');
  const smokeCommand = smoke ? await callOf(reading, smoke) : null;
  const surroundings = await surroundingsOf(
    reading,
    [deploy, rollback].filter((script) => script !== undefined),
  );
  const path = deploy
    ? fact(deploy, fileSource(deploy))
    : made('deploy')
      ? fact('Makefile', ...(made('deploy')?.sources ?? []))
      : null;
  return {
    deploy: deploy ? fact(deploy, fileSource(deploy)) : null,
    clouds: deploy ? cloudsOf(deploy, (await reading.text(deploy)) ?? '') : [],
    clusters: deploy ? clusterInScript(deploy, (await reading.text(deploy)) ?? '') : [],
    rollback: rollback ? fact(rollback, fileSource(rollback)) : null,
    smoke: smokeCommand && 'value' in smokeCommand ? smokeCommand : null,
    target:
      path && deployCommand
        ? {
            kind: 'script',
            path,
            deployCommand,
            rollbackCommand:
              rollbackCommand ?? unknown(`command that takes ${path.value} back to an earlier version`),
            ...surroundings,
          }
        : null,
  };
}

/** What the scripts need around them besides their arguments. */
async function surroundingsOf(
  reading: Reading,
  scripts: readonly string[],
): Promise<Pick<DeployTarget, 'scriptVariables' | 'reachesHosts'>> {
  const variables = new Map<string, Fact<ScriptVariable>>();
  let hosts: Fact<true> | null = null;
  for (const path of scripts) {
    const text = await reading.text(path);
    if (text === null || !/^#!.*\b(?:ba|da|z|k)?sh\b/.test(text)) continue;
    // What has a role is given by the call (`callOf`).
    for (const variable of requiredVariables(path, text, (name) => roleOf(name) !== null)) {
      if (!variables.has(variable.value.name)) variables.set(variable.value.name, variable);
    }
    hosts ??= reachesHosts(path, text);
  }
  return {
    ...(variables.size > 0 ? { scriptVariables: [...variables.values()] } : {}),
    ...(hosts ? { reachesHosts: hosts } : {}),
  };
}

const CLOUD_PROGRAMS: readonly (readonly [RegExp, 'aws' | 'azure' | 'google'])[] = [
  [/^\s*(?:[\w]+=\S+\s+)*aws\s+[a-z]/, 'aws'],
  [/^\s*(?:[\w]+=\S+\s+)*az\s+[a-z]/, 'azure'],
  [/^\s*(?:[\w]+=\S+\s+)*(gcloud|gsutil)\s+[a-z]/, 'google'],
];

function cloudsOf(path: string, text: string): RepositoryProfile['clouds'] {
  return CLOUD_PROGRAMS.flatMap(([pattern, cloud]) => {
    const found = findLine(text, pattern);
    return found ? [fact(cloud, fileSource(path, found.range))] : [];
  });
}

/** How a script is called, with `${ENV}`, `${VERSION}` and `${BASE_URL}` for what varies. */
async function callOf(reading: Reading, path: string): Promise<Known<string>> {
  const text = await reading.text(path);
  if (text === null) return unknown(`how ${path} is called`);
  const program = /^#!.*\b(python3?|node|ruby|perl)\b/.exec(text)?.[1];
  const shell = /^#!.*\b(bash|sh)\b/.exec(text)?.[1];
  // Named by its shell, it runs whether or not the file may be executed.
  const start = shell ? `${shell} ${shellWord(path)}` : `./${shellWord(path)}`;
  if (program) return unknown(`how ${path} is called`);
  const here = fileSource(
    path,
    findLine(text, /\$\{?[1-9]|getopts|^\s*(-\w\|)?--[\w-]+(=\*)?\)/)?.range ?? null,
  );

  const options: string[] = [];
  for (const match of text.matchAll(/^\s*(?:-\w\s*\|\s*)?--([a-z][\w-]{0,40})(=\*)?\)/gm)) {
    const role = roleOf((match[1] ?? '').replace(/-/g, '_'));
    if (role && !options.some((option) => option.includes(PLACEHOLDERS[role]))) {
      options.push(`--${match[1]}${match[2] ? '=' : ' '}"${PLACEHOLDERS[role]}"`);
    }
  }
  if (options.length > 0) return fact(`${start} ${options.join(' ')}`, here);

  const positions = new Map<number, Role | null>();
  for (const match of text.matchAll(/\$\{?([1-9])\b/g))
    positions.set(Number(match[1]), positions.get(Number(match[1])) ?? null);
  for (const match of text.matchAll(
    /^\s*(?:local\s+|readonly\s+|export\s+|declare\s+(?:-\w+\s+)?)?(\w{1,60})="?\$\{?([1-9])\b/gm,
  )) {
    positions.set(Number(match[2]), roleOf(match[1] ?? ''));
  }
  if (positions.size > 0) {
    const count = Math.max(...positions.keys());
    const words: string[] = [];
    for (let position = 1; position <= count; position++) {
      const role = positions.get(position);
      if (!role) return unknown(`what argument ${position} of ${path} stands for`);
      words.push(`"${PLACEHOLDERS[role]}"`);
    }
    return fact(`${start} ${words.join(' ')}`, here);
  }

  // Variables that the script reads and never sets come from its environment.
  const read = new Set([...text.matchAll(/\$\{?([A-Z][A-Z0-9_]{1,40})\b/g)].map((match) => match[1] ?? ''));
  const set = new Set(
    [...text.matchAll(/^\s*(?:export\s+|readonly\s+|local\s+)?([A-Z][A-Z0-9_]{1,40})=(?!"?\$\{\1)/gm)].map(
      (match) => match[1] ?? '',
    ),
  );
  const taken: string[] = [];
  for (const name of read) {
    const role = set.has(name) ? null : roleOf(name);
    if (role && !taken.some((word) => word.includes(PLACEHOLDERS[role])))
      taken.push(`${name}="${PLACEHOLDERS[role]}"`);
  }
  return fact([...taken, start].join(' '), fileSource(path));
}

function roleOf(name: string): Role | null {
  return ROLE_WORDS.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}
