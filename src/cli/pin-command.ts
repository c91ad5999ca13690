import path from 'node:path';
import { Command, Option } from 'commander';
import { writeProposal } from '../adapters/file-writer';
import { createGitHubCommits } from '../adapters/github-commits';
import { createNodeFiles } from '../adapters/node-files';
import { PIN_CACHE_PATH, readPinCache, type CachedPin } from '../core/gate/pin-cache';
import { pinActions, type PinnedRepository, type UsePlace } from '../core/gate/pin-actions';
import { pathFromCall } from '../core/gate/reports/summary';
import { visible } from '../core/gate/reports/text';
import type { CommitLookup } from '../core/ports';
import { unifiedDifference } from '../core/text/difference';
import { counted } from '../core/text/words';
import { CommandFailure } from './command-failure';
import { targetsOf, type Target } from './targets';
import { shownDifference } from './task-report';
import type { Terminal } from './terminal';

interface PinOptions {
  readonly format: 'text' | 'json';
  readonly online?: boolean;
  readonly refresh?: boolean;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

/** What became of one repository, by its root as named on the call. */
interface PinnedRoot {
  readonly root: string;
  readonly result: PinnedRepository;
}

/** Everything is pinned; a pin contradicts what is known; something stays at its tag. */
const EXIT = { pinned: 0, conflict: 1, unknown: 3 } as const;

/** `release-gate pin [paths...]`: actions to the commits of their versions. */
export function pinCommand(terminal: Terminal): Command {
  return new Command('pin')
    .description('Pin actions and reusable workflows to the commits of their versions')
    .argument('[paths...]', 'folders of repositories, or files in them (default: this folder)')
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json']).default('text'))
    .option('--online', "ask GitHub's API for commits that are not known (GITHUB_TOKEN or GH_TOKEN if set)")
    .option(
      '--refresh',
      'ask GitHub about what is known and pinned already, too: a tag that was moved is found, and the list brought up to date',
    )
    .option('--yes', 'write without asking')
    .option('--dry-run', 'show the difference and write nothing')
    .addHelpText(
      'after',
      [
        '',
        `A commit comes from ${PIN_CACHE_PATH}, from the table of this program, or with --online from GitHub;`,
        'what GitHub answers is kept in that file. None is ever made up, and container images are left alone.',
        '',
        'Exit status: 0 all is pinned; 1 a pin is not the commit of the version beside it; 2 could not run;',
        '3 something stays at its tag, since its commit is not known.',
      ].join('\n'),
    )
    .action(async (paths: readonly string[], options: PinOptions) => {
      process.exitCode = await pin(paths.length > 0 ? paths : ['.'], options, terminal);
    });
}

async function pin(paths: readonly string[], options: PinOptions, terminal: Terminal): Promise<number> {
  const lookup = options.online || options.refresh ? onlineLookup() : null;
  const roots: PinnedRoot[] = [];
  for (const target of await targetsOf(paths)) {
    terminal.progress(`Reading ${target.root}`);
    roots.push({ root: target.root, result: await pinRoot(target, lookup, options, terminal) });
  }
  const unreached = roots.map(({ result }) => result.unreached).find((reason) => reason !== null);
  if (unreached) throw new CommandFailure(`Nothing was refreshed: the first tag ${unreached}.`);
  const tell = (text: string): void => {
    if (options.format === 'json') terminal.say(text);
    else terminal.print(text);
  };
  const files = roots.flatMap(({ result }) => result.files);
  for (const file of files) tell(`${shownDifference(file, terminal)}\n`);
  const written = (await isAgreed(files.length, options, terminal)) ? await write(roots) : [];
  if (options.format === 'json') terminal.print(jsonText(roots, written));
  else terminal.print(summaryText(roots, written.length > 0, options));
  if (roots.some(({ result }) => result.conflicts.length > 0)) return EXIT.conflict;
  return roots.some(({ result }) => result.unknown.length > 0) ? EXIT.unknown : EXIT.pinned;
}

async function pinRoot(
  target: Target,
  lookup: CommitLookup | null,
  options: PinOptions,
  terminal: Terminal,
): Promise<PinnedRepository> {
  const files = createNodeFiles(path.resolve(target.root));
  return pinActions({
    files,
    cache: await cacheOf(target, files),
    ...(target.only ? { only: target.only } : {}),
    ...(lookup ? { lookup } : {}),
    ...(options.refresh ? { refresh: true } : {}),
    signal: terminal.signal,
  });
}

async function cacheOf(
  target: Target,
  files: ReturnType<typeof createNodeFiles>,
): Promise<readonly CachedPin[]> {
  const shown = pathFromCall(target.root, PIN_CACHE_PATH);
  const text = await files.read(PIN_CACHE_PATH);
  if (!text.ok) {
    if (text.reason === 'missing') return [];
    throw new CommandFailure(`${shown} ${text.detail}.`);
  }
  const reading = readPinCache(text.text);
  if (reading.ok) return reading.pins;
  const mistakes = reading.problems.map(
    ({ line, column, message }) => `  ${shown}:${line}:${column}: ${visible(message)}`,
  );
  throw new CommandFailure(
    `The list of commits has mistakes, so none of it is used:\n${mistakes.join('\n')}`,
  );
}

function onlineLookup(): CommitLookup {
  const { GITHUB_TOKEN, GH_TOKEN, GITHUB_API_URL } = process.env;
  const token = GITHUB_TOKEN || GH_TOKEN;
  try {
    return createGitHubCommits({
      ...(GITHUB_API_URL ? { url: GITHUB_API_URL } : {}),
      ...(token ? { token } : {}),
    });
  } catch (error) {
    throw new CommandFailure(
      `GITHUB_API_URL is not usable: ${error instanceof Error ? error.message : 'it is no address'}.`,
    );
  }
}

async function isAgreed(count: number, options: PinOptions, terminal: Terminal): Promise<boolean> {
  if (count === 0 || options.dryRun) return false;
  if (options.yes) return true;
  const answer = await terminal.confirm(`Write ${counted(count, 'file')}?`);
  if (answer === null) terminal.say('Nothing is written without a person to ask: add --yes to write this.');
  return answer ?? false;
}

async function write(roots: readonly PinnedRoot[]): Promise<readonly { root: string; path: string }[]> {
  const written: { root: string; path: string }[] = [];
  for (const { root, result } of roots) {
    const outcome = await writeProposal(path.resolve(root), result.files);
    if (!outcome.ok) {
      const done = written.map((file) => pathFromCall(file.root, file.path)).join(', ');
      throw new CommandFailure(
        `${done === '' ? 'Nothing was written' : `Written: ${done}; nothing more`}: ${outcome.path} ${outcome.detail}.`,
      );
    }
    written.push(...outcome.written.map((file) => ({ root, path: file })));
  }
  return written;
}

function summaryText(roots: readonly PinnedRoot[], isWritten: boolean, options: PinOptions): string {
  const all = <T>(pick: (result: PinnedRepository) => readonly T[]): readonly (readonly [string, T])[] =>
    roots.flatMap(({ root, result }) => pick(result).map((each) => [root, each] as const));
  const pinned = all(({ pinned: each }) => each);
  const unknown = all(({ unknown: each }) => each);
  const conflicts = all(({ conflicts: each }) => each);
  const count = roots.reduce((sum, { result }) => sum + result.count, 0);
  const lines = [
    ...(pinned.length > 0 ? [`${isWritten ? 'Pinned' : 'Not written'}:`] : []),
    ...pinned.map(
      ([root, use]) => `  ${placeOf(root, use)}  ${use.commit} # ${visible(use.version)} (${use.source})`,
    ),
    ...(conflicts.length > 0
      ? ['Pinned to another commit than that of the version beside it; look at these:']
      : []),
    ...conflicts.map(
      ([root, use]) => `  ${placeOf(root, use)}  ${visible(use.version)} is known as ${use.knownCommit}`,
    ),
    ...(unknown.length > 0
      ? [
          `Left at their tags${options.online || options.refresh ? '' : ' (--online asks GitHub, or write their commits into the list)'}:`,
        ]
      : []),
    ...unknown.map(([root, use]) => `  ${placeOf(root, use)}  ${visible(use.reason)}`),
    `${counted(count, 'use')} of actions and workflows of other repositories: ${count - pinned.length - unknown.length} pinned before, ${pinned.length} ${isWritten ? 'pinned now' : 'could be pinned'}, ${unknown.length} not known.`,
  ];
  return lines.join('\n');
}

function placeOf(root: string, { path: file, range, uses }: UsePlace): string {
  return `${visible(pathFromCall(root, file))}:${range.start.line}:${range.start.column}  ${visible(uses)}`;
}

function jsonText(
  roots: readonly PinnedRoot[],
  written: readonly { readonly root: string; readonly path: string }[],
): string {
  const all = <T extends object>(pick: (result: PinnedRepository) => readonly T[]): readonly object[] =>
    roots.flatMap(({ root, result }) => pick(result).map((each) => ({ root, ...each })));
  return JSON.stringify(
    {
      version: 1,
      pinned: all(({ pinned }) => pinned),
      unknown: all(({ unknown }) => unknown),
      conflicts: all(({ conflicts }) => conflicts),
      written,
      difference: roots.flatMap(({ result }) => result.files.map(unifiedDifference)).join(''),
    },
    null,
    2,
  );
}
