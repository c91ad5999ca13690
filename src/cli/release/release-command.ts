import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Command, Option } from 'commander';
import { gitUserName } from '../../adapters/git-identity';
import { openFollowedRun } from '../../adapters/release/follow-run';
import { listRuns } from '../../adapters/release/journal-store';
import type { RunRequest, UnattendedAnswers } from '../../adapters/release/request';
import { startRun } from '../../adapters/release/start-run';
import { releasePathsOf } from '../../core/evidence/release-settings';
import { inOneLine } from '../../core/release/questions';
import {
  exitStatusOf,
  isUnknownState,
  verdictInWords,
  type Actor,
  type RunMode,
} from '../../core/release/run';
import { isLiveTouched } from '../../core/release/state';
import { leftoversOf } from '../../core/release/view';
import { versionByRecords } from '../../core/tasks/release/preflight/target';
import type { World } from '../../core/tasks/task';
import { CommandFailure } from '../command-failure';
import type { Terminal } from '../terminal';
import { openWorld } from '../world';
import { followAtTerminal } from './face';
import { readUnattended } from './unattended-file';

/** So long a run may take from its last line to its last record. */
const RECORDS_MS = 15_000;

/** So long a run may take from its verdict to its end. */
const ENDING_MS = 120_000;

interface RunOptions {
  readonly version: string;
  /** Undefined where none is named. */
  readonly environment?: readonly string[];
  readonly to?: string;
  readonly config?: string;
  readonly online?: boolean;
  readonly unattended?: boolean;
  readonly strategyFile?: string;
  readonly detach?: boolean;
  readonly breakLock?: string;
  readonly format: 'text' | 'json';
}

const collect = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  ...value.split(','),
];

/** What a person may type while a run goes on, for the help of what shows one. */
const WHILE_IT_RUNS: readonly string[] = [
  '',
  'What you may type while it runs, each with your reason:',
  '  abort WHY         nothing was deployed yet: end it',
  '  roll-back WHY     go back now',
  '  take-over WHY     end the run as UNKNOWN STATE and do the rest by hand',
  '  vulnerable WHY    a vulnerability of this version became known: go back, or end it',
  '  skip-watch WHY    leave the watch window early; asks for the phrase, and the verdict says Released-with-override',
];

/** `release-gate release [folder]`: runs a release from its gate to its verdict. */
export function releaseCommand(terminal: Terminal): Command {
  return common(
    new Command('release').description(
      'Run a release: gate, strategy, deploy script, smoke tests, watch window, and back again when the numbers say so',
    ),
  )
    .requiredOption('--version <version>', 'the version that is released')
    .option(
      '--to <version>',
      'the version to go back to (default: what was released last, by records, then tags)',
    )
    .option('--online', 'let the gate ask registries and live addresses over the network')
    .option(
      '--unattended',
      'nobody answers: needs an approval that was committed before, and --strategy-file',
    )
    .option('--strategy-file <file>', 'where the strategy of an unattended release is laid down')
    .addHelpText(
      'after',
      [
        '',
        'Examples:',
        '  release-gate release --env production --version 2.4.0',
        '  release-gate release --env staging --version 2.4.0 --detach      leave it running, look in with follow',
        '  release-gate release --env production --version 2.4.0 --unattended --strategy-file docs/release/strategy.yml',
        '',
        'First everything is judged, and you are asked; nothing is deployed before you type the environment and the version',
        '(production 2.4.0). Ctrl+C leaves it running: it is a process of its own.',
        ...WHILE_IT_RUNS,
        '',
        'It writes its record and journal to docs/release/records, and what it needs is listed in docs/releasing.md.',
        'Exit status: 0 Released, 1 Rolled-Back, 2 Aborted or could not run, 4 nobody knows what runs (UNKNOWN STATE).',
      ].join('\n'),
    )
    .action((folder: string, options: RunOptions) => begin('release', folder, options, terminal));
}

/** `release-gate rollback [folder]`: goes back by itself, for a person in an incident. */
export function rollbackCommand(terminal: Terminal): Command {
  return common(
    new Command('rollback').description(
      'Go back to the version before, check it by the smoke tests and watch it for a while',
    ),
  )
    .option('--version <version>', 'the version that runs now (default: what was released last, by records)')
    .option('--to <version>', 'the version to go back to (default: the one before, by records, then tags)')
    .addHelpText(
      'after',
      [
        '',
        'Examples:',
        '  release-gate rollback --env production               from what was released last to the version before it',
        '  release-gate rollback --env production --to 2.3.1    to a version that you name',
        '',
        'Only what going back needs is looked at, so that it is fast: it begins when you type the environment and the version that runs.',
        'A release that is under way is told to roll back instead: there is never a second runner.',
        'Exit status: 1 rolled back and verified, 2 Aborted or could not run, 4 nobody knows what runs (UNKNOWN STATE).',
      ].join('\n'),
    )
    .action((folder: string, options: RunOptions) => begin('rollback', folder, options, terminal));
}

/** `release-gate follow [folder] [run]`: looks at a run, and answers what it asks. */
export function followCommand(terminal: Terminal): Command {
  return new Command('follow')
    .description('Watch a run from any terminal, answer its questions, stop it or take it back')
    .argument('[folder]', 'the repository', '.')
    .argument('[run]', 'which run, as release-gate runs lists them; the last one by default')
    .option('--config <file>', 'configuration to use in place of .github/release-gate.yml')
    .addOption(format())
    .addHelpText(
      'after',
      [
        ...WHILE_IT_RUNS,
        '',
        'Ctrl+C leaves the run as it is. Exit status: that of the run, as release-gate release --help says.',
      ].join('\n'),
    )
    .action(
      async (folder: string, run: string | undefined, options: Pick<RunOptions, 'config' | 'format'>) => {
        const { root, releaseFolder, by } = await placeOf(folder, options.config ?? null, terminal);
        const id = run ?? (await listRuns(root, releaseFolder))[0]?.id;
        if (id === undefined) throw new CommandFailure(`there is no run in ${releaseFolder}.`);
        await follow(root, releaseFolder, id, by, options.format, terminal);
      },
    );
}

/** `release-gate resume [folder] [run]`: goes on with a run whose process is gone. It never deploys again. */
export function resumeCommand(terminal: Terminal): Command {
  return new Command('resume')
    .description('Go on with a run whose process was killed: resume it, roll it back or take over')
    .argument('[folder]', 'the repository', '.')
    .argument('[run]', 'which run; the last one without a verdict by default')
    .option('--config <file>', 'configuration to use in place of .github/release-gate.yml')
    .option('--detach', 'go on and come back at once; look in and answer with release-gate follow')
    .addOption(format())
    .addHelpText(
      'after',
      [
        '',
        'No call of the deploy script that was begun is made again. What is left of the script is ended; then you are asked:',
        '  resume       where nothing of the deployment was cut off: it goes on where it stood',
        '  roll-back    where the live system may have been changed',
        '  take-over    likewise: the run ends as UNKNOWN STATE, and the rest is yours',
        '  abort        where nothing was deployed',
        '',
        'Exit status: that of the run, as release-gate release --help says.',
      ].join('\n'),
    )
    .action(async (folder: string, run: string | undefined, options: RunOptions) => {
      const { root, releaseFolder, by } = await placeOf(folder, options.config ?? null, terminal);
      const runs = await listRuns(root, releaseFolder);
      const found =
        run === undefined
          ? runs.find(({ isEnded, identity }) => !isEnded && identity !== null)
          : runs.find(({ id }) => id === run);
      if (found && !found.identity) {
        throw new CommandFailure(
          `${found.id} had not begun when its process went: nothing of it was done, and there is nothing to go on with.`,
        );
      }
      if (!found?.identity) {
        throw new CommandFailure(
          run === undefined
            ? `no run of ${releaseFolder} is without its verdict.`
            : `there is no run ${run} in ${releaseFolder}.`,
        );
      }
      if (found.isEnded)
        throw new CommandFailure(`${found.id} has its verdict; there is nothing to go on with.`);
      const { identity } = found;
      await start(
        root,
        {
          mode: identity.mode,
          version: identity.version,
          environment: identity.environment,
          target: identity.target,
          startedBy: by,
          configurationFile: options.config ?? null,
          isOnline: false,
          unattended: null,
          resume: { id: found.id, by },
          breakLock: null,
        },
        by,
        options,
        terminal,
      );
    });
}

/** `release-gate runs [folder]`: the runs that have a journal. */
export function runsCommand(terminal: Terminal): Command {
  return new Command('runs')
    .description('List the releases, rollbacks and drills that were run, the last first')
    .argument('[folder]', 'the repository', '.')
    .option('--config <file>', 'configuration to use in place of .github/release-gate.yml')
    .action(async (folder: string, options: Pick<RunOptions, 'config'>) => {
      const { root, releaseFolder } = await placeOf(folder, options.config ?? null, terminal);
      const runs = await listRuns(root, releaseFolder);
      if (runs.length === 0) terminal.print(`Nothing was run yet: ${releaseFolder} has no journal.`);
      for (const { id, startedAt, isEnded } of runs) {
        terminal.print(`${id}  ${startedAt ?? 'not begun'}  ${isEnded ? 'ended' : 'not ended'}`);
      }
    });
}

/** Adds the drill itself to `release-gate drill`, which also records one that was not run from here. */
export function addDrill(drill: Command, terminal: Terminal): Command {
  // `drill record` has options of the same names.
  return common(drill.enablePositionalOptions())
    .option('--version <version>', 'the version to deploy and go back from')
    .option(
      '--to <version>',
      'the version to go back to (default: what was released last, by records, then tags)',
    )
    .addHelpText(
      'after',
      [
        '',
        'Examples:',
        '  release-gate drill --env staging --version 2.4.0     deploys it, goes back, checks and records how long it took',
        '  release-gate drill record --help                     writes down a drill that was not run from here',
        '',
        'A drill is refused in production. It asks what a release asks, and always goes back.',
        'Exit status: 1 gone back and verified, as a drill is meant to end; 2 Aborted or could not run; 4 UNKNOWN STATE.',
      ].join('\n'),
    )
    .action((folder: string, options: RunOptions) => begin('drill', folder, options, terminal));
}

function common(command: Command): Command {
  return command
    .argument('[folder]', 'the repository', '.')
    .option('--env, --environment <name>', 'the one environment, by its name', collect)
    .option('--config <file>', 'configuration to use in place of .github/release-gate.yml')
    .option('--detach', 'begin it and come back at once; look in and answer with release-gate follow')
    .option(
      '--break-lock <reason>',
      'break the lock that a run left which is gone, with your reason; both are recorded',
    )
    .addOption(format());
}

function format(): Option {
  return new Option('--format <format>', 'how to print the verdict')
    .choices(['text', 'json'])
    .default('text');
}

async function placeOf(
  folder: string,
  configurationFile: string | null,
  terminal: Terminal,
): Promise<{
  readonly root: string;
  readonly world: World;
  readonly releaseFolder: string;
  readonly by: Actor;
}> {
  const world = await openWorld(folder, configurationFile);
  const root = path.resolve(folder);
  const name = await gitUserName(root, terminal.signal);
  if (name === null) {
    throw new CommandFailure(
      'git does not know who you are, and a release says who ran it: git config user.name "Your Name"',
    );
  }
  return {
    root,
    world,
    releaseFolder: releasePathsOf(world.configuration.release).releaseFolder,
    by: { name, via: 'terminal' },
  };
}

async function begin(mode: RunMode, folder: string, options: RunOptions, terminal: Terminal): Promise<void> {
  const { root, world, releaseFolder, by } = await placeOf(folder, options.config ?? null, terminal);
  const named = [
    ...new Set((options.environment ?? []).map((name) => name.trim()).filter((name) => name !== '')),
  ];
  const [environment] = named;
  if (environment === undefined) throw new CommandFailure('name the environment: --env production');
  if (named.length > 1) {
    throw new CommandFailure(
      `one version goes to one environment at a time, and ${named.join(', ')} are ${named.length}: run it for each by itself.`,
    );
  }
  const runs = await listRuns(root, releaseFolder);
  if (mode === 'rollback') {
    const live = runs.find((run) => !run.isEnded && run.identity?.environment === environment);
    if (live && (await tellToRollBack(root, releaseFolder, live.id, by, options, terminal))) return;
  }
  const version =
    options.version ??
    (mode === 'rollback' ? await versionByRecords(world, environment, terminal.signal) : null) ??
    runs.find(({ identity, mode: was }) => was === 'release' && identity?.environment === environment)
      ?.identity?.version;
  if (version === undefined) throw new CommandFailure('name the version: --version 2.4.0');
  if (!terminal.isInteractive && !options.unattended && !options.detach) {
    terminal.say(
      'Nobody can type here, so that its questions wait: answer at a terminal with release-gate follow, or in VS Code.',
    );
  }
  const unattended: UnattendedAnswers | null = options.unattended
    ? await readUnattended(
        root,
        world,
        { version, environment, file: options.strategyFile ?? null },
        terminal.signal,
      )
    : null;
  const request: RunRequest = {
    mode,
    version,
    environment,
    target: options.to ?? null,
    startedBy: by,
    configurationFile: options.config ?? null,
    isOnline: options.online ?? false,
    unattended,
    resume: null,
    breakLock: options.breakLock ?? null,
  };
  await start(root, request, by, options, terminal);
}

/** Whether a run that is under way took the demand; false where its process is gone. */
async function tellToRollBack(
  root: string,
  releaseFolder: string,
  id: string,
  by: Actor,
  options: RunOptions,
  terminal: Terminal,
): Promise<boolean> {
  const run = await openFollowedRun(root, releaseFolder, id);
  if (!run) return false;
  try {
    const { verdict } = run.state();
    const resume = `release-gate resume . ${id}`;
    if (run.isGone()) {
      throw new CommandFailure(
        verdict
          ? `${id} has its verdict, but its process went before all that follows was done; ${resume} does the rest, and then it can be rolled back.`
          : isLiveTouched(run.state())
            ? `${id} is not ended and its process is gone; ${resume} offers to roll it back.`
            : `${id} is not ended, its process is gone, and it has deployed nothing; ${resume} ends it, then run this again.`,
      );
    }
    if (verdict) {
      terminal.say(`${id} has its verdict; the rollback begins when it has ended.`);
      for (let waited = 0; run.state().phase !== 'ended'; waited += 100) {
        if (waited > ENDING_MS || run.isGone())
          throw new CommandFailure(`${id} does not come to its end; look in: release-gate follow . ${id}`);
        await delay(100);
      }
      return false;
    }
    if (!isLiveTouched(run.state())) {
      throw new CommandFailure(
        `${id} is under way and has deployed nothing: abort it first (release-gate follow . ${id}, then: abort WHY).`,
      );
    }
    terminal.say(`${id} is under way: it is told to roll back.`);
    await run.demand({ what: 'roll-back', reason: 'release-gate rollback', by });
  } finally {
    run.close();
  }
  await follow(root, releaseFolder, id, by, options.format, terminal);
  return true;
}

async function start(
  root: string,
  request: RunRequest,
  by: Actor,
  options: Pick<RunOptions, 'detach' | 'format'>,
  terminal: Terminal,
): Promise<void> {
  const started = await startRun(process.argv[1] ?? __filename, root, request);
  if (!started.ok) throw new CommandFailure(`${started.detail}.`);
  const { id, releaseFolder } = started;
  if (options.detach) {
    terminal.print(`${id} runs. Look in: release-gate follow ${root === process.cwd() ? '.' : root} ${id}`);
    return;
  }
  await follow(root, releaseFolder, id, by, options.format, terminal);
}

async function follow(
  root: string,
  releaseFolder: string,
  id: string,
  by: Actor,
  as: RunOptions['format'],
  terminal: Terminal,
): Promise<void> {
  const run = await openFollowedRun(root, releaseFolder, id);
  if (!run) throw new CommandFailure(`${releaseFolder}/${id}.journal cannot be read.`);
  try {
    const end = await followAtTerminal(run, by, terminal);
    const record = `${releaseFolder}/${id}.md`;
    if (end.kind === 'left') {
      terminal.say(`It goes on: ${inOneLine(end.state)}. Look in: release-gate follow . ${id}`);
      return;
    }
    if (end.kind === 'gone') {
      const { state } = end;
      const { verdict } = state;
      const detail = !state.run
        ? `the process of ${id} is gone before it began: nothing of it was done`
        : `the process of ${id} is gone ${verdict ? 'after its verdict, before all that follows was done' : 'before its verdict'} (${inOneLine(state)}); go on with: release-gate resume . ${id}`;
      if (as === 'json')
        terminal.print(
          JSON.stringify({ run: id, verdict: verdict?.verdict ?? null, detail, record }, null, 2),
        );
      process.exitCode = verdict ? exitStatusOf(verdict) : isLiveTouched(state) ? 4 : 2;
      terminal.say(`release-gate: ${detail}`);
      return;
    }
    const { verdict, state } = end;
    // The record that is named is written once more after the last line of the journal.
    await run.untilRunnerIsGone(RECORDS_MS);
    const leftovers = leftoversOf(state);
    if (as === 'json') {
      const answer = {
        run: id,
        verdict: verdict.verdict,
        override: verdict.override,
        reason: verdict.reason,
        reasons: state.rollback?.chain ?? [verdict.reason],
        liveSystem: verdict.liveSystem,
        isRollbackVerified: verdict.isRollbackVerified,
        isUnknownState: isUnknownState(verdict),
        leftovers,
        record,
      };
      terminal.print(JSON.stringify(answer, null, 2));
    } else {
      const banner = isUnknownState(verdict) ? 'UNKNOWN STATE: a person has to take over now.\n' : '';
      terminal.print(
        `${banner}${verdictInWords(verdict)}: ${verdict.reason}\n${leftovers.map((leftover) => `Owed: ${leftover}\n`).join('')}Record: ${record}`,
      );
    }
    process.exitCode = exitStatusOf(verdict);
  } finally {
    run.close();
  }
}
