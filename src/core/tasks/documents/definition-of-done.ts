import type { DefinitionOfDone } from '../../documents/definition-of-done/definition-of-done';
import { definitionOfDoneKind } from '../../documents/definition-of-done/definition-of-done-kind';
import { DONE_ITEMS } from '../reports/questions';
import { answerListSubject } from '../reports/answer-list-subject';

/** The eight items without which a release is not done, answered from evidence. */
export const definitionOfDone = answerListSubject<DefinitionOfDone>({
  id: 'definition-of-done',
  kind: definitionOfDoneKind,
  title: 'Write the definition of done of a release',
  file: 'DEFINITION_OF_DONE',
  questions: DONE_ITEMS,
  dataOf: (common, rows) => ({ ...common, items: rows }),
});
