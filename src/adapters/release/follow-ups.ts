import { shellWord } from '../../core/evidence/detect/shell-text';
import { releasePathsOf, type HookName, type ReleaseSettings } from '../../core/evidence/release-settings';
import { verdictInWords, type FollowUp } from '../../core/release/run';
import { isVersionName } from '../../core/release/run-name';
import type { ReleaseState } from '../../core/release/state';
import { writeProposal } from '../file-writer';
import { createPrograms } from '../programs';
import { gitCommand, gitErrorInWords } from './git-command';
import { createMasking } from './process/masking';
import { fillNames } from '../../core/text/fill-names';

/** What became of something that follows a verdict, or is told on the way. */
export interface Done {
  readonly isDone: boolean;
  /** A clause without full stop; where it is not done, with the file that says what is owed. */
  readonly detail: string;
}

/** Something that should have been done and was not; a person does it by hand. */
export interface Leftover {
  readonly what: FollowUp;
  /** What is owed, a clause: `the tag release/2.4.0 on 1a2b3c4`. */
  readonly owed: string;
  /** Why it is not done. */
  readonly why: string;
  /** What does it, for a shell; null where nobody can say. */
  readonly byHand: string | null;
}

const GIT_TIMEOUT_MS = 30_000;
const HOOK_TIMEOUT_MS = 60_000;
const MAX_SAME_NAME = 99;
const MAX_DETAIL_CHARACTERS = 300;

/**
 * Tags the released commit, whatever HEAD is by now: annotated, with the id of the run. A tag that stands on that commit
 * already is well; one that stands on another is never moved. Tags are not pushed: who may push them, and whether a pipeline
 * starts by them, is the project's.
 */
export async function tagRelease(
  root: string,
  settings: Pick<ReleaseSettings, 'tag' | 'layout' | 'paths'>,
  state: ReleaseState,
  signal: AbortSignal,
): Promise<Done> {
  const { run } = state;
  const template = state.settings ? state.settings.tag : settings.tag;
  if (!run || template === null) return { isDone: false, detail: 'the configuration wants no tag' };
  const name = fillNames(template, { version: run.version });
  const commit = state.gate?.commit ?? run.commit;
  const git = (
    args: readonly string[],
    more: { input?: string; environment?: Readonly<Record<string, string>> } = {},
  ): ReturnType<typeof gitCommand> => gitCommand(root, args, { timeoutMs: GIT_TIMEOUT_MS, signal, ...more });
  const owe = (why: string, byHand: string | null): Promise<Done> =>
    oweLater(root, settings, state, {
      what: 'tag',
      owed: `the tag ${name} on ${commit ?? 'the released commit, which nothing names'}`,
      why,
      byHand,
    });
  const ref = `refs/tags/${name}`;
  if (
    !isVersionName(run.version) ||
    name.startsWith('-') ||
    (await git(['check-ref-format', ref])).code !== 0
  )
    return owe(`${JSON.stringify(name)} is no name of a tag`, null);
  if (commit === null || !/^[0-9a-f]{7,64}$/i.test(commit))
    return owe('no commit is known for this version', null);
  const byHand = `git tag --annotate --message ${shellWord(messageOf(state))} ${shellWord(name)} ${commit}`;
  const commitOf = async (revision: string): Promise<string | null> => {
    const { code, stdout } = await git([
      ...['rev-parse', '--verify', '--quiet', '--end-of-options'],
      `${revision}^{commit}`,
    ]);
    return code === 0 ? stdout.trim() : null;
  };
  const released = await commitOf(commit);
  if (released === null) return owe(`the commit ${commit} is not in this repository`, byHand);
  /** What the tag that stands says; null where none does. */
  const standing = async (): Promise<Done | null> => {
    if ((await git(['show-ref', '--verify', '--quiet', ref])).code !== 0) return null;
    const tagged = await commitOf(ref);
    if (tagged === released) return { isDone: true, detail: `${name} stands on ${released} already` };
    return owe(`${name} stands on ${tagged ?? 'something that is no commit'}, and no tag is moved`, null);
  };
  const before = await standing();
  if (before) return before;
  // A machine without a person's identity tags in the program's name; who released stands in the message.
  const hasIdentity = (await git(['var', 'GIT_COMMITTER_IDENT'])).code === 0;
  const made = await git(['tag', '--annotate', '--file=-', name, released], {
    input: messageOf(state),
    environment: hasIdentity
      ? {}
      : { GIT_COMMITTER_NAME: 'Release Gate', GIT_COMMITTER_EMAIL: 'release-gate@localhost' },
  });
  if (made.code === 0)
    return { isDone: true, detail: `${name} on ${released}; it is not pushed (git push origin ${ref})` };
  // Another program may have been faster.
  return (await standing()) ?? owe(gitErrorInWords(made), byHand);
}

function messageOf({ run, verdict }: ReleaseState): string {
  return [
    `${run?.version ?? ''} released to ${run?.environment ?? ''}`,
    '',
    `Release-Run: ${run?.id ?? ''}`,
    `Released-By: ${run?.startedBy.name ?? ''}`,
    `Verdict: ${verdict ? verdictInWords(verdict) : 'none yet'}`,
    '',
  ].join('\n');
}

/** What a program of the configuration is told on its standard input, as one object of JSON. */
export interface HookInput {
  readonly hook: HookName;
  /** Which point of the release it is: `announce-start`, `tickets-released`. */
  readonly event: FollowUp;
  readonly run: string;
  readonly mode: string;
  readonly version: string;
  readonly environment: string;
  /** `Released`, `Released-with-override`, `Rolled-Back`, `Aborted`; null while there is none. */
  readonly verdict: string | null;
  /** Of the verdict, or of the rollback that begins. */
  readonly reason: string | null;
  readonly liveSystem: string | null;
  readonly isRollbackVerified: boolean | null;
  /** What is gone back to. */
  readonly target: string | null;
  readonly commit: string | null;
  readonly by: string;
  readonly tickets: readonly { readonly id: string; readonly status: string; readonly title: string }[];
  /** The record of the run, from the repository's root. */
  readonly record: string;
}

/** What a hook is told of a run as it stands. */
export function hookInput(
  hook: HookName,
  event: FollowUp,
  releaseFolder: string,
  state: ReleaseState,
): HookInput {
  const { run, verdict, gate, rollback } = state;
  return {
    hook,
    event,
    run: run?.id ?? '',
    mode: run?.mode ?? 'release',
    version: run?.version ?? '',
    environment: run?.environment ?? '',
    verdict: verdict ? verdictInWords(verdict) : null,
    reason: verdict?.reason ?? rollback?.reason ?? null,
    liveSystem: verdict?.liveSystem ?? null,
    isRollbackVerified: verdict?.isRollbackVerified ?? null,
    target: gate?.target ?? run?.target ?? null,
    commit: gate?.commit ?? run?.commit ?? null,
    by: run?.startedBy.name ?? '',
    tickets: gate?.tickets ?? [],
    record: `${releaseFolder}/${run?.id ?? ''}.md`,
  };
}

/**
 * Runs a program of the configuration: without a shell, from the repository's root, with {@link HookInput} on its standard
 * input and `{version}`, `{environment}`, `{verdict}`, `{target}`, `{record}` and `{event}` replaced in its arguments, each of
 * which stays one argument. It is done where the program ends with 0 in time; else it is owed, and the release goes on.
 */
export async function runHook(
  root: string,
  settings: Pick<ReleaseSettings, 'hooks' | 'layout' | 'paths'>,
  hook: HookName,
  event: FollowUp,
  state: ReleaseState,
  signal: AbortSignal,
  {
    mask = createMasking([]).mask,
    timeoutMs = HOOK_TIMEOUT_MS,
  }: { readonly mask?: (text: string) => string; readonly timeoutMs?: number } = {},
): Promise<Done> {
  const argv = settings.hooks[hook];
  if (!argv || argv.length === 0)
    return { isDone: false, detail: `the configuration names no program for "${hook}"` };
  const paths = state.settings?.paths ?? releasePathsOf(settings as ReleaseSettings);
  const input = hookInput(hook, event, paths.releaseFolder, state);
  const values: Readonly<Record<string, string>> = {
    version: input.version,
    environment: input.environment,
    verdict: input.verdict ?? '',
    target: input.target ?? '',
    record: input.record,
    event,
  };
  const words = argv.map((word, index) => (index === 0 ? word : fillNames(word, values)));
  const text = `${JSON.stringify(input)}\n`;
  const shown = words[0] ?? '';
  let why: string;
  try {
    const result = await createPrograms({ folder: root }).run(words, { input: text, timeoutMs }, signal);
    if (result.kind === 'ended' && result.status === 0)
      return { isDone: true, detail: mask(lastLine(result.stdout) || `${shown} ended with 0`) };
    why =
      result.kind === 'failed'
        ? `${shown} ${result.detail}`
        : `${shown} ended with ${result.status}${said(lastLine(result.stderr) || lastLine(result.stdout))}`;
  } catch {
    why = `${shown} was stopped with the release`;
  }
  return oweLater(root, settings, state, {
    what: event,
    owed: `what "${hook}" does at "${event}" for ${input.version} in ${input.environment}`,
    why: mask(why),
    byHand: mask(`printf '%s' ${shellWord(text.trim())} | ${words.map(shellWord).join(' ')}`),
  });
}

function said(line: string): string {
  return line === '' ? '' : `: ${line}`;
}

function lastLine(text: string): string {
  const line = text.trimEnd().split('\n').at(-1)?.trim() ?? '';
  return line.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ').slice(0, MAX_DETAIL_CHARACTERS);
}

async function oweLater(
  root: string,
  settings: Pick<ReleaseSettings, 'layout' | 'paths'>,
  state: ReleaseState,
  leftover: Leftover,
): Promise<Done> {
  const folder = (state.settings?.paths ?? releasePathsOf(settings as ReleaseSettings)).leftovers;
  const releaseFolder = (state.settings?.paths ?? releasePathsOf(settings as ReleaseSettings)).releaseFolder;
  const written = await writeLeftover(root, folder, releaseFolder, state, leftover);
  return {
    isDone: false,
    detail: `${leftover.why}; ${written.ok ? `what is owed stands in ${written.path}` : `and what is owed could not be written down: ${written.detail}`}`,
  };
}

/**
 * Writes down what is owed after a run, with the command that does it, as a file of its own in the leftovers' folder; an
 * earlier one is never written over.
 */
export async function writeLeftover(
  root: string,
  folder: string,
  releaseFolder: string,
  state: ReleaseState,
  leftover: Leftover,
): Promise<{ readonly ok: true; readonly path: string } | { readonly ok: false; readonly detail: string }> {
  const id = state.run?.id ?? 'run';
  const text = leftoverText(releaseFolder, state, leftover);
  const name = `${state.at.slice(0, 10)}_${leftover.what}_${id}`;
  let detail = '';
  for (let number = 1; number <= MAX_SAME_NAME; number++) {
    const path = `${folder}/${name}${number === 1 ? '' : `-${number}`}.md`;
    const outcome = await writeProposal(root, [
      { path, purpose: 'what is owed after a release', before: null, after: text },
    ]);
    if (outcome.ok) return { ok: true, path };
    detail = `${outcome.path} ${outcome.detail}`;
    // Only a file that is there already is a reason to try the next name.
    if (!/appeared|changed since/.test(outcome.detail)) break;
  }
  return { ok: false, detail };
}

/** What the file of a leftover says. */
export function leftoverText(
  releaseFolder: string,
  { run, at, verdict }: ReleaseState,
  { what, owed, why, byHand }: Leftover,
): string {
  const line = (words: string): string => words.replace(/\s+/g, ' ').trim();
  const fence = '`'.repeat(
    Math.max(3, ...[...(byHand ?? '').matchAll(/`+/g)].map(([ticks]) => ticks.length + 1)),
  );
  return [
    `# Owed: ${what}`,
    '',
    `- Run: \`${run?.id ?? ''}\` (${releaseFolder}/${run?.id ?? ''}.md)`,
    `- Version and environment: ${run?.version ?? ''}, ${run?.environment ?? ''}`,
    `- Verdict: ${verdict ? verdictInWords(verdict) : 'none yet'}`,
    `- Owed: ${line(owed)}`,
    `- Not done because: ${line(why)}`,
    `- Since: ${at}`,
    '',
    ...(byHand === null
      ? ['Nothing does it by itself: look at the reason above first.']
      : ['By hand, from the root of the repository:', '', `${fence}sh`, byHand, fence]),
    '',
    'Remove this file when it is done.',
    '',
  ].join('\n');
}
