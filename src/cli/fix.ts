import path from 'node:path';
import { whyNotWritable, writeProposal } from '../adapters/file-writer';
import { applyFixes, type FixedRepository, type FixKinds, type FixOfFinding } from '../core/gate/apply-fixes';
import type { CheckInput } from '../core/gate/check';
import type { JsonFix, JsonFixes } from '../core/gate/reports/json';
import { pathFromCall } from '../core/gate/reports/summary';
import { visible } from '../core/gate/reports/text';
import { unifiedDifference } from '../core/text/difference';
import { counted } from '../core/text/words';
import { CommandFailure } from './command-failure';
import { shownDifference } from './task-report';
import type { Terminal } from './terminal';

/** How a call of `check` fixes. */
export interface FixCall {
  readonly kinds: FixKinds;
  /** Shows the difference and writes nothing. */
  readonly isDry: boolean;
  /** Writes what is for review without asking. */
  readonly isAgreed: boolean;
  /** Whether standard output holds data for a program: what people read then goes to standard error. */
  readonly isForProgram: boolean;
}

/** What was fixed in one repository, by its root as named on the call. */
interface FixedRoot {
  readonly root: string;
  readonly fixed: FixedRepository;
}

/**
 * Fixes repositories: works out all changes first, asks where a person has to agree, then writes. Says on the terminal
 * what it did.
 *
 * @throws CommandFailure where a file could not be written.
 */
export async function fixRepositories(
  inputs: readonly CheckInput[],
  call: FixCall,
  terminal: Terminal,
): Promise<JsonFixes> {
  const roots: FixedRoot[] = [];
  for (const input of inputs) {
    terminal.progress(`Fixing ${input.root}`);
    const fixed = await applyFixes(input, {
      kinds: call.kinds,
      whyNotEdit: async (file) => {
        const now = await input.files.read(file);
        const before = now.ok ? now.text : null;
        return whyNotWritable(path.resolve(input.root), { path: file, before, after: '', purpose: '' });
      },
    });
    roots.push({ root: input.root, fixed });
  }
  const tell = (text: string): void => {
    if (call.isForProgram) terminal.say(text);
    else terminal.print(text);
  };
  const files = roots.flatMap(({ fixed }) => fixed.files);
  const isShown = call.isDry || call.kinds === 'proposed';
  if (isShown) for (const root of roots) tellDifference(root, terminal, tell);
  const isAgreed = files.length > 0 && !call.isDry && (await agree(call, files.length, terminal));
  const written: { root: string; path: string }[] = [];
  if (isAgreed) {
    for (const { root, fixed } of roots) {
      const outcome = await writeProposal(path.resolve(root), fixed.files);
      if (!outcome.ok) {
        const done = written.length > 0 ? `${written.map(pathOf).join(', ')} written; then ` : '';
        throw new CommandFailure(
          `${done}nothing${done ? ' more' : ''} was written: ${outcome.path} ${outcome.detail}.`,
        );
      }
      written.push(...outcome.written.map((file) => ({ root, path: file })));
    }
  }
  tell(summaryText(roots, isAgreed, terminal));
  return {
    applied: roots.flatMap(({ root, fixed }) => fixed.applied.map((fix) => jsonFix(root, fix))),
    refused: roots.flatMap(({ root, fixed }) =>
      fixed.refused.map((fix) => ({ ...jsonFix(root, fix), reason: fix.reason })),
    ),
    written,
    difference: files.map(unifiedDifference).join(''),
  };
}

async function agree(call: FixCall, count: number, terminal: Terminal): Promise<boolean> {
  if (call.kinds === 'safe' || call.isAgreed) return true;
  const answer = await terminal.confirm(`Write ${counted(count, 'file')}?`);
  if (answer === null) terminal.say('Nothing is written without a person to ask: add --yes to write this.');
  return answer ?? false;
}

function tellDifference({ fixed }: FixedRoot, terminal: Terminal, tell: (text: string) => void): void {
  for (const file of fixed.files) tell(`${shownDifference(file, terminal)}\n`);
}

/** What was fixed, or would be, and what was taken back: one line each. */
function summaryText(roots: readonly FixedRoot[], isWritten: boolean, terminal: Terminal): string {
  const count = roots.reduce((sum, { fixed }) => sum + fixed.applied.length, 0);
  const files = roots.reduce((sum, { fixed }) => sum + fixed.files.length, 0);
  const lines =
    count === 0
      ? ['Nothing to fix.']
      : [
          `${isWritten ? 'Fixed' : 'Not written:'} ${counted(count, 'finding')} in ${counted(files, 'file')}${isWritten ? ':' : ''}`,
          ...roots.flatMap(({ root, fixed }) => fixed.applied.map((fix) => fixLine(root, fix))),
        ];
  for (const { root, fixed } of roots) {
    for (const fix of fixed.refused) {
      lines.push(
        `${fixLine(root, fix)} ${terminal.style('doubtful', 'Not applied')}: ${visible(fix.reason)}.`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}

function fixLine(root: string, { rule, title, path: file, range, kind }: FixOfFinding): string {
  const place = range ? `:${range.start.line}:${range.start.column}` : '';
  return `  ${visible(pathFromCall(root, file))}${place}  ${rule}: ${visible(title)}${kind === 'safe' ? '.' : ' (for review).'}`;
}

function jsonFix(root: string, { rule, kind, title, message, path: file, range }: FixOfFinding): JsonFix {
  return { rule, kind, title, message, root, path: file, range };
}

function pathOf({ root, path: file }: { readonly root: string; readonly path: string }): string {
  return pathFromCall(root, file);
}
