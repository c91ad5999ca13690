import { secretColumns } from '../../documents/secrets-rotation-plan/columns';
import type { DocumentRule } from '../rule';
import { incompleteRows } from './table-rows';

/** A secret of the plan of which nobody says what it is, what keeps it, how often it is rotated, and by whom. */
export const rule: DocumentRule = {
  id: 'secret-rotation-incomplete',
  title: 'A secret in the rotation plan lacks type, risk, manager, cadence, last rotation or owner',
  severity: 'block',
  why: 'A secret without an owner and a date is rotated when it has leaked, by whoever happens to be awake.',
  subject: 'document',
  kinds: ['secrets-rotation-plan'],
  check: (document) =>
    incompleteRows(
      document,
      'inventory',
      secretColumns,
      'secret',
      [
        { key: 'type', name: 'a type', needed: 'what it is' },
        { key: 'risk', name: 'a risk', needed: 'high, medium or low' },
        { key: 'manager', name: 'a manager', needed: 'what keeps it' },
        { key: 'cadence', name: 'a cadence', needed: 'how often it is rotated' },
        { key: 'lastRotated', name: 'a last rotation', needed: 'day on which it was last rotated' },
        { key: 'owner', name: 'an owner', needed: 'who may rotate it' },
      ],
      'block',
    ),
};
