import os from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { answersEnd, watchAnswers } from '../../adapters/release/answers';
import { createElapsed } from '../../adapters/release/elapsed';
import {
  createRunFolder,
  openRun,
  type RunFolder,
  type RunJournal,
} from '../../adapters/release/journal-store';
import { openEnvironmentLock, stateFolder } from '../../adapters/release/environment-lock';
import { probeFile } from '../../adapters/release/metrics/index';
import { endGroup, endMarked, isSameProcess, type GroupEnd } from '../../adapters/release/process/groups';
import { processTable } from '../../adapters/release/process/processes';
import type { RunRequest } from '../../adapters/release/request';
import { Runner, type LineWriter } from '../../adapters/release/runner';
import { RUNNER_COMMAND, sayHandshake } from '../../adapters/release/start-run';
import { releasePathsOf } from '../../core/evidence/release-settings';
import type { Answer, Demand, Effect, JournalLine, ReleaseEvent, Timed } from '../../core/release/events';
import type { ReadJournalLines } from '../../core/release/journal';
import { replay } from '../../core/release/machine';
import { exitStatusOf, type RunnerProcess } from '../../core/release/run';
import { initialState, isLiveTouched, type ReleaseState } from '../../core/release/state';
import { settleReleaseSettings } from '../../core/tasks/release/preflight/release-times';
import { CommandFailure } from '../command-failure';
import { openWorld } from '../world';
import { createPerformers, smokeMarker } from './performers';
import { appendRunnerLog } from './runner-log';
import { identityOf, isProduction, runSettingsOf } from './run-settings';
import { unattendedAnswer } from './unattended';
import { createVulnerabilityWatch } from './vulnerability';
import { createRecordWriter } from './write-record';

/** The process of a run: started by `release`, `rollback`, `drill`, `resume` and by the editor, never typed by a person. */
export function runnerCommand(): Command {
  return new Command(RUNNER_COMMAND)
    .description('Run a release (started by release-gate itself)')
    .argument('<root>')
    .argument('<request>')
    .action(async (root: string, text: string) => {
      try {
        process.exitCode = await runRelease(path.resolve(root), JSON.parse(text) as RunRequest);
      } catch (error) {
        sayHandshake({
          ok: false,
          detail: error instanceof Error ? error.message.replace(/\.$/, '') : String(error),
        });
        process.exitCode = 2;
      }
      // Whatever still listens (a probe, a file watcher) keeps no finished run alive.
      process.exit();
    });
}

async function runRelease(root: string, request: RunRequest): Promise<number> {
  const world = await openWorld(root, request.configurationFile, {
    online: request.isOnline,
    // A release is a person's word, by the typed phrase, that the programs of the configuration run.
    runCommands: true,
  });
  const isProd = isProduction(world, request.environment);
  const { settings, watch } = await settleReleaseSettings(
    world,
    world.configuration.release,
    request.environment,
    isProd,
  );
  const paths = releasePathsOf(settings);
  if (request.mode === 'drill' && isProd && !request.resume) {
    throw new CommandFailure(
      `a drill deploys only to go back, so none is run in production or where nothing tells that ${request.environment} is not: name it as no production in the configuration, or take another environment`,
    );
  }
  const { run, journal, read } = request.resume
    ? await openAgain(root, paths.releaseFolder, request.resume.id)
    : await openNew(root, paths.releaseFolder, request, world.clock.now());
  const before = read?.lines ?? [];
  const state = replay(eventsOf(before));
  const whyNot = request.resume ? await whyNotGoneOnWith(state) : null;
  if (whyNot !== null) {
    await journal.close();
    throw new CommandFailure(`the release cannot be gone on with: ${whyNot}`);
  }
  const lock = await openEnvironmentLock({
    root,
    history: world.history,
    remote: settings.lockRemote,
    environment: request.environment,
    version: request.version,
    runId: run.id,
    by: request.startedBy.name,
    breakReason: request.breakLock,
    isResumed: request.resume !== null,
  });
  if (request.resume && !lock.isHeld) {
    await journal.close();
    throw new CommandFailure(`the release cannot be gone on with: ${lock.detail}`);
  }
  const clock = createElapsed(before.at(-1) ?? null, world.clock);
  const signal = new AbortController().signal;
  let current: ReleaseState = state;
  const hear: { answer: (answer: Answer) => void } = { answer: () => undefined };
  const asked = new Set<string>();
  const record = createRecordWriter(root, run, journal, before);
  const performers = createPerformers({
    record,
    root,
    world,
    settings,
    run,
    clock,
    isOnline: request.isOnline,
    lock,
    probeFile: probeFile(stateFolder(), request.environment),
    vulnerabilities: await createVulnerabilityWatch(root, world, settings, signal),
    onState: async (next) => {
      current = next;
      if (request.unattended && next.question && !asked.has(next.question.id)) {
        const answer = unattendedAnswer(next, request.unattended);
        if (answer) {
          asked.add(next.question.id);
          hear.answer(answer);
        }
      }
      await record.writeSoon();
    },
  });
  const answersFrom = await answersEnd(path.join(root, run.answers));
  let isBegun = false;
  // Whoever waits for this run is told when there is something to follow, and who is at it.
  const telling: LineWriter = {
    async append(timed) {
      const line = await record.journal.append(timed);
      if (!isBegun) sayHandshake({ ok: true, id: run.id, releaseFolder: paths.releaseFolder });
      isBegun = true;
      return line;
    },
  };
  const runner = new Runner(
    state.run ? state : initialState,
    telling,
    performers,
    clock,
    (onAnswer, onDemand) => listen(root, run, answersFrom, hear, onAnswer, onDemand),
  );
  process.on('uncaughtException', (error) => {
    appendRunnerLog(root, run, error);
    process.exit(isLiveTouched(current) ? 4 : 2);
  });
  const first = request.resume
    ? await resumed({
        root,
        id: run.id,
        lines: before,
        state,
        request,
        graceMs: settings.deploy.graceMs,
        mask: await performers.maskOf(state),
      })
    : started(await identityOf(world, request, run), runSettingsOf(settings, watch), await ownProcess());
  const end = await runner.run(first);
  const isTouched = isLiveTouched(end.state);
  await performers.close(end.kind === 'verdict' || !isTouched);
  await journal.close().catch(() => undefined);
  if (end.kind === 'verdict') {
    await record.write().catch(() => undefined);
    return exitStatusOf(end.verdict);
  }
  appendRunnerLog(root, run, new Error(`the journal failed, so the run stopped: ${end.detail}`));
  if (!isBegun) throw new CommandFailure(`the release cannot be recorded: ${end.detail}`);
  return isTouched ? 4 : 2;
}

interface OpenedRun {
  readonly run: RunFolder;
  readonly journal: RunJournal;
  /** What stands there already; null for a new run. */
  readonly read: ReadJournalLines | null;
}

async function openNew(
  root: string,
  releaseFolder: string,
  { mode, version, environment }: RunRequest,
  at: Date,
): Promise<OpenedRun> {
  const made = await createRunFolder(root, releaseFolder, { mode, version, environment, at });
  if (!made.ok) throw new CommandFailure(`the release cannot be recorded: ${made.detail}`);
  return { run: made.run, journal: made.journal, read: null };
}

async function openAgain(root: string, releaseFolder: string, id: string): Promise<OpenedRun> {
  const opened = await openRun(root, releaseFolder, id);
  if (!opened.ok) throw new CommandFailure(`the release cannot be gone on with: ${opened.detail}`);
  const { run, journal, read } = opened;
  if (!read.isIntact || !read.isUnderstood) {
    await journal.close();
    throw new CommandFailure(
      `the journal of ${id} is not as it was written, so that nothing can be gone on with: a person takes over (docs/journal.md)`,
    );
  }
  return { run, journal, read };
}

/** Why nobody may go on with a run, beside its lock; null where somebody may. */
async function whyNotGoneOnWith({ run, phase, runner }: ReleaseState): Promise<string | null> {
  if (!run) return 'it had not begun when its process went, and nothing of it was done';
  if (phase === 'ended') return 'it has its verdict';
  // Before it has the lock, and after it gave it back, only this tells.
  return runner?.host === os.hostname() && (await isSameProcess(runner.pid, runner.startTime))
    ? `its process is at it (process ${runner.pid})`
    : null;
}

function started(
  run: Extract<ReleaseEvent, { event: 'started' }>['run'],
  settings: Extract<ReleaseEvent, { event: 'started' }>['settings'],
  runner: RunnerProcess,
): ReleaseEvent {
  return { event: 'started', run, settings, runner };
}

/** What a process that goes on with a run finds: it ends what is left of the script, and says what it was. */
async function resumed({
  root,
  id,
  lines,
  state,
  request,
  graceMs,
  mask,
}: {
  readonly root: string;
  readonly id: string;
  readonly lines: readonly JournalLine[];
  readonly state: ReleaseState;
  readonly request: RunRequest;
  readonly graceMs: number;
  readonly mask: (text: string) => string;
}): Promise<ReleaseEvent> {
  const last = lines.findLast(({ entry }) => 'effect' in entry && entry.effect === 'run-script');
  const begun = last?.entry as Extract<Effect, { effect: 'run-script' }> | undefined;
  const isOpen =
    begun !== undefined &&
    state.doing.some(
      (effect) =>
        effect.effect === 'run-script' &&
        effect.direction === begun.direction &&
        effect.stage === begun.stage,
    );
  const details: string[] = [];
  if (state.running) {
    const { pid, startTime } = state.running;
    const end = await endGroup(pid, startTime, graceMs);
    details.push(leftInWords('the script', end) ?? 'nothing was left of the script');
  }
  for (const direction of ['forward', 'back'] as const) {
    const left = leftInWords('the smoke tests', await endMarked(smokeMarker(root, id, direction), graceMs));
    if (left !== null) details.push(left);
  }
  const runner = await ownProcess();
  return {
    event: 'resumed',
    by: request.resume?.by ?? request.startedBy,
    interrupted: isOpen ? begun : null,
    detail: mask(details.join('; ')),
    runner,
  };
}

/** What was left of something and became of it; null where nothing was left. */
function leftInWords(what: string, { processes, isGone, detail }: GroupEnd): string | null {
  if (processes.length === 0) return isGone ? null : `something of ${what} may be left: ${detail}`;
  return `what was left of ${what} was ended (${processes.join('; ')})${isGone ? '' : `; not all of it is gone: ${detail}`}`;
}

async function ownProcess(): Promise<RunnerProcess> {
  const own = await processTable().find(process.pid);
  return { pid: process.pid, startTime: own?.startTime ?? '', host: os.hostname() };
}

function eventsOf(lines: readonly JournalLine[]): readonly Timed<ReleaseEvent>[] {
  return lines.flatMap(({ at, elapsedMs, entry }) => ('event' in entry ? [{ at, elapsedMs, entry }] : []));
}

function listen(
  root: string,
  run: RunFolder,
  from: number,
  hear: { answer: (answer: Answer) => void },
  onAnswer: (answer: Answer) => void,
  onDemand: (demand: Demand) => void,
): () => void {
  hear.answer = onAnswer;
  const ending = new AbortController();
  watchAnswers(
    path.join(root, run.answers),
    from,
    (heard) => {
      if (heard.kind === 'refused')
        appendRunnerLog(root, run, new Error(`a line of the answers ${heard.detail}`));
      else if (heard.said.kind === 'answer') onAnswer(heard.said.answer);
      else onDemand(heard.said.demand);
    },
    ending.signal,
  ).catch((error: unknown) => appendRunnerLog(root, run, error));
  return () => ending.abort();
}
