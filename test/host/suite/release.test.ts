import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import { toldRun, type ToldRun, type ToldRunOptions } from '../../../scripts/lib/told-run';
import { askInChat, newChat } from '../chat';
import { scriptedModel } from '../the-model';
import { itInPage, places } from '../workbench';
import { eventually, fileUri, resetWorkspace, workspaceFolder } from '../workspace';

const run = promisify(execFile);

const FOLDER = 'docs/release/records';

interface Outcome {
  readonly kind: string;
  readonly run?: string;
  readonly message?: string;
}

interface Said {
  readonly kind: string;
  readonly answer?: { readonly question: string; readonly choice: string; readonly text: string };
  readonly demand?: { readonly what: string; readonly reason: string; readonly phrase?: string };
}

const inPanel = (selector: string, text?: string) => ({
  selector,
  inWebview: true,
  ...(text === undefined ? {} : { text }),
});
const quickPick = { selector: '.quick-input-widget .quick-input-title' };

/** A told run in the workspace, as its runner would have left it. */
class Journal {
  private written = 0;

  constructor(readonly told: ToldRun) {}

  get id(): string {
    return this.told.state().run?.id ?? '';
  }

  private file(name: string): string {
    return path.join(workspaceFolder(), FOLDER, `${this.id}.journal`, name);
  }

  async write(): Promise<this> {
    if (this.written === 0) {
      await mkdir(this.file('output'), { recursive: true });
      await writeFile(this.file('answers.jsonl'), '');
      await writeFile(
        this.file('output/deploy-0.log'),
        '09:13:10 pulling orders:2.4.0\n09:14:40 6 of 6 are up\n',
      );
    }
    const text = this.told.text();
    await appendFile(this.file('journal.jsonl'), text.slice(this.written));
    this.written = text.length;
    return this;
  }

  /** What the faces have said to the run. */
  async said(): Promise<readonly Said[]> {
    const lines = (await readFile(this.file('answers.jsonl'), 'utf8')).split('\n');
    return lines
      .filter((line) => line !== '')
      .map((line) => (JSON.parse(line) as { said?: Said }).said ?? (JSON.parse(line) as Said));
  }

  /** Lets the run end, so that nothing of it is left for the next test. */
  async end(): Promise<void> {
    const { told } = this;
    const by = { name: 'Grace Hopper', via: 'panel' } as const;
    if (!told.state().verdict) {
      const what = told.state().scripts.length > 0 ? 'take-over' : 'abort';
      told.happen({ event: 'demanded', demand: { what, reason: 'the test is over', by } });
    }
    for (let turn = 0; turn < 40 && told.state().phase !== 'ended'; turn++) {
      const [effect] = told.state().doing;
      if (effect?.effect === 'declare') told.happen({ event: 'declared', verdict: effect.verdict });
      else if (effect?.effect === 'follow-up')
        told.happen({ event: 'followed-up', outcome: { what: effect.what, isDone: true, detail: '' } });
      else told.happen({ event: 'ended' });
    }
    await this.write();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

let told = 0;
/** Each has an id of its own: a question that was asked once is not asked again. */
const tell = (options: ToldRunOptions = {}): ToldRun => toldRun({ ...options, which: ++told });

const follow = (id: string): Thenable<Outcome | null> =>
  vscode.commands.executeCommand<Outcome | null>('releaseGate.followRelease', { run: id });
const raised = (poll: number): number => (poll > 15 ? 0.0155 : 0.009);

describe('a release that is followed', () => {
  let journal: Journal;
  before(async () => {
    await run('git', ['-C', workspaceFolder(), 'config', 'user.name', 'Ada Lovelace']);
  });
  beforeEach(async () => {
    await resetWorkspace();
    await vscode.commands.executeCommand('notifications.clearAll');
  });
  afterEach(async () => journal?.end());
  after(resetWorkspace);

  const showWithDocument = async (): Promise<void> => {
    await vscode.window.showTextDocument(fileUri('README.md'), { preview: false });
  };

  it('is refused where several versions or environments are asked for, and where nothing was run', async () => {
    const several = await vscode.commands.executeCommand<Outcome>('releaseGate.runRelease', {
      version: '2.4.0',
      environment: 'staging, production',
    });
    assert.equal(several.kind, 'stopped');
    assert.match(several.message ?? '', /"staging, production" are several/);
    const none = await vscode.commands.executeCommand<Outcome>('releaseGate.resumeRelease');
    assert.match(none.message ?? '', /nothing to go on with/);
    journal = await new Journal(tell()).write();
  });

  it('opens once in a panel that can be closed and opened again', async () => {
    journal = await new Journal(tell({ polls: 4 })).write();
    const tabs = (): readonly vscode.Tab[] =>
      vscode.window.tabGroups.all
        .flatMap((group) => group.tabs)
        .filter((tab) => tab.label === 'Release of 2.4.0 to production');
    for (let time = 0; time < 2; time++) {
      assert.equal((await follow(journal.id))?.kind, 'followed');
      await follow(journal.id);
      await eventually('the panel', () => (tabs().length === 1 ? true : undefined));
      await vscode.window.tabGroups.close(tabs());
    }
  });

  itInPage('is noticed by itself when it begins elsewhere while the window is open', async (workbench) => {
    // With it the extension is at work, whatever ran before.
    await showWithDocument();
    journal = await new Journal(tell({ polls: 3, environment: 'elsewhere' })).write();
    await workbench.waitFor({ ...places.statusBarItem, text: 'watched, 3 of 60' });
  });

  itInPage('shows phases, charts and journal, and grows with it', async (workbench) => {
    journal = await new Journal(tell({ polls: 4 })).write();
    await follow(journal.id);
    await workbench.waitFor(inPanel('h1', 'Release of 2.4.0 to production'));
    await workbench.waitFor(inPanel('#watch h2', 'poll 4 of 60'));
    await workbench.waitFor(inPanel('#output pre', '6 of 6 are up'));
    journal.told.poll();
    await journal.write();
    await workbench.waitFor(inPanel('#watch h2', 'poll 5 of 60'));
    await workbench.waitFor(inPanel('#journal li', 'Poll 5: error rate'));
    await workbench.waitFor({ ...places.statusBarItem, text: 'watched, 5 of 60' });
  });

  itInPage('takes the phrase that is typed, and nothing else for it', async (workbench) => {
    const told = tell();
    told.answer('proceed');
    told.answer('all-at-once');
    journal = await new Journal(told).write();
    await follow(journal.id);
    const field = inPanel('#question input[id$="-start"]');
    await workbench.click(field);
    await workbench.type('production 2.4');
    await workbench.press('Enter');
    await workbench.waitFor(inPanel('#refusal', 'needs the phrase "production 2.4.0"'));
    assert.deepEqual(await journal.said(), []);
    await workbench.type('.0');
    await workbench.press('Enter');
    const [said] = await eventually('the answer', async () => {
      const all = await journal.said();
      return all.length > 0 ? all : undefined;
    });
    assert.deepEqual(
      [said?.answer?.question, said?.answer?.choice, said?.answer?.text],
      ['start-3', 'start', 'production 2.4.0'],
    );
  });

  itInPage('takes a demand with its reason', async (workbench) => {
    journal = await new Journal(tell({ polls: 4 })).write();
    await follow(journal.id);
    await workbench.click(inPanel('#demand-roll-back summary'));
    await workbench.click(inPanel('#reason-roll-back'));
    await workbench.type('the orders page is empty');
    // A poll that comes meanwhile takes nothing of what is typed.
    journal.told.poll();
    await journal.write();
    await workbench.waitFor(inPanel('#watch h2', 'poll 5 of 60'));
    await workbench.click(inPanel('#do-roll-back'));
    const [said] = await eventually('the demand', async () => {
      const all = await journal.said();
      return all.length > 0 ? all : undefined;
    });
    assert.deepEqual([said?.demand?.what, said?.demand?.reason], ['roll-back', 'the orders page is empty']);
  });

  itInPage(
    'asks a soft question at the top of the window, and takes it back when a hard breach comes',
    async (workbench) => {
      journal = await new Journal(
        tell({ polls: 18, errors: (poll) => (poll > 22 ? 0.06 : raised(poll)) }),
      ).write();
      await follow(journal.id);
      await workbench.waitFor(inPanel('#watch h2', 'poll 18 of 60'));
      await showWithDocument();
      while (!journal.told.state().question) journal.told.poll();
      await journal.write();
      await workbench.waitFor({ ...quickPick, text: 'A soft breach of 2.4.0 to production' });
      while (!journal.told.state().rollback) journal.told.poll();
      await journal.write();
      await workbench.waitForNone({ ...quickPick, text: 'A soft breach of 2.4.0 to production' });
      assert.deepEqual(await journal.said(), [], 'nothing was answered by nobody');
      await follow(journal.id);
      await workbench.waitFor(inPanel('#banner', 'Rolling back: error rate breached'));
    },
  );

  itInPage('takes an answer from the quick pick', async (workbench) => {
    journal = await new Journal(tell({ polls: 18, errors: raised })).write();
    await follow(journal.id);
    await workbench.waitFor(inPanel('#watch h2', 'poll 18 of 60'));
    await showWithDocument();
    while (!journal.told.state().question) journal.told.poll();
    await journal.write();
    await workbench.waitFor({ ...quickPick, text: 'A soft breach' });
    await workbench.click({ selector: '.quick-input-list .monaco-list-row', text: 'Roll back now' });
    const [said] = await eventually('the answer', async () => {
      const all = await journal.said();
      return all.length > 0 ? all : undefined;
    });
    assert.equal(said?.answer?.choice, 'roll-back');
    await workbench.waitForNone(quickPick);
  });

  itInPage(
    'is only offered by chat: nothing is started by words, and no model is asked',
    async (workbench) => {
      journal = await new Journal(tell()).write();
      const model = await scriptedModel();
      await newChat();
      const answer = await askInChat('@release deploy to prod');
      assert.equal(answer.errorDetails, undefined);
      await workbench.waitFor({ ...places.lastChatAnswer, text: 'a person starts it' });
      await workbench.waitFor({ selector: '.interactive-response .monaco-button', text: 'Run Release' });
      assert.equal(model.requests.length, 0);
      assert.deepEqual(await journal.said(), []);
    },
  );
});
