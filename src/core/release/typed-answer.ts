import type { Answer } from './events';
import type { Actor } from './run';
import type { Question } from './state';

/**
 * What a person typed at a question, as its answer: the phrase, or a choice with what goes with it (`abort the disk is
 * full`, `extend 10`). Null where it is none of the choices.
 */
export function typedAnswer(question: Question, line: string, by: Actor): Answer | null {
  const typed = line.trim();
  const answer = (choice: string, text: string): Answer => ({ question: question.id, choice, text, by });
  const phrase = question.choices.find(({ takes }) => takes === 'phrase');
  if (phrase && typed === question.phrase) return answer(phrase.id, typed);
  const [, word = '', rest = ''] = /^(\S+)\s*(.*)$/s.exec(typed) ?? [];
  if (word === '') return null;
  // The first letters are enough where they are those of one choice alone.
  const choices = question.choices.filter(
    ({ id, takes }) => takes !== 'phrase' && id.startsWith(word.toLowerCase()),
  );
  const exact = choices.find(({ id }) => id === word.toLowerCase());
  const choice = exact ?? (choices.length === 1 ? choices[0] : undefined);
  return choice ? answer(choice.id, rest) : null;
}
