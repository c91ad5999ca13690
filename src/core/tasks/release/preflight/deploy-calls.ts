import { rollbackOf, type RollbackCall, type ScriptRollback } from '../../../change/deploy-script';
import { openProgram } from '../../../change/script-run/open-program';
import type { Program } from '../../../change/script-run/program';
import { runScript, type Effect, type ScriptRun } from '../../../change/script-run/run';
import { stagesOf, type ReleaseSettings } from '../../../evidence/release-settings';
import { ROLLOUTS, type Rollout } from '../../../evidence/rollouts';
import type { Parsers, RepositoryFiles } from '../../../ports';
import { enumerated } from '../../../text/words';
import { fillNames } from '../../../text/fill-names';

/** Words that stand for a version, for what is gone back to, and for an option that nobody gave a meaning. */
const VERSION = '9.8.7';
const TARGET = '1.2.3';
const NONSENSE = '--zq-none';

const TOO_LONG = 'is too long to be followed to its end';

/** Whether a call of the deploy script does what it is for; `why` completes "<script> …". */
export interface JudgedCall {
  readonly outcome: 'handled' | 'not-handled' | 'unread';
  readonly why: string;
  /** What the script uses and the call does not give, completing "<script> …". */
  readonly misses?: string;
}

/** What the parse tree of the deploy script says of the calls that a release makes. */
export interface DeployCalls {
  /** The call that deploys everything at once, as configured. */
  readonly forward: JudgedCall;
  /** Whether it goes back at all, however it is asked. */
  readonly rollback: ScriptRollback;
  /** The call that goes back, as it is made; `rollbackArguments` are those that are used. */
  readonly back: JudgedCall;
  readonly rollbackArguments: readonly string[];
  /** Where the arguments come from: told by the script itself where it asks for others than the default. */
  readonly rollbackArgumentsFrom: 'configuration' | 'default' | 'script';
  /** Strategies that the script can be called with, in the order of `ROLLOUTS`; manual is always among them. */
  readonly strategies: readonly Rollout[];
  /** Why each of the others is not: completes "<script> …". */
  readonly refused: Readonly<Partial<Record<Rollout, string>>>;
}

/**
 * Follows the deploy script, without running anything, through the calls that a release makes of it.
 */
export async function readDeployCalls(
  world: { readonly files: RepositoryFiles; readonly parsers: Parsers },
  script: string,
  settings: ReleaseSettings,
  environment: string,
  signal?: AbortSignal,
): Promise<DeployCalls> {
  const { paths } = await world.files.list(signal);
  const program = await openProgram(world.files, paths, await world.parsers.shell(), [script]);
  return judgeDeployCalls(program, script, settings, environment);
}

/** The same of a program that was read. */
export function judgeDeployCalls(
  program: Program,
  script: string,
  settings: ReleaseSettings,
  environment: string,
): DeployCalls {
  const call = (words: readonly string[]): ScriptRun =>
    runScript(
      program,
      script,
      words.map((word) => fillNames(word, { version: VERSION, target: TARGET, environment })),
    );
  const rollback = rollbackOf(program, script);
  const isForeign = !program.scripts.has(script);
  const asked = rollback.kind === 'handled' ? argumentsOf(rollback.asked) : null;
  const usual = settings.deploy.rollbackArguments;
  const isUsualGood = judgeBack(call, usual, settings.deploy.arguments).outcome === 'handled';
  const from = settings.isRollbackSaid
    ? 'configuration'
    : isUsualGood || asked === null
      ? 'default'
      : 'script';
  const rollbackArguments = from === 'script' && asked !== null ? asked : usual;
  const unread: JudgedCall = {
    outcome: 'unread',
    why: rollback.kind === 'unread' ? rollback.why : 'was not read',
  };
  const forward = isForeign ? unread : judgeForward(call, settings.deploy.arguments);
  // Where nobody said how, the script itself has to have a branch for it.
  const isHandledAtAll = rollback.kind === 'handled' || settings.isRollbackSaid;
  const back = isForeign
    ? unread
    : isHandledAtAll
      ? judgeBack(call, rollbackArguments, settings.deploy.arguments)
      : rollback.kind === 'not-handled'
        ? { outcome: 'not-handled' as const, why: rollback.why }
        : unread;
  const strategies: Rollout[] = [];
  const refused: Partial<Record<Rollout, string>> = {};
  for (const rollout of ROLLOUTS) {
    const why =
      isForeign && rollout !== 'manual' && rollout !== 'all-at-once' && !isSaid(settings, rollout)
        ? `${unread.why}, so whether it does ${rollout} is not known; say its calls under release.strategies`
        : whyNot(call, settings, rollout);
    if (why === null) strategies.push(rollout);
    else refused[rollout] = why;
  }
  return { forward, rollback, back, rollbackArguments, rollbackArgumentsFrom: from, strategies, refused };
}

type Call = (words: readonly string[]) => ScriptRun;

function isSaid(settings: ReleaseSettings, rollout: Rollout): boolean {
  return (settings.strategies[rollout] ?? []).length > 0;
}

/** A call with which nothing is done is only a fault where another call does something. */
function judgeForward(call: Call, words: readonly string[]): JudgedCall {
  const run = call(words);
  const [first] = run.effects;
  if (first) {
    const more = call([...words, NONSENSE]).effects.find((effect) =>
      effect.words.some((word) => word.includes(NONSENSE)),
    );
    return {
      outcome: 'handled',
      why: `runs "${lineOf(first)}"`,
      ...(more
        ? { misses: `uses a further argument in "${lineOf(more)}", which the configured call does not give` }
        : {}),
    };
  }
  if (!run.isComplete) return { outcome: 'unread', why: TOO_LONG };
  const other = [
    ['{version}'],
    ['{environment}'],
    ['{environment}', '{version}'],
    ['{version}', '{environment}'],
  ].find((each) => call(each).effects.length > 0);
  return other
    ? {
        outcome: 'not-handled',
        why: `does nothing when it is called with ${words.length === 0 ? 'no arguments' : `"${words.join(' ')}"`}, and does something with "${other.join(' ')}"`,
      }
    : { outcome: 'unread', why: 'runs nothing that is known to change anything' };
}

/**
 * Whether a call goes back: it runs what the call that deploys, and the same call with words that mean nothing, do not.
 */
function judgeBack(call: Call, words: readonly string[], forward: readonly string[]): JudgedCall {
  const run = call(words);
  const literal = words.filter((word) => !word.includes('{'));
  const sure = new Set([
    ...call(forward).effects.map((effect) => keyOf(effect)),
    ...call(words.map((word) => (literal.includes(word) ? NONSENSE : word))).effects.map((effect) =>
      keyOf(effect, [NONSENSE]),
    ),
  ]);
  const own = run.effects.filter((effect) => !sure.has(keyOf(effect)) && !sure.has(keyOf(effect, literal)));
  const [certain] = own.filter(({ isMaybe, isForeign }) => !isMaybe && !isForeign);
  if (certain) return { outcome: 'handled', why: `runs "${lineOf(certain)}"` };
  const [perhaps] = own;
  if (perhaps) {
    return perhaps.isForeign
      ? { outcome: 'unread', why: `hands on to "${lineOf(perhaps)}", which is not followed` }
      : { outcome: 'handled', why: `runs "${lineOf(perhaps)}", where what it learns on the way lets it` };
  }
  if (!run.isComplete) return { outcome: 'unread', why: TOO_LONG };
  return {
    outcome: 'not-handled',
    why: run.effects.length === 0 ? 'does nothing for it' : 'does for it what it does without it',
  };
}

/** Why a strategy is not offered, completing "<script> …"; null where it is. */
function whyNot(call: Call, settings: ReleaseSettings, rollout: Rollout): string | null {
  // A person said the calls, or there are none to tell.
  if (rollout === 'manual' || rollout === 'all-at-once' || isSaid(settings, rollout)) return null;
  const base = settings.deploy.arguments;
  const stage = stagesOf(settings, rollout)[0];
  const [flag, ...values] = stage?.arguments ?? [];
  if (!stage || flag === undefined) return 'has no call for it';
  const given = [flag, ...values];
  const run = call([...base, ...given]);
  const plain = call(base);
  const nonsense = call([...base, ...given.map(() => NONSENSE)]);
  const known = new Set([
    ...plain.effects.map((effect) => keyOf(effect)),
    ...nonsense.effects.map((effect) => keyOf(effect, [NONSENSE])),
  ]);
  const say = `say its calls under release.strategies.${rollout} if it is done another way`;
  if (run.effects.length === 0) {
    return run.isComplete
      ? `does nothing when it is called with ${flag}; ${say}`
      : `is too long to be followed to its end, so whether it handles ${flag} is not known; ${say}`;
  }
  const own = run.effects.filter((effect) => !known.has(keyOf(effect)) && !known.has(keyOf(effect, given)));
  if (own.some((effect) => !wordsHold(effect, flag))) return null;
  const isHandedOn = run.effects.some((effect) => wordsHold(effect, flag));
  if (isHandedOn) return `hands ${flag} on to a program that is not followed; ${say}`;
  return plain.effects.length > 0 && nonsense.effects.length === 0
    ? `takes ${flag} and does what it does without it; ${say}`
    : `has no branch for ${flag}; ${say}`;
}

/** Whether the flag itself is only passed on. */
function wordsHold({ words }: Effect, flag: string): boolean {
  return words.slice(1).includes(flag);
}

/**
 * By its place and its words, those of the call taken for any others: a word that is only passed on, alone or within another,
 * makes no other command.
 */
function keyOf({ path, span, words }: Effect, given: readonly string[] = []): string {
  const line = given
    .filter((word) => word.length > 1)
    .reduce((text, word) => text.split(word).join('\u0003'), words.join('\u0000'));
  return `${path}:${span.start}:${line}`;
}

function lineOf({ words }: Effect): string {
  const line = words
    .join(' ')
    .replace(/[\u0000-\u001f]+/g, '…')
    .replace(/\s+/g, ' ')
    .replaceAll(NONSENSE, '…')
    .replaceAll(VERSION, '{version}')
    .replaceAll(TARGET, '{target}')
    .trim();
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}

/** The arguments of a call that goes back; null where it goes by a variable of the environment, which no argument sets. */
function argumentsOf(asked: RollbackCall | undefined): readonly string[] | null {
  if (!asked || asked.variables.length > 0) return null;
  const words = asked.words.map((word) =>
    word.is === 'word' ? word.text : word.is === 'environment' ? '{environment}' : '{target}',
  );
  return words;
}

/** Why each strategy is not offered, as one sentence; '' where all are. */
export function refusedInWords({ refused }: DeployCalls, script: string): string {
  const parts = Object.entries(refused).map(([rollout, why]) => `${rollout}: ${script} ${why}`);
  return enumerated(parts, 'and');
}
