import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';

const run = promisify(execFile);

/** The folder that is open: the demonstration repository, in a temporary folder of the run's own. */
export function workspaceFolder(): string {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, 'no folder is open');
  // Tests write here: never into anything but the folder that the run has made.
  assert.equal(folder.uri.fsPath, process.env['RELEASE_GATE_TEST_WORKSPACE']);
  return folder.uri.fsPath;
}

/** Closes every editor without saving and puts all files back to the last commit; files that are new go. */
export async function resetWorkspace(): Promise<void> {
  const folder = workspaceFolder();
  // Not what VS Code itself has open, as its settings while it writes them.
  const isHere = ({ uri }: vscode.TextDocument): boolean =>
    uri.scheme !== 'file' || uri.fsPath.startsWith(`${folder}${path.sep}`);
  for (const document of vscode.workspace.textDocuments.filter((each) => each.isDirty && isHere(each))) {
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  }
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await run('git', ['-C', folder, 'reset', '--hard', '--quiet']);
  await run('git', ['-C', folder, 'clean', '-ffdxq']);
}

/** The address of a file by its path from the workspace's root. */
export function fileUri(file: string): vscode.Uri {
  return vscode.Uri.file(path.join(workspaceFolder(), file));
}

/** The text of a file on disk. */
export function textOnDisk(file: string): Promise<string> {
  return readFile(path.join(workspaceFolder(), file), 'utf8');
}

/** Whether a file is on disk. */
export async function isOnDisk(file: string): Promise<boolean> {
  return access(path.join(workspaceFolder(), file)).then(
    () => true,
    () => false,
  );
}

/** The paths that git sees as changed or new, sorted. */
export async function changedFiles(): Promise<readonly string[]> {
  const { stdout } = await run('git', [
    '-C',
    workspaceFolder(),
    'status',
    '--porcelain=v1',
    '-z',
    '--untracked-files=all',
    '--no-renames',
  ]);
  return stdout
    .split('\0')
    .filter((line) => line !== '')
    .map((line) => line.slice(3))
    .sort();
}

/** Asks again until there is an answer that is not undefined; fails, saying what was waited for, when none comes. */
export async function eventually<T>(
  what: string,
  ask: () => T | undefined | Promise<T | undefined>,
  timeoutMs = 20_000,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`${what} did not come about in ${timeoutMs / 1000} seconds`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
