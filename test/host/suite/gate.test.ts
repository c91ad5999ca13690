import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { itInPage, places } from '../workbench';
import { eventually, fileUri, resetWorkspace, textOnDisk } from '../workspace';

/** A production deployment with nothing wrong but the missing timeout. */
const WORKFLOW = `name: Release
on:
  push:
    branches: [main]
permissions: {}
jobs:
  test:
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    steps:
      - run: npm test
  deploy:
    needs: test
    runs-on: ubuntu-24.04
    environment: production
    concurrency:
      group: production
    steps:
      - run: kubectl apply -f k8s/
`;

async function openWorkflow(text: string): Promise<vscode.TextDocument> {
  const uri = fileUri('.github/workflows/zz-release.yml');
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document);
  return document;
}

function ruleOf(diagnostic: vscode.Diagnostic): string {
  const { code } = diagnostic;
  return String(typeof code === 'object' ? code.value : code);
}

const diagnosticsOf = (document: vscode.TextDocument, rule: string): readonly vscode.Diagnostic[] =>
  vscode.languages.getDiagnostics(document.uri).filter((each) => ruleOf(each) === rule);

const finding = (document: vscode.TextDocument, rule: string): Promise<vscode.Diagnostic> =>
  eventually(`the finding ${rule}`, () => diagnosticsOf(document, rule)[0]);

const noFinding = (document: vscode.TextDocument, rule: string): Promise<true> =>
  eventually(`no finding ${rule}`, () => (diagnosticsOf(document, rule).length === 0 ? true : undefined));

async function actionsAt(document: vscode.TextDocument, range: vscode.Range): Promise<vscode.CodeAction[]> {
  return vscode.commands.executeCommand<vscode.CodeAction[]>(
    'vscode.executeCodeActionProvider',
    document.uri,
    range,
  );
}

describe('the gate in the editor', () => {
  beforeEach(resetWorkspace);
  after(resetWorkspace);

  it('marks a fault at its place, with a link to the page of the rule', async () => {
    const document = await openWorkflow(WORKFLOW);
    const diagnostic = await finding(document, 'no-deploy-timeout');
    assert.equal(document.getText(diagnostic.range), 'deploy');
    assert.equal(diagnostic.source, 'release-gate');
    const { code } = diagnostic;
    assert.ok(typeof code === 'object');
    assert.match(code.target.path, /docs\/rules\/no-deploy-timeout\.md$/);
    await vscode.workspace.fs.stat(code.target);
  });

  it('follows the typing', async () => {
    const document = await openWorkflow(WORKFLOW);
    await finding(document, 'no-deploy-timeout');
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(14, 0), '    timeout-minutes: 20\n');
    await vscode.workspace.applyEdit(edit);
    await noFinding(document, 'no-deploy-timeout');
    assert.equal(document.isDirty, true, 'the file on disk is the old one');
  });

  it('has a quick fix that makes the finding go away', async () => {
    const document = await openWorkflow(WORKFLOW);
    const diagnostic = await finding(document, 'no-deploy-timeout');
    const fix = await eventually('the quick fix', async () =>
      (await actionsAt(document, diagnostic.range)).find(
        (action) => action.edit && /^End the job after \d+ minutes/.test(action.title),
      ),
    );
    assert.ok(fix.edit);
    await vscode.workspace.applyEdit(fix.edit);
    await noFinding(document, 'no-deploy-timeout');
    const jobs = document.getText().split(/^ {2}(?=\w)/m);
    assert.match(jobs.find((job) => job.startsWith('deploy:')) ?? '', /^ {4}timeout-minutes: \d+$/m);
  });

  it('fixes everything safe in a file at once, and leaves the rest for a person', async () => {
    const text = WORKFLOW.replace(
      '      - run: npm test\n',
      '      - uses: actions/checkout@v7.0.1\n      - run: npm test\n',
    )
      .replace('permissions: {}', 'permissions: write-all # for now')
      .replace('      group: production\n', '      group: production\n      cancel-in-progress: true\n')
      .replaceAll('\n', '\r\n');
    const document = await openWorkflow(text);
    for (const rule of ['unpinned-action', 'excessive-permissions', 'cancels-prod-deploy']) {
      await finding(document, rule);
    }
    const fixAll = await eventually('the fix of all', async () =>
      (
        await vscode.commands.executeCommand<vscode.CodeAction[]>(
          'vscode.executeCodeActionProvider',
          document.uri,
          new vscode.Range(0, 0, document.lineCount, 0),
          'source.fixAll.releaseGate',
          5,
        )
      ).find((action) => action.edit),
    );
    assert.match(fixAll.title, /^Apply 3 safe fixes of Release Gate in this file$/);
    assert.ok(fixAll.edit);
    await vscode.workspace.applyEdit(fixAll.edit);
    const fixed = document.getText();
    assert.match(fixed, /uses: actions\/checkout@[0-9a-f]{40} # v7\.0\.1\r\n/);
    assert.match(fixed, /permissions: *# for now\r\n {2}contents: read\r\n/);
    assert.match(fixed, /cancel-in-progress: false\r\n/);
    assert.doesNotMatch(fixed, /[^\r]\n/);
    for (const rule of ['unpinned-action', 'excessive-permissions', 'cancels-prod-deploy']) {
      await noFinding(document, rule);
    }
    await finding(document, 'no-deploy-timeout');
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), text, 'one undo takes all of it back');
  });

  it('fixes the whole workspace as one change that is read first, and can be undone', async () => {
    const one = WORKFLOW.replace(
      '      - run: npm test\n',
      '      - uses: actions/checkout@v7.0.1\n      - run: npm test\n',
    );
    const uris = ['zz-one', 'zz-two'].map((name) => fileUri(`.github/workflows/${name}.yml`));
    for (const uri of uris)
      await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(`\uFEFF${one}`));
    const outcome = await vscode.commands.executeCommand<{ kind: string; proposal?: string }>(
      'releaseGate.fixWorkspace',
    );
    assert.equal(outcome.kind, 'answered');
    assert.ok(outcome.proposal);
    const report = vscode.window.activeTextEditor?.document;
    assert.equal(report?.uri.scheme, 'release-gate-report');
    assert.match(report.getText(), /zz-two\.yml:\d+` `unpinned-action`: Pin actions\/checkout/);
    assert.match(report.getText(), /nothing is written before Apply/);
    for (const uri of uris)
      assert.equal(await textOnDisk(vscode.workspace.asRelativePath(uri)), `\uFEFF${one}`);

    const apply = (): Thenable<{ kind: string; message?: string; paths?: readonly string[] }> =>
      vscode.commands.executeCommand('releaseGate.applyProposal', outcome.proposal);
    assert.equal((await apply()).kind, 'review', 'nobody has seen the difference yet');
    const applied = await apply();
    assert.equal(applied.kind, 'applied', applied.message);
    for (const uri of uris) {
      const text = await textOnDisk(vscode.workspace.asRelativePath(uri));
      assert.match(text, /^\uFEFFname: Release\n/);
      assert.match(text, /uses: actions\/checkout@[0-9a-f]{40} # v7\.0\.1\n/);
    }
    const again = await vscode.commands.executeCommand<{ kind: string; message?: string }>(
      'releaseGate.fixWorkspace',
    );
    assert.equal(again.kind, 'stopped');
    assert.match(again.message ?? '', /can be fixed safely/);

    const [first] = uris;
    assert.ok(first);
    const document = await vscode.workspace.openTextDocument(first);
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), one);
  });

  it('offers a waiver that needs a reason from a person', async () => {
    const document = await openWorkflow(WORKFLOW);
    const diagnostic = await finding(document, 'no-deploy-timeout');
    const waive = await eventually('the waiver', async () =>
      (await actionsAt(document, diagnostic.range)).find(
        (action) => action.title === 'Waive no-deploy-timeout…',
      ),
    );
    assert.ok(waive.edit);
    await vscode.workspace.applyEdit(waive.edit);
    await eventually('the comment', () =>
      document.getText().includes('# release-gate: ignore[no-deploy-timeout]') ? true : undefined,
    );
  });

  it('completes the configuration with rules, severities and what the workflows hold, and explains it', async () => {
    await openWorkflow(WORKFLOW.replace('environment: production', 'environment: frankfurt'));
    const uri = fileUri('.github/release-gate.yml');
    const text =
      'rules:\n  no-deploy-timeout: \nenvironments:\n  production: [\nwaivers:\n  - path: .github/workflows/zz-release.yml\n    job: \n';
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document);
    const labelsAt = async (line: number): Promise<readonly string[]> => {
      const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        uri,
        document.lineAt(line).range.end,
      );
      return items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    };
    for (const [line, wanted] of [
      [1, 'block'],
      [3, 'frankfurt'],
      [6, 'deploy'],
      [7, 'phases'],
    ] as const) {
      await eventually(`the suggestion ${wanted}`, async () =>
        (await labelsAt(line)).includes(wanted) ? true : undefined,
      );
    }
    const [hover] = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      uri,
      new vscode.Position(1, 6),
    );
    const said = (hover?.contents ?? [])
      .map((part) => (typeof part === 'string' ? part : part.value))
      .join('');
    assert.match(said, /time/);
    assert.match(said, /no-deploy-timeout\.md/);
  });

  it('judges documents too', async () => {
    const uri = fileUri('docs/ops/RUNBOOK.md');
    await vscode.workspace.fs.writeFile(
      uri,
      new TextEncoder().encode('---\nkind: runbook\n---\n\n# Runbook\n\nTODO\n'),
    );
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document);
    await finding(document, 'document-section-missing');
  });

  it('checks the whole workspace and says the same as the engine', async () => {
    const reports = await vscode.commands.executeCommand<
      readonly { readonly verdict: string; readonly findings: readonly { readonly path: string }[] }[]
    >('releaseGate.checkWorkspace');
    const [report] = reports;
    assert.equal(report?.verdict, 'fail', 'the demonstration repository has faults');
    const paths = new Set(report.findings.map((each) => each.path).filter((path) => path !== '.'));
    for (const path of paths) {
      await eventually(`diagnostics of ${path}`, () =>
        vscode.languages.getDiagnostics(fileUri(path)).some((each) => each.source === 'release-gate')
          ? true
          : undefined,
      );
    }
    const editor = vscode.window.visibleTextEditors.find(
      (each) => each.document.uri.scheme === 'release-gate-report',
    );
    assert.match(editor?.document.getText() ?? '', /fail\.\*\* \d+ blocking/);
  });

  it('shows a mistake of the configuration at its line and judges nothing by it', async () => {
    const uri = fileUri('.github/release-gate.yml');
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode('rules:\n  no-such-rule: off\n'));
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document);
    await eventually('the mistake', () => {
      const [first] = vscode.languages.getDiagnostics(uri);
      return first && first.source === 'release-gate' ? first : undefined;
    });
  });

  itInPage('says the verdict in the status bar in words', async (workbench) => {
    await vscode.commands.executeCommand('releaseGate.checkWorkspace');
    await workbench.waitFor({ ...places.statusBarItem, text: 'Gate fail' });
  });
});
