import { lacksOf } from '../../records/strict';
import type { DocumentRule, RuleFinding } from '../rule';
import { listed } from './document-severity';

/** A record of a drill, an approval, an override or a review lacks something without which it counts for nothing. */
export const rule: DocumentRule = {
  id: 'record-incomplete',
  title: 'A record lacks what it needs to count',
  severity: 'warn',
  why: 'A record without name, time, environment, version or evidence shows nothing, and is found wanting only when the release waits for it.',
  subject: 'document',
  kinds: ['drill-record', 'approval', 'override', 'document-review'],
  check: (document): readonly RuleFinding[] => {
    const lacks = lacksOf(document) ?? [];
    // Front matter that cannot be read is told by itself; what it would have held is then no separate fault.
    if (lacks.length === 0 || document.problems.length > 0) return [];
    const first = document.text.indexOf('kind:');
    const end = first < 0 ? -1 : document.text.slice(first).search(/[\r\n]/);
    return [
      {
        message: `This record has no ${listed(lacks)}, so it does not count: the person whose record it is adds it, or records it anew`,
        path: document.path,
        span: first < 0 ? null : { start: first, end: end < 0 ? document.text.length : first + end },
        status: 'fail',
      },
    ];
  },
};
