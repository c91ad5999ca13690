import { stageColumns } from '../../documents/pipeline-review/columns';
import type { DocumentRule } from '../rule';
import { incompleteRows } from './table-rows';

/** A stage of the pipeline of which the review does not say what becomes of its failure. */
export const rule: DocumentRule = {
  id: 'stage-row-incomplete',
  title: 'A stage of the pipeline lacks purpose, failure mode, or a word on who is told',
  severity: 'warn',
  why: 'A stage whose failure blocks nothing and tells nobody may as well not be there, and only its failure mode shows that.',
  subject: 'document',
  kinds: ['pipeline-review'],
  check: (document) =>
    incompleteRows(
      document,
      'stages',
      stageColumns,
      'job',
      [
        { key: 'purpose', name: 'a purpose', needed: 'what it does' },
        { key: 'blocking', name: 'a word on whether it blocks', needed: 'whether production waits for it' },
        { key: 'onFailure', name: 'a failure mode', needed: 'what becomes of the release when it fails' },
        {
          key: 'notified',
          name: 'a word on who is told',
          needed: 'who learns of its failure',
          mayBeNone: true,
        },
      ],
      'warn',
    ),
};
