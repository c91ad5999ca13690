import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import { askInChat, newChat } from '../chat';
import { scriptedModel } from '../the-model';
import { itInPage } from '../workbench';
import { changedFiles, eventually, fileUri, isOnDisk, resetWorkspace, workspaceFolder } from '../workspace';

const run = promisify(execFile);

/** The migration of the demonstration repository that cannot be undone: `alter table orders drop column …`. */
const MIGRATION = 'migrations/0006_drop_customer_email.sql';
const OVERRIDE = 'docs/release/records/override_actions-compensated_production_1.5.0_2026-11-26.md';
const SOURCE = 'release-gate readiness';

interface Outcome {
  readonly kind: string;
  readonly verdict?: string;
  readonly reasons?: readonly string[];
  readonly message?: string;
}

const judge = (version = '1.5.0', environment = 'production'): Thenable<Outcome | null> =>
  vscode.commands.executeCommand<Outcome | null>('releaseGate.judgeRelease', { version, environment });

const marksOf = (path: string): readonly vscode.Diagnostic[] =>
  vscode.languages.getDiagnostics(fileUri(path)).filter((each) => each.source === SOURCE);

async function write(path: string, text: string): Promise<void> {
  await vscode.workspace.fs.writeFile(fileUri(path), new TextEncoder().encode(text));
}

async function git(...args: readonly string[]): Promise<string> {
  const identity = ['-c', 'user.name=Ada Lovelace', '-c', 'user.email=ada@example.test'];
  const { stdout } = await run('git', ['-C', workspaceFolder(), ...identity, ...args]);
  return stdout.trim();
}

async function call(input: object, token?: vscode.CancellationToken): Promise<string> {
  const result = await vscode.lm.invokeTool(
    'release_gate_judge_release',
    { input, toolInvocationToken: undefined },
    token,
  );
  return result.content
    .map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : ''))
    .join('');
}

const inPanel = (selector: string, text?: string) => ({
  selector,
  inWebview: true,
  ...(text === undefined ? {} : { text }),
});

/** Like `eventually`, and a failure says what there was in place of what was waited for. */
async function eventuallySaying<T>(what: string, ask: () => Promise<T | string>): Promise<T> {
  let said = '';
  try {
    return await eventually(what, async () => {
      const answer = await ask();
      if (typeof answer !== 'string') return answer;
      said = answer;
      return undefined;
    });
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}; there was: ${said}`, {
      cause: error,
    });
  }
}

describe('whether a release is ready', () => {
  beforeEach(resetWorkspace);
  after(resetWorkspace);

  it('is no-go for a column that is dropped, which is marked at its line; nothing is written', async () => {
    const outcome = await judge();
    assert.equal(outcome?.kind, 'judged', outcome?.message);
    assert.equal(outcome.verdict, 'no-go');
    assert.ok(outcome.reasons?.includes('rollback:actions-compensated'), outcome.reasons?.join(', '));
    const [mark] = await eventually('the mark', () => {
      const marks = marksOf(MIGRATION);
      return marks.length > 0 ? marks : undefined;
    });
    assert.ok(mark);
    assert.equal(mark.range.start.line, 0);
    assert.equal(mark.severity, vscode.DiagnosticSeverity.Error);
    assert.match(mark.message, /^1\.5\.0 to production: .*drops the column orders\.customer_email/);
    assert.ok(typeof mark.code === 'object' && mark.code.target.path.endsWith('docs/change.md'));
    assert.deepEqual(await changedFiles(), []);
    await eventually('one panel', () => {
      const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
      return tabs.filter((tab) => tab.label === 'Release Readiness').length === 1 ? true : undefined;
    });
  });

  it('proposes the version of the change, and asks nothing of a caller that named both', async () => {
    const answer = await call({});
    assert.match(answer, /The version was not told; it is/);
    assert.match(answer, /to production\.\*\*/);
  });

  it('is not known for a change that hides nothing but shows too little, and its marks are gone', async () => {
    await judge();
    await eventually('the mark', () => (marksOf(MIGRATION).length > 0 ? true : undefined));
    const head = await git('rev-parse', 'HEAD');
    try {
      await git('tag', 'v1.5.0');
      await git('rm', '-r', '--quiet', '.github/workflows', 'scripts/deploy.sh');
      await write('docs/notes.md', '# Notes\n');
      // A patch without a plan: the configuration says that it needs none.
      await write('.github/release-gate.yml', 'readiness:\n  conditions:\n    plan-current: warn\n');
      await git('add', '--all');
      await git('commit', '--quiet', '-m', 'docs: notes');
      const outcome = await judge('1.5.1');
      assert.equal(outcome?.verdict, 'unknown', outcome?.reasons?.join(', '));
      assert.ok(outcome?.reasons?.includes('workflows-proven'));
      assert.ok(!outcome?.reasons?.includes('rollback:actions-compensated'));
      assert.deepEqual(marksOf(MIGRATION), []);
    } finally {
      await git('tag', '--delete', 'v1.5.0');
      await git('reset', '--hard', '--quiet', head);
    }
  });

  it('names who waived what, and does not mark what is waived', async () => {
    await write(
      OVERRIDE,
      [
        '---',
        'kind: override',
        'condition: actions-compensated',
        'environment: production',
        "version: '1.5.0'",
        'name: Grace Hopper',
        "until: '2099-01-01'",
        "recorded-at: '2026-11-20T10:00:00Z'",
        'recorded-by: Grace Hopper',
        '---',
        '',
        '# Override of actions-compensated for 1.5.0 in production',
        '',
        '## Reason',
        '',
        'The column was empty, and a copy was taken.',
        '',
      ].join('\n'),
    );
    const answer = await call({ version: '1.5.0', environment: 'production' });
    assert.match(answer, /waived by Grace Hopper until 2099-01-01: The column was empty/);
    await judge();
    assert.ok(
      marksOf(MIGRATION).every(
        ({ code }) => typeof code !== 'object' || code.value !== 'rollback:actions-compensated',
      ),
    );
    const other = await call({ version: '1.6.0', environment: 'production' });
    assert.doesNotMatch(other, /waived by/);
  });

  it('ends quietly where it is cancelled, and keeps nothing', async () => {
    const cancel = new vscode.CancellationTokenSource();
    const asked = call({ version: '1.5.0', environment: 'production' }, cancel.token);
    cancel.cancel();
    await assert.rejects(async () => asked);
    cancel.dispose();
  });

  it('is told to a model with reasons, places and what it may not do', async () => {
    const answer = await call({ version: '1.5.0', environment: 'production' });
    assert.match(answer, /^\*\*NO-GO: /);
    assert.match(answer, /`rollback:actions-compensated`.*`migrations\/0006_drop_customer_email\.sql:1`/);
    assert.match(answer, /drop column if exists customer_email/);
    assert.match(answer, /No model can approve, override/);
    assert.deepEqual(await changedFiles(), []);
  });

  it('is answered in chat with the verdict', async () => {
    await newChat();
    await scriptedModel();
    const { metadata, errorDetails } = await askInChat('@release /is-this-release-ready 1.5.0 to production');
    assert.equal(errorDetails, undefined);
    assert.equal(metadata?.['verdict'], 'no-go');
    assert.deepEqual(await changedFiles(), []);
  });

  it('stands above the plan, and says when it is outdated', async () => {
    const plan = 'docs/release/RELEASE_PLAN.md';
    await write(plan, '# Release plan\n');
    await judge();
    const document = await vscode.workspace.openTextDocument(fileUri(plan));
    await vscode.window.showTextDocument(document);
    const lens = (wanted: RegExp): Promise<vscode.CodeLens> =>
      eventuallySaying(`the lens ${wanted.source}`, async () => {
        const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
          'vscode.executeCodeLensProvider',
          document.uri,
          10,
        );
        const found = lenses.find((each) => wanted.test(each.command?.title ?? ''));
        return found ?? lenses.map((each) => `${each.command?.title}: ${each.command?.tooltip}`).join('; ');
      });
    await lens(/^NO-GO: 1\.5\.0 to production$/);
    await write(
      'package.json',
      `${(await vscode.workspace.openTextDocument(fileUri('package.json'))).getText()}\n`,
    );
    await lens(/^NO-GO: 1\.5\.0 to production \(outdated\)$/);
    await judge();
    await lens(/^NO-GO: 1\.5\.0 to production$/);
  });

  itInPage(
    'asks which release, with the version proposed, and opens the line of a reason',
    async (workbench) => {
      await workbench.runCommand('Release Gate: Is This Release Ready?');
      const input = { selector: '.quick-input-widget input' };
      await workbench.waitFor({ selector: '.quick-input-widget', text: 'Which version is released?' });
      await workbench.waitFor(input);
      await workbench.press('Enter');
      await workbench.waitFor({ selector: '.quick-input-list .monaco-list-row', text: 'production' });
      await workbench.press('Enter');
      await workbench.waitFor(inPanel('#verdict', 'NO-GO'));
      await workbench.waitFor(inPanel('#status', 'Judged on'));
      await workbench.click(inPanel('.condition button.link', `${MIGRATION}:1`));
      await eventually('the line of SQL', () => {
        const editor = vscode.window.activeTextEditor;
        return editor?.document.uri.path.endsWith(MIGRATION) && editor.selection.active.line === 0
          ? true
          : undefined;
      });
      await workbench.screenshot('readiness');
    },
  );

  itInPage('is gone through by keyboard, copied, and judged again after a change', async (workbench) => {
    await judge();
    await workbench.waitFor(inPanel('#verdict', 'NO-GO'));
    await vscode.env.clipboard.writeText('');
    await workbench.click(inPanel('#copy'));
    await eventually('the copy', async () =>
      (await vscode.env.clipboard.readText()).startsWith('**NO-GO: ') ? true : undefined,
    );
    // From the button behind it into the judgement, to the first place.
    await workbench.press('Tab', 'Enter');
    await eventually('the place of the first reason', () =>
      vscode.window.activeTextEditor ? true : undefined,
    );
    await write('package.json', '{ "name": "orders-api", "version": "1.4.0" }\n');
    await workbench.waitFor(inPanel('#status', 'Outdated: package.json changed'));
    await workbench.click(inPanel('#again'));
    await workbench.waitFor(inPanel('#status', 'Judged on'));
  });

  itInPage('takes an override only from a person who types what it is for', async (workbench) => {
    const answerWith = async (question: string, text: string | null): Promise<void> => {
      await workbench.waitFor({ selector: '.quick-input-widget', text: question });
      if (text !== null) await workbench.type(text);
      await workbench.press('Enter');
    };
    await judge();
    // The panel takes the focus once, when it is there: what is typed sooner goes astray.
    await workbench.waitFor(inPanel('#verdict', 'NO-GO'));
    const given = { version: '1.5.0', environment: 'production' };
    const fill = async (phrase: string): Promise<{ readonly kind: string } | null> => {
      const ended = Promise.resolve(
        vscode.commands.executeCommand<{ readonly kind: string } | null>('releaseGate.recordOverride', given),
      );
      await workbench.waitFor({ selector: '.quick-input-list .monaco-list-row', text: 'workflows-proven' });
      await workbench.type('actions-compensated');
      await workbench.waitFor({
        selector: '.quick-input-list .monaco-list-row',
        text: 'actions-compensated',
      });
      await workbench.press('Enter');
      await answerWith('For which version?', null);
      await answerWith('For which environment?', null);
      await answerWith('Why may the release go', 'The column was empty, and a copy was taken');
      await answerWith('What is its last day?', '2099-01-01');
      await workbench.waitFor({ selector: '.quick-input-widget', text: 'Who answers for it?' });
      await workbench.press('Control+A');
      await workbench.type('Grace Hopper');
      await workbench.press('Enter');
      await answerWith('is yours alone', phrase);
      return ended;
    };
    assert.equal((await fill('yes'))?.kind, 'left');
    assert.deepEqual(await changedFiles(), []);
    const written = await fill('production 1.5.0');
    assert.equal(written?.kind, 'written');
    const [path = ''] = await changedFiles();
    assert.match(path, /^docs\/release\/records\/override_/);
    assert.equal(await isOnDisk(path), true);
  });
});
