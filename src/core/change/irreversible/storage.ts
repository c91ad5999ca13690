import { dataAt, listAt, mapAt, readPlaced, stringAt } from '../../evidence/detect/places';
import type { ShellParser } from '../../ports';
import { readCommands } from '../../shell/commands';
import { unwrapCommand } from '../../shell/wrappers';
import type { Span } from '../../text/position';
import { touchesOfPath } from '../path-kinds';
import type { Detected, Detector } from './detector';
import {
  linesOf,
  placeAt,
  readVersions,
  riskAt,
  startJudgement,
  type FileVersions,
  type Side,
} from './file-versions';
import { createdBy, STORAGE_PROGRAMS, storageLossOf, type StorageLoss } from './storage-commands';

/** Scripts beyond this are not read: a person wrote none of that size. */
const MAX_SCRIPT_CHARACTERS = 500_000;

/** A piece of shell in a file. */
interface Script {
  readonly text: string;
  /** Where each line of the text is looked for in the file. */
  readonly from: number;
  /** Whether what is on the machine that runs it is gone with it anyway. */
  readonly runsOnThrowaway: boolean;
}

/** A command that deletes something stored. */
interface Loss extends StorageLoss {
  readonly file: FileVersions;
  readonly words: string;
  readonly span: Span | null;
  readonly statement: string;
}

/** Whether a changed file may be a script that is read here. */
export function isScript(path: string): boolean {
  return (
    isWorkflow(path) || /\.(?:sh|bash|zsh|ksh)$/i.test(path) || touchesOfPath(path).includes('deploy-scripts')
  );
}

function isWorkflow(path: string): boolean {
  return /^\.github\/workflows\/[^/]+\.ya?ml$/.test(path) || /(?:^|\/)action\.ya?ml$/.test(path);
}

/**
 * Judges the commands that the range adds to deployment scripts, workflows and composite actions; in another script they
 * are a risk, since nothing shows that a release runs it. A command that was there before, in whichever of the changed
 * scripts, is not part of the change.
 */
export function judgeScripts(files: readonly FileVersions[], shell: ShellParser): Detected {
  const judgement = startJudgement();
  const before = new Map<string, number>();
  for (const file of files) {
    for (const { words } of lossesOf(file, 'base', shell)) before.set(words, (before.get(words) ?? 0) + 1);
  }
  for (const file of files) {
    for (const loss of lossesOf(file, 'head', shell)) {
      const left = before.get(loss.words) ?? 0;
      if (left > 0) {
        before.set(loss.words, left - 1);
        continue;
      }
      const place = placeAt(file, 'head', loss.span, loss.statement);
      if (loss.isPartial) {
        judgement.risks.push(
          riskAt(
            place,
            'storage',
            loss.what,
            'what the source no longer has is gone, for clients of the version before too',
          ),
        );
        continue;
      }
      if (!isWorkflow(file.path) && !touchesOfPath(file.path).includes('deploy-scripts')) {
        judgement.risks.push(
          riskAt(
            place,
            'storage',
            loss.what,
            'nothing shows whether a release runs this script; where it runs, it is lost',
          ),
        );
        continue;
      }
      judgement.touches.push({ kind: 'data', path: file.path });
      judgement.irreversible.push({
        ...place,
        kind: 'storage-delete',
        why: `it ${loss.what}: what is stored there is lost when the command runs, and no earlier version brings it back`,
        compensation: 'copy what is stored first and try the copy, or let it expire instead of deleting it',
        reversibleBy: null,
      });
    }
  }
  return judgement;
}

function lossesOf(file: FileVersions, side: Side, shell: ShellParser): readonly Loss[] {
  const text = file[side];
  if (text === null || text.length > MAX_SCRIPT_CHARACTERS) return [];
  const scripts = isWorkflow(file.path)
    ? scriptsOfWorkflow(text, file, side)
    : isShell(text, file.path)
      ? [{ text, from: 0, runsOnThrowaway: false }]
      : [];
  return scripts.flatMap((script) => lossesOfScript(script, text, file, shell));
}

function lossesOfScript(
  script: Script,
  whole: string,
  file: FileVersions,
  shell: ShellParser,
): readonly Loss[] {
  const commands = readCommands(script.text, shell, { stopsAtError: true, hasPipefail: false });
  const made = new Set<string>();
  const losses: Loss[] = [];
  for (const command of commands) {
    const words = unwrapCommand(command.words);
    for (const each of remoteCommands(words, shell) ?? [{ words, isRemote: false }]) {
      const loss = storageLossOf(each.words, script.runsOnThrowaway && !each.isRemote);
      if (loss === null) {
        for (const name of createdBy(each.words)) made.add(name);
        continue;
      }
      if (loss.targets.some((target) => made.has(target))) continue;
      const statement = script.text.slice(command.span.start, command.span.end);
      losses.push({
        ...loss,
        file,
        words: each.words.join(' '),
        span: spanOf(whole, script, command.span),
        statement,
      });
    }
  }
  return losses;
}

/** The commands that `ssh host …` runs on another machine; null for any other command. */
function remoteCommands(
  words: readonly string[],
  shell: ShellParser,
): readonly { readonly words: readonly string[]; readonly isRemote: boolean }[] | null {
  if (words[0] !== 'ssh') return null;
  let at = 1;
  while (at < words.length && (words[at]?.startsWith('-') ?? false)) {
    at += /^-[bcDEeFIiJLlmOopQRSWw]$/.test(words[at] ?? '') ? 2 : 1;
  }
  const script = words.slice(at + 1).join(' ');
  if (script === '') return [];
  return readCommands(script, shell, { stopsAtError: false, hasPipefail: false }).map((command) => ({
    words: unwrapCommand(command.words),
    isRemote: true,
  }));
}

/** Where a command of a script stands in its file: a script within YAML is found there line by line. */
function spanOf(whole: string, script: Script, span: Span): Span | null {
  if (script.text === whole) return span;
  const lines = script.text.slice(span.start, span.end).split('\n');
  // What stands before it in the script, so that the second of two like commands is found as the second.
  const before = script.text.slice(0, span.start).split('\n');
  let at = script.from;
  for (const line of before.slice(0, -1)) {
    const found = whole.indexOf(line.trim(), at);
    if (found === -1) return null;
    at = found + line.trim().length;
  }
  let start: number | null = null;
  for (const line of lines) {
    const found = whole.indexOf(line.trim(), at);
    if (found === -1) return null;
    start ??= found;
    at = found + line.trim().length;
  }
  return start === null ? null : { start, end: at };
}

function isShell(text: string, path: string): boolean {
  const first = text.slice(0, 200).split('\n', 1)[0] ?? '';
  if (first.startsWith('#!')) return /\b(?:ba|da|k|z|a)?sh\b/.test(first);
  return /\.(?:sh|bash|zsh|ksh)$/i.test(path);
}

/** The `run` texts of a workflow or composite action; none of a workflow that only pull requests start. */
function scriptsOfWorkflow(text: string, file: FileVersions, side: Side): readonly Script[] {
  const read = readPlaced(text);
  if (!read.ok) return [];
  return read.documents.flatMap((document) => {
    const { data } = document;
    if (isOnlyForPullRequests(dataAt(data, ['on']))) return [];
    const lists = [
      ...Object.keys(mapAt(data, ['jobs'])).map((job) => ({
        at: ['jobs', job, 'steps'],
        // A self-hosted runner is a machine that stays.
        runsOnThrowaway: !JSON.stringify(dataAt(data, ['jobs', job, 'runs-on']) ?? '').includes(
          'self-hosted',
        ),
      })),
      { at: ['runs', 'steps'], runsOnThrowaway: true },
    ];
    return lists.flatMap(({ at, runsOnThrowaway }) =>
      listAt(data, at).flatMap((step, index): Script[] => {
        const run = stringAt(step, ['run']);
        const shellName = stringAt(step, ['shell']) ?? 'bash';
        if (run === null || !/\b(?:ba|da|z|k)?sh\b/.test(shellName)) return [];
        const range = document.rangeOf([...at, index, 'run']);
        const from = range ? linesOf(file, side).offsetAt(range.end) : 0;
        return [{ text: run, from, runsOnThrowaway }];
      }),
    );
  });
}

/** Nothing of a release starts such a workflow. */
function isOnlyForPullRequests(on: unknown): boolean {
  const events =
    typeof on === 'string' ? [on] : Array.isArray(on) ? on.map(String) : Object.keys(mapAt(on, []));
  return (
    events.length > 0 &&
    events.every((event) => /^(?:pull_request(?:_target|_review)?|merge_group)$/.test(event))
  );
}

/** What scripts and workflows delete or empty of what is stored. */
export const storage: Detector = {
  id: 'storage',
  detect: async (world) => {
    const read = await readVersions(world, isScript, isScript);
    // The parser is WebAssembly: it is loaded only where a script names a command of the table at all.
    if (!read.versions.some((file) => mayLose(file.head)))
      return { irreversible: [], risks: [], touches: [] };
    return judgeScripts(read.versions, await world.parsers.shell());
  },
};

/** A quick look: one of the programs is named. */
function mayLose(text: string | null): boolean {
  return text !== null && STORAGE_PROGRAMS.test(text);
}
