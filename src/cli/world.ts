import { dayAt } from '../core/text/iso-day';
import { promises as fs } from 'node:fs';
import path from 'node:path';
import { systemClock } from '../adapters/clock';
import { createGitHistory } from '../adapters/git-history';
import { createNodeFiles } from '../adapters/node-files';
import { createReportFiles } from '../adapters/report-files';
import { createParsers } from '../adapters/parsers';
import { createRuleChecker } from '../adapters/promtool';
import type { CheckInput } from '../core/gate/check';
import { CONFIGURATION_PATH, type Configuration } from '../core/gate/configuration';
import { openConfiguration } from '../core/gate/open-configuration';
import type { Parsers } from '../core/ports';
import type { World } from '../core/tasks/task';
import { CommandFailure } from './command-failure';
import { openOutside, type OutsideOptions } from './outside';
import type { Terminal } from './terminal';

/** One set of parsers serves all roots of a call: each loads its WebAssembly once. */
export const parsers: Parsers = createParsers();

/**
 * The repository in a folder, through the adapters on Node.
 *
 * @param outside What the person lets it ask and run; left out: nothing.
 * @throws CommandFailure where the folder is none, or the configuration has a mistake.
 */
export async function openWorld(
  folder: string,
  configurationFile: string | null,
  outside?: OutsideOptions,
): Promise<World> {
  const root = path.resolve(folder);
  const kind = await fs.stat(root).catch(() => null);
  if (!kind) throw new CommandFailure(`${folder} does not exist.`);
  if (!kind.isDirectory())
    throw new CommandFailure(`${folder} is no folder; name the folder of a repository.`);
  const files = createNodeFiles(root);
  const configuration = await configurationOf(root, configurationFile);
  return {
    files,
    reports: createReportFiles(root),
    history: createGitHistory(root, { isTrusted: true }),
    clock: systemClock,
    parsers,
    configuration,
    ruleChecker: createRuleChecker(),
    ...(outside
      ? openOutside(root, outside.online ?? configuration.isOnline, outside.runCommands ?? false)
      : {}),
  };
}

/**
 * What judging a root needs, as every command that judges asks for it.
 *
 * @param root As it was named on the call.
 * @throws CommandFailure as `openWorld` does.
 */
export async function openCheck(
  root: string,
  configurationFile: string | null,
  terminal: Terminal,
): Promise<CheckInput> {
  const world = await openWorld(root, configurationFile);
  return {
    root,
    files: world.files,
    history: world.history,
    parsers: world.parsers,
    configuration: world.configuration,
    ...(configurationFile === null ? {} : { configurationPath: configurationFile }),
    today: dayAt(world.clock.now()),
    signal: terminal.signal,
  };
}

/**
 * The configuration of a root: the named file, else `.github/release-gate.yml` of the root, else the defaults. A named
 * file outside the root extends files of its own folder.
 *
 * @throws CommandFailure with every mistake, its file and its line.
 */
async function configurationOf(root: string, named: string | null): Promise<Configuration> {
  const inside = named === null ? CONFIGURATION_PATH : path.relative(root, path.resolve(named));
  const isInside = !path.isAbsolute(inside) && inside.split(path.sep)[0] !== '..';
  const folder = isInside ? root : path.dirname(path.resolve(named ?? ''));
  const file = isInside ? inside.split(path.sep).join('/') : path.basename(inside);
  const opened = await openConfiguration(createNodeFiles(folder), file, { isRequired: named !== null });
  if (opened.ok) return opened.configuration;
  if (opened.problems.length === 0) {
    throw new CommandFailure(`${named ? opened.reason.replace(file, named) : opened.reason}.`);
  }
  const mistakes = opened.problems.map((problem) => {
    const shown = named && problem.path === file ? named : problem.path;
    return `  ${shown}:${problem.line}:${problem.column}: ${problem.message}`;
  });
  throw new CommandFailure(`${opened.reason}:\n${mistakes.join('\n')}`);
}
