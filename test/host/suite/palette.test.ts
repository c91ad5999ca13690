import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { changedFiles, eventually, fileUri, isOnDisk, resetWorkspace, textOnDisk } from '../workspace';

interface Outcome {
  readonly kind: string;
  readonly proposal?: string | null;
  readonly message?: string;
}

interface ApplyOutcome {
  readonly kind: string;
  readonly paths?: readonly string[];
  readonly message?: string;
}

const run = (command: string, inputs: Readonly<Record<string, string>> = {}): Thenable<Outcome | null> =>
  vscode.commands.executeCommand<Outcome | null>(command, { inputs });

const apply = (proposal: string): Thenable<ApplyOutcome> =>
  vscode.commands.executeCommand<ApplyOutcome>('releaseGate.applyProposal', proposal);

/** No model takes part in any of these: it is what somebody without one has. */
describe('the palette commands', () => {
  beforeEach(resetWorkspace);
  after(resetWorkspace);

  const commands: readonly [string, RegExp][] = [
    ['releaseGate.planRelease', /^docs\/release\/RELEASE_PLAN\.md$/],
    ['releaseGate.generatePipeline', /^\.github\/workflows\//],
    ['releaseGate.secureCloudAuth', /^\.github\/workflows\//],
    ['releaseGate.extractWorkflows', /^\.github\/workflows\/reusable-/],
    ['releaseGate.draftRunbook', /^docs\/ops\/RUNBOOK\.md$/],
    ['releaseGate.draftPostmortem', /^docs\/ops\/postmortems\/PM_/],
  ];
  for (const [command, writes] of commands) {
    it(`${command} opens its report, and Apply writes its files`, async () => {
      const outcome = await run(command);
      assert.equal(outcome?.kind, 'answered', outcome?.message);
      assert.ok(outcome.proposal);
      const report = vscode.window.activeTextEditor?.document;
      assert.equal(report?.uri.scheme, 'release-gate-report');
      assert.match(report.getText(), /nothing is written before Apply/);
      const lenses = await vscode.commands.executeCommand<readonly vscode.CodeLens[]>(
        'vscode.executeCodeLensProvider',
        report.uri,
        10,
      );
      assert.deepEqual(
        lenses.map((lens) => [lens.command?.title, lens.command?.arguments?.[0] as unknown]),
        [
          ['Apply', outcome.proposal],
          ['Show Difference', outcome.proposal],
        ],
      );
      assert.deepEqual(await changedFiles(), []);
      let applied = await apply(outcome.proposal);
      if (applied.kind === 'review') applied = await apply(outcome.proposal);
      assert.equal(applied.kind, 'applied', applied.message);
      assert.ok(
        applied.paths?.some((path) => writes.test(path)),
        applied.paths?.join(', '),
      );
    });
  }

  it('releaseGate.writeDocument writes the kind that it is asked for, and says so of one that does not exist', async () => {
    const write = (kind: string): Thenable<Outcome | null> =>
      vscode.commands.executeCommand<Outcome | null>('releaseGate.writeDocument', { kind, inputs: {} });
    const outcome = await write('environment-matrix');
    assert.equal(outcome?.kind, 'answered', outcome?.message);
    assert.ok(outcome.proposal);
    assert.deepEqual(await changedFiles(), []);
    const applied = await apply(outcome.proposal);
    assert.equal(applied.kind, 'applied', applied.message);
    assert.match(await textOnDisk('docs/ops/ENVIRONMENT_MATRIX.md'), /^---\nkind: environment-matrix\n/);
    assert.equal(await write('poem'), null);
  });

  it('releaseGate.setUpRepository proposes the chosen parts as one change, which is applied and undone as one', async () => {
    const paths = ['.github/copilot-instructions.md', '.github/dependabot.yml'] as const;
    const mine = ['# Our rules\n\nWrite tests first.\n', 'version: 2\nupdates: []\n'];
    for (const [index, path] of paths.entries()) {
      await vscode.workspace.fs.writeFile(fileUri(path), new TextEncoder().encode(mine[index]));
    }
    const setUp = (only: string): Thenable<Outcome | null> => run('releaseGate.setUpRepository', { only });
    const before = await changedFiles();
    const outcome = await setUp('instructions, dependabot, issue-forms');
    assert.equal(outcome?.kind, 'answered', outcome?.message);
    assert.ok(outcome.proposal);
    assert.deepEqual(await changedFiles(), before, 'nothing is written before Apply');

    const review = await apply(outcome.proposal);
    assert.equal(review.kind, 'review', 'what stands there is shown first');
    assert.deepEqual([...(review.paths ?? [])].sort(), [...paths]);
    const applied = await apply(outcome.proposal);
    assert.equal(applied.kind, 'applied', applied.message);
    assert.deepEqual(
      [...(applied.paths ?? [])].sort(),
      ['07-release-request.yml', '08-incident-report.yml']
        .map((name) => `.github/ISSUE_TEMPLATE/${name}`)
        .concat(paths)
        .sort(),
    );
    const texts = await Promise.all(paths.map(textOnDisk));
    assert.ok(texts[0]?.startsWith(mine[0] ?? '-'), 'what a person wrote stays');
    assert.match(texts[0] ?? '', /## Releases and operations/);
    assert.match(texts[1] ?? '', /package-ecosystem: npm/);
    const again = await setUp('instructions, dependabot, issue-forms');
    assert.equal(again?.kind, 'answered');
    // The document of a report that is shown already follows a moment later.
    const report = (): string => vscode.window.activeTextEditor?.document.getText() ?? '';
    await eventually('a report that has nothing to change', () =>
      report().includes('stands as it would be proposed') ? true : undefined,
    ).catch(() => assert.fail(report()));

    const documents = await Promise.all(
      paths.map((path) => vscode.workspace.openTextDocument(fileUri(path))),
    );
    const [first] = documents;
    assert.ok(first);
    await vscode.window.showTextDocument(first);
    await vscode.commands.executeCommand('undo');
    await eventually('the undo of both files', () =>
      documents.every((document, index) => document.getText() === mine[index]) ? true : undefined,
    );
    assert.equal((await setUp('poems'))?.kind, 'stopped');
  });

  it('says why it cannot do what there is nothing for', async () => {
    await vscode.workspace.fs.delete(fileUri('.github/workflows/ci.yml'));
    const outcome = await run('releaseGate.extractWorkflows');
    assert.equal(outcome?.kind, 'stopped');
    assert.ok((outcome.message ?? '').length > 20, outcome.message);
  });

  it('applies an extraction of several files as one change that one undo takes back', async () => {
    const workflow = (service: string): string => `on: push
permissions:
  contents: read
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          persist-credentials: false
      - run: make -C services/${service} test
  package:
    needs: test
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          persist-credentials: false
      - run: make -C services/${service} package
`;
    const paths = ['orders', 'billing', 'search'].map((service) => `.github/workflows/zz-${service}.yml`);
    const texts = ['orders', 'billing', 'search'].map(workflow);
    for (const [index, path] of paths.entries()) {
      await vscode.workspace.fs.writeFile(fileUri(path), new TextEncoder().encode(texts[index]));
    }
    const outcome = await run('releaseGate.extractWorkflows');
    assert.ok(outcome?.proposal, outcome?.message);
    assert.equal((await apply(outcome.proposal)).kind, 'review', 'nobody has seen the differences yet');
    const applied = await apply(outcome.proposal);
    assert.equal(applied.kind, 'applied', applied.message);
    const made = '.github/workflows/reusable-test-package.yml';
    assert.match(await textOnDisk(made), /workflow_call/);
    for (const path of paths) assert.match(await textOnDisk(path), /uses: \.\/.github\/workflows\/reusable-/);

    const [first = ''] = paths;
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(fileUri(first)));
    await vscode.commands.executeCommand('undo');
    for (const [index, path] of paths.entries()) {
      const document = await vscode.workspace.openTextDocument(fileUri(path));
      await eventually(`the undo in ${path}`, () => (document.getText() === texts[index] ? true : undefined));
    }
    await eventually('the new file to go', async () => ((await isOnDisk(made)) ? undefined : true));
  });

  it('does not replace a file that a person wrote without its difference shown', async () => {
    const mine = '# Release plan\n\nWritten by hand.\n';
    const uri = fileUri('docs/release/RELEASE_PLAN.md');
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(mine));
    const outcome = await run('releaseGate.planRelease');
    assert.ok(outcome?.proposal);
    assert.equal((await apply(outcome.proposal)).kind, 'review');
    assert.equal(await textOnDisk('docs/release/RELEASE_PLAN.md'), mine);
    const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
    assert.ok(tab?.input instanceof vscode.TabInputTextDiff, 'no difference is open');
    assert.equal(tab.input.original.path, uri.path);
    assert.equal(tab.input.modified.scheme, 'release-gate-proposal');
    assert.equal((await apply(outcome.proposal)).kind, 'applied');
    assert.notEqual(await textOnDisk('docs/release/RELEASE_PLAN.md'), mine);
  });

  it('works on what stands in the editor, saved or not', async () => {
    const uri = fileUri('.github/workflows/unsaved.yml');
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode('on: push\njobs: {}\n'));
    const document = await vscode.workspace.openTextDocument(uri);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(uri, new vscode.Position(0, 0), 'jobs: [\n');
    await vscode.workspace.applyEdit(edit);
    const reports = await vscode.commands.executeCommand<
      readonly { readonly findings: readonly { readonly path: string; readonly rule: string }[] }[]
    >('releaseGate.checkWorkspace');
    assert.ok(
      reports
        .flatMap((report) => report.findings)
        .some((finding) => finding.path.endsWith('unsaved.yml') && finding.rule === 'unreadable-file'),
    );
    assert.equal(document.isDirty, true);
  });

  it('refuses to write through a symbolic link to the outside', async () => {
    const { mkdtemp, symlink, rm, readdir, mkdir } = await import('node:fs/promises');
    const { tmpdir } = await import('node:os');
    const path = await import('node:path');
    const outside = await mkdtemp(path.join(tmpdir(), 'outside-'));
    try {
      await rm(fileUri('docs').fsPath, { recursive: true, force: true });
      await mkdir(fileUri('docs').fsPath);
      await symlink(outside, fileUri('docs/release').fsPath);
      const outcome = await run('releaseGate.planRelease');
      assert.ok(outcome?.proposal);
      const applied = await apply(outcome.proposal);
      assert.equal(applied.kind, 'refused');
      assert.match(applied.message ?? '', /symbolic link/);
      assert.deepEqual(await readdir(outside), []);
    } finally {
      await rm(outside, { recursive: true, force: true });
    }
  });

  it('shows the page of a rule', async () => {
    await vscode.commands.executeCommand('releaseGate.showRule', 'prod-without-tests');
    await eventually('the page', () =>
      vscode.window.tabGroups.all
        .flatMap((group) => group.tabs)
        .some((tab) => tab.label.includes('prod-without-tests'))
        ? true
        : undefined,
    );
  });
});
