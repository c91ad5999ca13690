import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import type { HeldWorld } from '../../../scripts/lib/hold-release-world';
import type { Question, QuestionKind, ReleaseState } from '../../../src/core/release/state';
import { JournalTail } from '../../release/end-to-end/attend';
import type { VersionFaults } from '../../release/world/release-world';
import { itInPage, type Workbench } from '../workbench';
import { eventually, workspaceFolder } from '../workspace';

const git = promisify(execFile);
const RECORDS = 'docs/release/records';

/** Waits of a run: a machine that is busy with a window takes its time. */
const RUN_MS = 120_000;

const inPanel = (selector: string, text?: string) => ({
  selector,
  inWebview: true,
  ...(text === undefined ? {} : { text }),
});

/** What is chosen in the panel where a run asks, and what is typed with it. */
type Replies = Partial<Record<QuestionKind, { readonly choice: string; readonly text?: string }>>;

const willing: Replies = {
  proceed: { choice: 'proceed' },
  strategy: { choice: 'all-at-once' },
  start: { choice: 'start', text: 'production 1.0.1' },
  // A busy machine can miss a poll, which asks.
  soft: { choice: 'continue' },
};

function heldWorld(): HeldWorld {
  return JSON.parse(process.env['RELEASE_GATE_TEST_WORLD'] ?? '{}') as HeldWorld;
}

const inRun = (id: string, file: string): string =>
  path.join(workspaceFolder(), RECORDS, `${id}.journal`, file);

/** A run that this window has started, answered in its panel as a person does. */
class Attended {
  private readonly tail: JournalTail;

  constructor(
    readonly id: string,
    private readonly workbench: Workbench,
  ) {
    this.tail = new JournalTail(inRun(id, 'journal.jsonl'));
  }

  state(): ReleaseState {
    this.tail.read();
    return this.tail.state;
  }

  /** Answers what is asked until something is so. */
  async until(what: string, isSo: (state: ReleaseState) => boolean, replies: Replies): Promise<ReleaseState> {
    return eventually(
      what,
      async () => {
        const state = this.state();
        if (isSo(state)) return state;
        const { question } = state;
        const reply = question && replies[question.kind];
        if (reply) await this.answer(question, reply);
        return undefined;
      },
      RUN_MS,
    ).catch((error: unknown) => {
      const { phase, question, verdict, gate } = this.state();
      const items = gate?.items.filter(({ outcome }) => outcome === 'fail' || outcome === 'unknown');
      throw new Error(`${String(error)}; ${JSON.stringify({ phase, question, verdict, items })}`);
    });
  }

  /** Answers what is asked to the end; the record is whole when the runner has gone. */
  async end(replies: Replies): Promise<ReleaseState> {
    const state = await this.until('the end of the release', ({ phase }) => phase === 'ended', replies);
    const pid = state.runner?.pid;
    await eventually('the end of the runner', () => (pid && isThere(pid) ? undefined : true));
    return state;
  }

  /** Presses the button of a choice, with what is typed beside it; one that was withdrawn meanwhile is left. */
  private async answer(
    question: Question,
    { choice, text }: { choice: string; text?: string },
  ): Promise<void> {
    const id = `#answer-${question.id}-${choice}`;
    const isOpen = (): boolean => this.state().question?.id === question.id;
    try {
      if (text !== undefined) {
        await this.workbench.click(inPanel(id), 10_000);
        await this.workbench.type(text);
      }
      await this.workbench.click(inPanel(`${id}-button`), 10_000);
    } catch (error) {
      if (isOpen()) throw error;
    }
    await eventually(`an end of ${question.id}`, () => (isOpen() ? undefined : true));
  }
}

/** Everything as before the first release: nothing is deployed, tagged, recorded or known to be wrong. */
async function asBefore(): Promise<void> {
  const { state } = heldWorld();
  const root = workspaceFolder();
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await vscode.commands.executeCommand('notifications.clearAll');
  await git('git', ['-C', root, 'checkout', '--quiet', '--', 'docs']);
  await git('git', ['-C', root, 'clean', '-ffdq', 'docs']);
  for (const tag of ['v1.0.1', '1.0.1', 'release/1.0.1']) {
    await git('git', ['-C', root, 'tag', '--delete', tag]).catch(() => undefined);
  }
  writeFileSync(path.join(state, 'live'), '1.0.0\n');
  for (const file of ['deployments', 'rollbacks']) rmSync(path.join(state, file), { force: true });
  letVersionBe({});
}

/** How 1.0.1 behaves where it runs; it errs at 1 %, as 1.0.0 does, where nothing else is said. */
function letVersionBe(faults: VersionFaults): void {
  writeFileSync(
    path.join(heldWorld().state, 'faults', '1.0.1.json'),
    JSON.stringify({ errorRate: 0.01, ...faults }),
  );
}

const done = (file: 'deployments' | 'rollbacks' | 'live'): readonly string[] => {
  const whole = path.join(heldWorld().state, file);
  return existsSync(whole) ? readFileSync(whole, 'utf8').split('\n').filter(Boolean) : [];
};

interface Outcome {
  readonly kind: string;
  readonly run?: string;
  readonly message?: string;
}

const command = async (id: string, given: object): Promise<Outcome | null> =>
  vscode.commands.executeCommand<Outcome | null>(id, given);

/** Answers the questions of a command at the top of the window, and gives its end; null leaves what stands there. */
async function answered(
  workbench: Workbench,
  ended: Promise<Outcome | null>,
  answers: readonly (readonly [question: string, answer: string | null])[],
): Promise<Outcome | null> {
  let early: Outcome | null | undefined;
  void ended.then((outcome) => (early = outcome));
  for (const [question, text] of answers) {
    const place = { selector: '.quick-input-widget', text: question };
    await workbench.waitFor(place).catch((error: unknown) => {
      throw new Error(`${String(error)}; the command ended with ${JSON.stringify(early)}`);
    });
    if (text !== null) await workbench.type(text);
    await workbench.press('Enter');
    await workbench.waitForNone(place);
  }
  return ended;
}

/** Runs a command that starts or goes on with a run, and follows it. */
async function started(id: string, given: object, workbench: Workbench): Promise<Attended> {
  const outcome = await command(id, given);
  assert.equal(outcome?.kind, 'followed', outcome?.message);
  return new Attended(outcome.run ?? '', workbench);
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const runRelease = (workbench: Workbench): Promise<Attended> =>
  started('releaseGate.runRelease', { version: '1.0.1', environment: 'production' }, workbench);

const record = (id: string): string =>
  readFileSync(path.join(workspaceFolder(), RECORDS, `${id}.md`), 'utf8');

describe('a release that is run from VS Code, by the real runner on a real service', function () {
  this.timeout(2 * RUN_MS);
  beforeEach(asBefore);
  after(asBefore);

  itInPage('ends as Released', async (workbench) => {
    const run = await runRelease(workbench);
    await workbench.waitFor(inPanel('h1', 'Release of 1.0.1 to production'));
    const state = await run.end(willing);
    assert.equal(state.verdict?.verdict, 'Released', state.verdict?.reason);
    assert.deepEqual([done('deployments'), done('rollbacks'), done('live')], [['1.0.1 100%'], [], ['1.0.1']]);
    assert.deepEqual(state.confirmed?.by, { name: 'Ada Example', via: 'panel' });
    await workbench.waitFor(inPanel('#banner', 'Released'));
    await workbench.waitFor(inPanel('#watch h2', 'poll 20 of 20'));
    assert.match(record(run.id), /^# Record of 1\.0\.1 to production: Released$/m);

    const closed = await answered(
      workbench,
      command('releaseGate.closeRelease', { version: '1.0.1', environment: 'production' }),
      [
        ['Which version is closed?', null],
        ['Who closes it?', null],
      ],
    );
    assert.equal(closed?.kind, 'refused');
    assert.match(closed.message ?? '', /conditions do not hold/);
    const report =
      vscode.workspace.textDocuments.find(({ uri }) => uri.path === '/close.md')?.getText() ?? '';
    assert.match(report, /^# Closing 1\.0\.1 in production\n\nIt may not be closed yet\./);
    assert.match(report, /The record stands as its run left it: holds, its seal holds/);
    assert.match(record(run.id), /^closed-by: ""$/m);
  });

  itInPage('is aborted before anything is deployed', async (workbench) => {
    const run = await runRelease(workbench);
    const state = await run.end({
      proceed: { choice: 'abort', text: 'the release train is late' },
    });
    assert.equal(state.verdict?.verdict, 'Aborted');
    assert.match(state.verdict?.reason ?? '', /the release train is late/);
    assert.deepEqual([done('deployments'), done('live')], [[], ['1.0.0']]);
    await workbench.waitFor(inPanel('#banner', 'Aborted'));
    assert.match(record(run.id), /^# Record of 1\.0\.1 to production: Aborted$/m);
  });

  itInPage('goes on after its runner was killed and its panel closed', async (workbench) => {
    const run = await runRelease(workbench);
    const watched = await run.until('two polls', ({ watches }) => (watches.at(-1)?.done ?? 0) >= 2, willing);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    assert.ok(watched.runner);
    const { pid } = watched.runner;
    process.kill(pid, 'SIGKILL');
    await eventually('the end of the runner', () => (isThere(pid) ? undefined : true));
    const again = await started('releaseGate.resumeRelease', { run: run.id }, workbench);
    assert.equal(again.id, run.id);
    const state = await again.end({
      ...willing,
      interrupted: { choice: 'resume' },
    });
    assert.equal(state.verdict?.verdict, 'Released', state.verdict?.reason);
    assert.equal(state.resumes.length, 1);
    assert.deepEqual(done('deployments'), ['1.0.1 100%'], 'nothing is deployed again');
    await workbench.waitFor(inPanel('#banner', 'Released'));
  });

  // The last: what it measured would be the past of the next.
  itInPage('is Rolled-Back where a person answers a soft breach so', async (workbench) => {
    // A level only asks, when it was too high for ten polls in a row.
    letVersionBe({ queueDepth: 30 });
    const run = await runRelease(workbench);
    const state = await run.end({
      ...willing,
      soft: { choice: 'roll-back' },
    });
    assert.equal(state.verdict?.verdict, 'Rolled-Back', state.verdict?.reason);
    const asked = state.asked.find(({ question }) => question.kind === 'soft')?.ended;
    assert.ok(asked?.how === 'answered' && asked.choice === 'roll-back');
    assert.deepEqual(asked.by, { name: 'Ada Example', via: 'panel' });
    assert.deepEqual(
      [done('deployments'), done('rollbacks'), done('live')],
      [['1.0.1 100%'], ['1.0.0'], ['1.0.0']],
    );
    await workbench.waitFor(inPanel('#banner', 'Rolled-Back'));
    assert.match(record(run.id), /^# Record of 1\.0\.1 to production: Rolled-Back$/m);

    const resolve = (phrase: string): Promise<Outcome | null> =>
      answered(workbench, command('releaseGate.resolveRelease', { environment: 'production' }), [
        ['Which version failed?', null],
        ['What mends it?', 'src/orders.js'],
        ['What was done, and what runs now?', 'The queue is drained again; 1.0.0 runs'],
        ['Who resolved it?', null],
        ['A resolution is yours alone', phrase],
      ]);
    const before = record(run.id);
    assert.equal((await resolve('production'))?.kind, 'left');
    assert.equal(record(run.id), before);
    assert.equal((await resolve('production 1.0.1'))?.kind, 'written');
    const after = record(run.id);
    assert.match(after, /^resolved-by: "Ada Example"$/m);
    assert.match(after, /^resolution: "The queue is drained again; 1\.0\.0 runs"$/m);
    assert.equal(after.slice(after.indexOf('\n---\n')), before.slice(before.indexOf('\n---\n')));
  });
});
