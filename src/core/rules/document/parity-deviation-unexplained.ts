import { parityColumns } from '../../documents/environment-matrix/columns';
import type { DocumentRule } from '../rule';
import { incompleteRows } from './table-rows';

/** Environments differ, and nobody says why. */
export const rule: DocumentRule = {
  id: 'parity-deviation-unexplained',
  title: 'A deviation between environments has no reason',
  severity: 'warn',
  why: 'What staging does differently is not tested there; a deviation without a reason is one that nobody decided on.',
  subject: 'document',
  kinds: ['environment-matrix'],
  check: (document) =>
    incompleteRows(
      document,
      'parity',
      parityColumns,
      'deviation',
      [{ key: 'rationale', name: 'a rationale', needed: 'why the environments differ in this' }],
      'warn',
    ),
};
