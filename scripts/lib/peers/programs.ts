import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readWorkflow } from '../../../src/core/workflow/read';
import { lineIndex } from '../../../src/core/text/position';
import { placeInScalar } from '../../../src/core/workflow/yaml-tree';
import type { PeerFinding } from './finding';

/** A peer that is on PATH, with what it says of itself. */
export interface InstalledProgram {
  readonly name: 'actionlint' | 'zizmor' | 'shellcheck';
  readonly version: string;
}

/** More arguments than these go into another call. */
const FILES_PER_CALL = 400;

/** Nothing here takes longer; a program that does is broken. */
const TIME_LIMIT_MS = 20 * 60_000;

/** The program with its version; null where PATH does not have it. */
export function installed(name: InstalledProgram['name']): InstalledProgram | null {
  const { status, stdout } = spawnSync(name, ['--version'], { encoding: 'utf8', timeout: 60_000 });
  if (status !== 0) return null;
  return { name, version: /\d+\.\d+(?:\.\d+)?/.exec(stdout)?.[0] ?? 'of an unknown version' };
}

/**
 * Writes the files below `folder`, each with the folders above it. A folder with `.github` also gets an empty `.git`:
 * that is how peers know the root of a repository.
 */
export function writeAll(folder: string, files: ReadonlyMap<string, string>): void {
  for (const [file, text] of files) {
    const target = path.join(folder, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
    const root = file.indexOf('.github/');
    if (root >= 0) mkdirSync(path.join(folder, file.slice(0, root), '.git'), { recursive: true });
  }
}

/** Whether the path is a workflow's, whatever folder the repository lies in. */
export function isWorkflow(file: string): boolean {
  return /(?:^|\/)\.github\/workflows\/[^/]+\.ya?ml$/.test(file);
}

/** What actionlint says of workflow files below `folder`, without its own look at shell: scripts go to shellcheck as files. */
export function actionlintFindings(folder: string, files: readonly string[]): readonly PeerFinding[] {
  return inParts(files).flatMap((part) => {
    const args = ['-no-color', '-shellcheck=', '-pyflakes=', '-format', '{{json .}}'];
    return readActionlint(outputOf('actionlint', [...args, ...part], folder, [0, 1]));
  });
}

/** What zizmor says at medium and above, without the network. */
export function zizmorFindings(folder: string, files: readonly string[]): readonly PeerFinding[] {
  return inParts(files).flatMap((part) => {
    const args = ['--offline', '--no-config', '--persona', 'regular', '--min-severity', 'medium'];
    return readZizmor(
      outputOf(
        'zizmor',
        [...args, '--no-exit-codes', '--quiet', '--format', 'json-v1', ...part],
        folder,
        [0],
      ),
    );
  });
}

/**
 * What shellcheck says of scripts below `folder`. It is told that sourced files are not there; nothing else is set
 * aside.
 */
export function shellcheckFindings(folder: string, files: readonly string[]): readonly PeerFinding[] {
  return inParts(files).flatMap((part) =>
    readShellcheck(
      outputOf(
        'shellcheck',
        ['--norc', '--shell=bash', '--exclude=SC1091', '--format=json1', ...part],
        folder,
        [0, 1],
      ),
    ),
  );
}

/** A script of a workflow, and where each of its lines stands. */
export interface PlacedScript {
  readonly text: string;
  /** The workflow file and the line, from 1, on which the script begins. */
  readonly file: string;
  readonly line: number;
}

/** How the runner starts bash: nothing goes on behind a failure. */
const SCRIPT_HEAD = '#!/usr/bin/env bash\nset -eo pipefail\n';

/** Where the commands that a person copies lie, each a file. */
export const COMMANDS_FOLDER = 'commands';

/** What stands above a script: of the runner, or of the shell of a person, which goes on behind a failure. */
export function headOf({ file }: PlacedScript): string {
  return file.endsWith('.sh') ? '#!/usr/bin/env bash\n\n' : SCRIPT_HEAD;
}

/**
 * Every `run` script in bash of the workflows, and every command that a person copies, one of each text, with the first
 * place at which it stands. An expression becomes a word of the same length, as actionlint has it: the runner puts its value in before bash reads anything.
 */
export function scriptsOf(files: ReadonlyMap<string, string>): readonly PlacedScript[] {
  const scripts = new Map<string, PlacedScript>();
  for (const [file, workflow] of files) {
    if (file.endsWith('.sh') && !scripts.has(workflow))
      scripts.set(workflow, { text: workflow, file, line: 1 });
    if (!isWorkflow(file)) continue;
    const lines = lineIndex(workflow);
    for (const job of readWorkflow(file, workflow).jobs) {
      for (const { run, shell } of job.steps) {
        if (!run || scripts.has(run.text) || !/^(bash|sh)?$/.test(shell?.value ?? '')) continue;
        const at = placeInScalar(workflow, run, 0);
        const text = run.text.replace(/\$\{\{.*?\}\}/gs, (whole) => '_'.repeat(whole.length));
        scripts.set(run.text, { text, file, line: lines.positionAt(at).line });
      }
    }
  }
  return [...scripts.values()];
}

/** Reads `-format '{{json .}}'`. */
export function readActionlint(output: string): PeerFinding[] {
  return listOf(JSON.parse(output === '' ? '[]' : output)).map((entry) => ({
    peer: 'actionlint',
    rule: textOf(entry['kind']),
    severity: 'error',
    file: textOf(entry['filepath']),
    line: Number(entry['line']),
    message: textOf(entry['message']),
  }));
}

/** Reads `--format json-v1`: the place is the first that zizmor calls primary. */
export function readZizmor(output: string): PeerFinding[] {
  return listOf(JSON.parse(output === '' ? '[]' : output)).map((entry) => {
    const locations = listOf(entry['locations']);
    const primary =
      locations.find((location) => recordOf(location['symbolic'])['kind'] === 'Primary') ??
      locations[0] ??
      {};
    const symbolic = recordOf(primary['symbolic']);
    const key = recordOf(recordOf(symbolic['key'])['Local']);
    const start = recordOf(recordOf(recordOf(primary['concrete'])['location'])['start_point']);
    return {
      peer: 'zizmor',
      rule: textOf(entry['ident']),
      severity: severityOf(textOf(recordOf(entry['determinations'])['severity'])),
      file: textOf(key['verbatim_path']),
      line: Number(start['row']) + 1,
      message: [entry['desc'], symbolic['annotation']].map(textOf).join(': '),
    };
  });
}

/** Reads `--format=json1`. */
export function readShellcheck(output: string): PeerFinding[] {
  return listOf(recordOf(JSON.parse(output === '' ? '{}' : output))['comments']).map((entry) => ({
    peer: 'shellcheck',
    rule: `SC${textOf(entry['code'])}`,
    severity: severityOf(textOf(entry['level'])),
    file: textOf(entry['file']),
    line: Number(entry['line']),
    message: textOf(entry['message']),
  }));
}

function outputOf(
  program: string,
  args: readonly string[],
  folder: string,
  expected: readonly number[],
): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    timeout: TIME_LIMIT_MS,
  });
  // A peer that did not come to its end has not agreed.
  if (error || status === null || !expected.includes(status)) {
    throw new Error(
      `${program} ended with status ${status ?? 'none'}: ${error?.message ?? stderr.slice(0, 2000)}`,
    );
  }
  return stdout.trim();
}

function inParts(files: readonly string[]): (readonly string[])[] {
  const parts: (readonly string[])[] = [];
  for (let start = 0; start < files.length; start += FILES_PER_CALL)
    parts.push(files.slice(start, start + FILES_PER_CALL));
  return parts;
}

type Data = Readonly<Record<string, unknown>>;

function recordOf(value: unknown): Data {
  return typeof value === 'object' && value !== null ? (value as Data) : {};
}

function listOf(value: unknown): readonly Data[] {
  return Array.isArray(value) ? value.map(recordOf) : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

const SEVERITIES = ['low', 'medium', 'high', 'error', 'warning', 'info', 'style'] as const;

/** What a peer names that nobody here knows counts as the worst. */
function severityOf(text: string): PeerFinding['severity'] {
  return SEVERITIES.find((known) => known === text.toLowerCase()) ?? 'error';
}
