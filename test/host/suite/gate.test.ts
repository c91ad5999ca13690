import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { itInPage, places } from '../workbench';
import { eventually, fileUri, resetWorkspace } from '../workspace';

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
