import { accessColumns, dataColumns, environmentColumns } from '../../documents/environment-matrix/columns';
import type { DocumentRule } from '../rule';
import { incompleteRows } from './table-rows';

/** An environment of which the matrix does not say what it is for, where it is, what runs there, or who may do what. */
export const rule: DocumentRule = {
  id: 'environment-row-incomplete',
  title: 'An environment lacks purpose, address, version, access or its kind of data',
  severity: 'warn',
  why: 'The matrix is read by somebody who has never been to that environment and has to act there now.',
  subject: 'document',
  kinds: ['environment-matrix'],
  check: (document) => [
    ...incompleteRows(
      document,
      'environments',
      environmentColumns,
      'environment',
      [
        { key: 'purpose', name: 'a purpose', needed: 'what it is for' },
        { key: 'address', name: 'an address', needed: 'where it is reached', mayBeNone: true },
        { key: 'tracks', name: 'a branch or version', needed: 'branch or version that runs there' },
      ],
      'warn',
    ),
    ...incompleteRows(
      document,
      'access',
      accessColumns,
      'environment',
      [
        { key: 'deploys', name: 'a word on who deploys', needed: 'who deploys' },
        { key: 'readsLogs', name: 'a word on who reads the logs', needed: 'who reads the logs' },
        { key: 'administers', name: 'a word on who administers it', needed: 'who administers it' },
      ],
      'warn',
    ),
    ...incompleteRows(
      document,
      'data',
      dataColumns,
      'environment',
      [{ key: 'data', name: 'a kind of data', needed: 'synthetic, anonymised or of production' }],
      'warn',
    ),
  ],
};
