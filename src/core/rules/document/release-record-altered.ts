import { PERSON_KEYS, sealState } from '../../documents/release-record/seal';
import { spanOfFrontMatterKey } from '../../text/front-matter';
import type { DocumentRule, RuleFinding } from '../rule';

/** The record of a run says something else than when its run sealed it. */
export const rule: DocumentRule = {
  id: 'release-record-altered',
  title: 'The record of a release was changed after its run sealed it',
  severity: 'warn',
  why: 'The record is what everybody goes by afterwards: the next gate, the audit, the postmortem. One that was changed says what somebody would have liked to see.',
  subject: 'document',
  kinds: ['release-record', 'rollback-record'],
  check: (document): readonly RuleFinding[] => {
    // Front matter that cannot be read is told by itself.
    if (document.problems.length > 0 || sealState(document.text) !== 'broken') return [];
    return [
      {
        message: `This record does not say what its run sealed it with: put back what the run left, and add what people decide afterwards to ${PERSON_KEYS.join(', ')} of its front matter only`,
        path: document.path,
        span: spanOfFrontMatterKey(document.text, 'seal'),
        status: 'fail',
      },
    ];
  },
};
