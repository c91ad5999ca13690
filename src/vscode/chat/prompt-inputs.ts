import type { TaskInput } from '../../core/tasks/task';

/** More of one value than this is no answer to a question; the rest is cut. */
const MAX_VALUE_LENGTH = 4_000;

/** Inputs that take what was said freely, the most telling first. */
const FREE_TEXT_INPUTS = ['incident', 'repo_context', 'constraints'];

/**
 * Reads `key: value` (or `key=value`) pairs of the task's inputs out of a prompt, on lines of their own or one after
 * the other. A value reaches to the next known key or the end of its line; quotes around it are removed. Free text goes
 * to the input that takes it, where the task has one and the prompt did not set it.
 */
export function readPromptInputs(
  prompt: string,
  known: readonly TaskInput[],
): Readonly<Record<string, string>> {
  const inputs: Record<string, string> = {};
  const rest: string[] = [];
  for (const line of prompt.split(/\r\n|\n|\r/)) {
    const keys = keysIn(line, known);
    const free = line.slice(0, keys[0]?.start ?? line.length).trim();
    if (free !== '') rest.push(free);
    for (const [index, key] of keys.entries()) {
      const raw = line.slice(key.end, keys[index + 1]?.start ?? line.length).trim();
      const value = unquoted(raw.replace(/[,;]$/, '').trim()).slice(0, MAX_VALUE_LENGTH);
      if (value !== '') inputs[key.name] = value;
    }
  }
  const freeText = rest.join('\n').slice(0, MAX_VALUE_LENGTH);
  const taker = FREE_TEXT_INPUTS.find((name) => known.some((input) => input.name === name));
  if (freeText !== '' && taker !== undefined && inputs[taker] === undefined) inputs[taker] = freeText;
  return inputs;
}

/** The inputs that drafting is better with and that the prompt did not give. */
export function notTold(
  known: readonly TaskInput[],
  inputs: Readonly<Record<string, string>>,
): readonly TaskInput[] {
  return known.filter((input) => input.isAsked && inputs[input.name] === undefined);
}

interface KeyUse {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

function keysIn(line: string, known: readonly TaskInput[]): KeyUse[] {
  const uses: KeyUse[] = [];
  const lower = line.toLowerCase();
  for (const { name } of known) {
    // People write `risk posture:` as readily as `risk_posture:`.
    for (const spelling of new Set([name, name.replaceAll('_', ' '), name.replaceAll('_', '-')])) {
      let from = 0;
      for (;;) {
        const start = lower.indexOf(spelling, from);
        if (start === -1) break;
        from = start + spelling.length;
        const before = start === 0 ? ' ' : (lower[start - 1] ?? ' ');
        const sign = lower[from];
        if (!/[\s,;(-]/.test(before) || (sign !== ':' && sign !== '=')) continue;
        uses.push({ name, start, end: from + 1 });
      }
    }
  }
  uses.sort((a, b) => a.start - b.start || b.end - a.end);
  return uses.filter((use, index) => index === 0 || use.start >= (uses[index - 1]?.end ?? 0));
}

function unquoted(value: string): string {
  const first = value[0];
  return value.length >= 2 && (first === '"' || first === "'") && value.endsWith(first)
    ? value.slice(1, -1)
    : value;
}
