import type { Answer, Demand } from './events';
import { answerShape, demandShape } from './journal-entries';
import { isFields } from './shape';

/** What a person said through a face. */
export type Said =
  { readonly kind: 'answer'; readonly answer: Answer } | { readonly kind: 'demand'; readonly demand: Demand };

/** A longer line is nothing that a person typed. */
export const MAX_ANSWER_BYTES = 32 * 1024;

const MAX_TEXT_CHARACTERS = 4_000;
const MAX_WORD_CHARACTERS = 200;

/**
 * What a person said, as the line that a face puts into the run's `answers.jsonl`, line break included; or why it cannot be
 * said: the sentence completes "What you typed …".
 */
export function answerLine(
  said: Said,
  at: string,
): { readonly ok: true; readonly line: string } | { readonly ok: false; readonly detail: string } {
  const line = JSON.stringify({ at, ...said });
  const read = readAnswerLine(line);
  return read.ok ? { ok: true, line: `${line}\n` } : read;
}

/**
 * Reads such a line. The file is open to everybody who can write to the repository, so that nothing in it is taken but what
 * a face writes: an answer or a demand with its exact fields, bounded, without characters that would move a terminal's
 * cursor or turn a line around, and by a person at a face. Whether what it says is an answer to what was asked, the
 * machine decides.
 */
export function readAnswerLine(
  text: string,
): { readonly ok: true; readonly said: Said } | { readonly ok: false; readonly detail: string } {
  const refused = (detail: string): { readonly ok: false; readonly detail: string } => ({
    ok: false,
    detail,
  });
  if (text.length > MAX_ANSWER_BYTES) return refused('is too long');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refused('is no line of JSON');
  }
  if (!isFields(value)) return refused('is no record');
  const { kind } = value;
  const shape = kind === 'answer' ? answerShape : kind === 'demand' ? demandShape : null;
  if (!shape) return refused('is neither an answer nor a demand');
  const said = value[kind as string];
  const wrong = shape(said) ?? whyNotTyped(said);
  if (wrong !== null) return refused(`cannot be taken: ${String(kind)}${wrong}`);
  return {
    ok: true,
    said: (kind === 'answer'
      ? { kind, answer: answerOf(said as Answer) }
      : { kind, demand: demandOf(said as Demand) }) as Said,
  };
}

/** The fields that an answer has, and no others. */
function answerOf({ question, choice, text, by }: Answer): Answer {
  return { question, choice, text, by: { name: by.name, via: by.via } };
}

function demandOf(demand: Demand): Demand {
  const common = { reason: demand.reason, by: { name: demand.by.name, via: demand.by.via } };
  return demand.what === 'skip-watch'
    ? { what: demand.what, phrase: demand.phrase, ...common }
    : { what: demand.what, ...common };
}

function whyNotTyped(said: unknown): string | null {
  const { by, ...rest } = said as Answer | Demand;
  if (by.via === 'file') return '.by.via is no face at which a person is';
  if (by.name.trim() === '') return '.by.name names nobody';
  for (const [name, value] of Object.entries({ ...rest, 'by.name': by.name })) {
    if (typeof value !== 'string') continue;
    const most = name === 'text' || name === 'reason' ? MAX_TEXT_CHARACTERS : MAX_WORD_CHARACTERS;
    if (value.length > most) return `.${name} is longer than ${most} characters`;
    if (/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/.test(value))
      return `.${name} holds characters that nobody types`;
  }
  return null;
}
