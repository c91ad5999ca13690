import os from 'node:os';
import * as vscode from 'vscode';
import type { ListedRun } from '../../adapters/release/journal-store';
import type { RunRequest } from '../../adapters/release/request';
import type { Configuration } from '../../core/gate/configuration';
import type { Actor, RunMode } from '../../core/release/run';
import { askEnvironment, told, withProgress } from '../commands/ask-release';
import { chooseRepository } from '../commands/choose-repository';
import { COMMANDS } from '../commands/names';
import { faultSentence } from '../log';
import type { World } from '../../core/tasks/task';
import type { Workbench } from '../workbench';
import type { WorkspaceRepository } from '../workspace-world';
import type { FollowedRuns, LiveRun } from './followed-runs';
import { whyNotOne } from './one-release';
import type { ReleasePanels } from './release-panel';

const USUAL_CONFIGURATION = '.github/release-gate.yml';

/** So many tags are offered as the version, the newest first. */
const MAX_TAGS = 8;

/** What a button may fill in beforehand. It never starts, answers or approves anything: the run itself asks for its phrase. */
interface ReleaseArguments {
  /** The name or the key of the folder. */
  readonly folder?: string | null;
  readonly version?: string | null;
  readonly environment?: string | null;
  /** The id of a run. */
  readonly run?: string | null;
}

/** How a command ended; null where the person turned away. */
export type ReleaseCommandOutcome =
  | { readonly kind: 'followed'; readonly run: string }
  | { readonly kind: 'stopped'; readonly message: string };

/** What every command needs before anything runs. */
interface Place {
  readonly repository: WorkspaceRepository;
  readonly root: string;
  readonly world: World;
  readonly configuration: Configuration;
  readonly configurationFile: string | null;
  readonly releaseFolder: string;
  readonly by: Actor;
}

/** What is shared with whoever looks for runs: those that are being started from here are no news. */
export interface ReleaseParts {
  readonly runs: FollowedRuns;
  readonly panels: ReleasePanels;
  /** While a run is being started from this window. */
  isStarting: boolean;
}

/**
 * Run Release, Roll Back, Run Drill, Follow Release, Resume Release. Each asks what is not said, starts the process that
 * runs (or finds it) and shows it; the phrase, and everything else that is decided, the run asks itself. No model tool and
 * no chat command leads here.
 */
export function registerReleaseCommands(
  context: vscode.ExtensionContext,
  workbench: Workbench,
  parts: ReleaseParts,
): void {
  const program = context.asAbsolutePath('dist/cli.js');
  const register = (
    command: string,
    work: (place: Place, given: ReleaseArguments) => Promise<ReleaseCommandOutcome | null>,
  ): vscode.Disposable =>
    vscode.commands.registerCommand(command, async (argument?: unknown) => {
      const given: ReleaseArguments = typeof argument === 'object' && argument !== null ? argument : {};
      try {
        const place = await placeOf(given, workbench);
        if (place === null) return null;
        const outcome = 'kind' in place ? place : await work(place, given);
        if (outcome?.kind === 'stopped') void workbench.person.warn(outcome.message);
        return outcome;
      } catch (error) {
        workbench.log.fault('The release could not be run', error);
        const message = faultSentence('The release could not be run', error);
        void workbench.person.warn(message);
        return { kind: 'stopped', message } satisfies ReleaseCommandOutcome;
      }
    });
  const start = (place: Place, request: RunRequest): Promise<ReleaseCommandOutcome> =>
    startAndShow(program, place, request, parts);

  context.subscriptions.push(
    register(COMMANDS.runRelease, async (place, given) => {
      const asked = await askRelease(place, given, workbench);
      if (asked === null || 'kind' in asked) return asked;
      const busy = await liveRunOf(place, asked.environment, parts);
      if (busy) {
        parts.panels.show(busy);
        return stopped(
          `${busy.id} is under way on ${asked.environment}: one release at a time. It is shown in its panel.`,
        );
      }
      return start(place, requestOf(place, 'release', asked));
    }),
    register(COMMANDS.rollBack, async (place, given) => {
      const environments = await knownEnvironments(place);
      const environment =
        told(given.environment) ??
        (await askEnvironment('Where is it rolled back?', environments, workbench));
      if (environment === null) return null;
      const live = await liveRunOf(place, environment, parts);
      if (live) return tellToRollBack(live, given, workbench, parts);
      const before = (await runsOf(place)).find(
        ({ mode, identity }) => mode === 'release' && identity?.environment === environment,
      )?.identity?.version;
      const version =
        told(given.version) ??
        told(
          await workbench.person.ask(
            `Which version runs on ${environment} now?`,
            'For example 2.4.0',
            before,
          ),
        );
      if (version === null) return null;
      const asked = { version, environment };
      return whyNotOne(asked) ?? start(place, requestOf(place, 'rollback', asked));
    }),
    register(COMMANDS.runDrill, async (place, given) => {
      const asked = await askRelease(place, given, workbench, { isDrill: true });
      if (asked === null || 'kind' in asked) return asked;
      return start(place, requestOf(place, 'drill', asked));
    }),
    register(COMMANDS.followRelease, async (place, given) => {
      const id = told(given.run) ?? (await chooseRun(await runsOf(place), 'Which run?', workbench));
      return id === null ? null : show(place, id, parts);
    }),
    register(COMMANDS.resumeRelease, async (place, given) => {
      const open = (await runsOf(place)).filter(({ isEnded, identity }) => !isEnded && identity !== null);
      if (open.length === 0) return stopped('Every run has come to its end; there is nothing to go on with.');
      const id = told(given.run) ?? (await chooseRun(open, 'Which run is gone on with?', workbench));
      if (id === null) return null;
      const identity = open.find((run) => run.id === id)?.identity;
      if (!identity) return stopped(`${id} is not a run that could be gone on with.`);
      const live = await parts.runs.follow(place.repository, place.releaseFolder, id);
      if (live && !(await isGoneNow(live))) {
        parts.panels.show(live);
        return stopped(`The process of ${id} is there: it is followed, and nothing is resumed.`);
      }
      return start(place, {
        ...requestOf(place, identity.mode, identity),
        target: identity.target,
        resume: { id, by: place.by },
      });
    }),
  );
}

const stopped = (message: string): ReleaseCommandOutcome => ({ kind: 'stopped', message });

/** Where it runs and who runs it, or the sentence why it may not; null where the person turned away. */
async function placeOf(
  given: ReleaseArguments,
  { repositories, person }: Workbench,
): Promise<Place | Extract<ReleaseCommandOutcome, { kind: 'stopped' }> | null> {
  const refuse = (message: string) => ({ kind: 'stopped', message }) as const;
  if (!vscode.workspace.isTrusted)
    return refuse('Nothing runs in Restricted Mode: trust the workspace first.');
  const repository = await chooseRepository(repositories, person, given.folder ?? null);
  if (!repository) return null;
  const opened = await repository.world();
  if (!opened.ok) return refuse(opened.message);
  const [{ gitUserName }, { releasePathsOf }] = await Promise.all([
    import('../../adapters/git-identity'),
    import('../../core/evidence/release-settings'),
  ]);
  const root = repository.folder.fsPath;
  const name = await gitUserName(root);
  if (name === null) {
    return refuse(
      'git does not know who you are, and a release says who ran it: git config user.name "Your Name".',
    );
  }
  const { configuration } = opened.world;
  return {
    repository,
    root,
    world: opened.world,
    configuration,
    configurationFile: opened.configurationPath === USUAL_CONFIGURATION ? null : opened.configurationPath,
    releaseFolder: releasePathsOf(configuration.release).releaseFolder,
    by: { name, via: 'panel' },
  };
}

function requestOf(
  { by, configuration, configurationFile }: Place,
  mode: RunMode,
  { version, environment }: { readonly version: string; readonly environment: string },
): RunRequest {
  return {
    mode,
    version,
    environment,
    target: null,
    startedBy: by,
    configurationFile,
    isOnline: configuration.isOnline,
    unattended: null,
    resume: null,
    breakLock: null,
  };
}

async function startAndShow(
  program: string,
  place: Place,
  request: RunRequest,
  parts: ReleaseParts,
): Promise<ReleaseCommandOutcome> {
  const { startRun } = await import('../../adapters/release/start-run');
  parts.isStarting = true;
  try {
    const started = await startRun(program, place.root, request);
    if (!started.ok) return stopped(`Nothing was started: ${started.detail}.`);
    return await show({ ...place, releaseFolder: started.releaseFolder }, started.id, parts);
  } finally {
    parts.isStarting = false;
  }
}

async function show(
  { repository, releaseFolder }: Place,
  id: string,
  { runs, panels }: ReleaseParts,
): Promise<ReleaseCommandOutcome> {
  const run = await runs.follow(repository, releaseFolder, id);
  if (!run) return stopped(`The journal of ${id} cannot be read.`);
  panels.show(run);
  return { kind: 'followed', run: id };
}

async function runsOf({ root, releaseFolder }: Place): Promise<readonly ListedRun[]> {
  const { listRuns } = await import('../../adapters/release/journal-store');
  return listRuns(root, releaseFolder);
}

/** The run of an environment whose process is there; null for none. */
async function liveRunOf(place: Place, environment: string, { runs }: ReleaseParts): Promise<LiveRun | null> {
  for (const { id, identity, isEnded } of await runsOf(place)) {
    if (isEnded || identity?.environment !== environment) continue;
    const run = await runs.follow(place.repository, place.releaseFolder, id);
    if (run && run.state().phase !== 'ended' && !(await isGoneNow(run))) return run;
  }
  return null;
}

/** Whether a run's process is gone, asked now and not when it was looked for last. */
export async function isGoneNow(run: LiveRun): Promise<boolean> {
  const { runner, phase } = run.state();
  if (phase === 'ended') return false;
  if (!runner || runner.host !== os.hostname()) return run.isGone();
  const { isSameProcess } = await import('../../adapters/release/process/groups');
  return !(await isSameProcess(runner.pid, runner.startTime));
}

/** There is never a second runner: one that is under way is told, with the person's reason. */
async function tellToRollBack(
  live: LiveRun,
  given: ReleaseArguments,
  { person }: Workbench,
  { panels }: ReleaseParts,
): Promise<ReleaseCommandOutcome | null> {
  panels.show(live);
  const { demands } = await live.view();
  const demand = demands.includes('roll-back') ? 'roll-back' : 'abort';
  if (!demands.includes(demand)) return stopped(`${live.id} goes back already, or has its verdict.`);
  const reason = told(
    await person.ask(
      demand === 'roll-back'
        ? `${live.id} is under way and is told to roll back. Why?`
        : `${live.id} is under way and has deployed nothing yet: it is told to abort. Why?`,
      'For example: the orders page is empty',
    ),
  );
  if (reason === null) return null;
  return (await live.demand(demand, reason, ''))
    ? { kind: 'followed', run: live.id }
    : stopped(`${live.id} was not told: ${live.refusal() ?? 'it did not take it'}.`);
}

/** One version and one environment, or why not; null where the person turns away. */
async function askRelease(
  place: Place,
  given: ReleaseArguments,
  workbench: Workbench,
  { isDrill = false }: { readonly isDrill?: boolean } = {},
): Promise<
  | { readonly version: string; readonly environment: string }
  | Extract<ReleaseCommandOutcome, { kind: 'stopped' }>
  | null
> {
  let environment = told(given.environment);
  let version = told(given.version);
  if (environment === null || version === null) {
    const [{ proposeRelease }, { HistoryFailure }] = await Promise.all([
      import('../../core/tasks/propose-release'),
      import('../../core/ports'),
    ]);
    let proposed;
    try {
      proposed = await withProgress('reading the change', (report, signal) =>
        proposeRelease(place.world, { signal, report }),
      );
    } catch (error) {
      if (!(error instanceof HistoryFailure)) throw error;
      return { kind: 'stopped', message: `The change cannot be read: ${error.message}.` };
    }
    if (proposed === null) return null;
    const { productionEnvironments, release } = place.configuration;
    const environments = [
      ...new Set([...proposed.environments, ...Object.keys(release.environments)]),
    ].filter((name) => !isDrill || !productionEnvironments.includes(name));
    const where = isDrill ? 'Where is it drilled? Never in production.' : 'Where is it released to?';
    environment ??= await askEnvironment(where, environments, workbench);
    if (environment === null) return null;
    version ??= await askVersion(proposed, place, workbench);
    if (version === null) return null;
  }
  const asked = { version, environment };
  return whyNotOne(asked) ?? asked;
}

async function askVersion(
  proposed: { readonly version: string | null; readonly from: string },
  { world }: Place,
  { person }: Workbench,
): Promise<string | null> {
  const other = 'Another version…';
  let tags: readonly string[] = [];
  try {
    const all = await world.history.tags('HEAD');
    tags = all
      .map(({ name }) => name)
      .slice(-MAX_TAGS)
      .reverse();
  } catch {
    // Nothing is lost: the version can be typed.
  }
  const first = proposed.version === null ? [] : [`${proposed.version} (${proposed.from})`];
  const tagged = tags.map((tag) => `${tag} (a tag)`);
  const question = 'Which version is released?';
  const chosen =
    first.length + tagged.length === 0 ? other : await person.choose(question, [...first, ...tagged, other]);
  if (chosen === null) return null;
  if (chosen === other) return told(await person.ask(question, 'For example 2.4.0'));
  return chosen === first[0] ? proposed.version : (tags[tagged.indexOf(chosen)] ?? null);
}

/** Environments that runs, configuration and its release settings name: without reading the repository, since it hurries. */
async function knownEnvironments(place: Place): Promise<readonly string[]> {
  const { productionEnvironments, otherEnvironments, release } = place.configuration;
  const ran = (await runsOf(place)).flatMap(({ identity }) => (identity ? [identity.environment] : []));
  return [
    ...new Set([
      ...ran,
      ...productionEnvironments,
      ...otherEnvironments,
      ...Object.keys(release.environments),
      'production',
    ]),
  ];
}

async function chooseRun(
  runs: readonly ListedRun[],
  question: string,
  { person }: Workbench,
): Promise<string | null> {
  if (runs.length === 0) {
    void person.tell('Nothing was run here yet.');
    return null;
  }
  const labels = runs.map(runLabel);
  const chosen = await person.choose(question, labels);
  return chosen === null ? null : (runs[labels.indexOf(chosen)]?.id ?? null);
}

/** A run as a list shows it. */
export function runLabel({ id, mode, identity, startedAt, isEnded }: ListedRun): string {
  const what = identity ? `${mode} of ${identity.version} on ${identity.environment}` : id;
  const status = isEnded ? 'over' : 'not ended';
  return `${what}, ${(startedAt ?? 'not begun').slice(0, 16).replace('T', ' ')}, ${status} (${id})`;
}
