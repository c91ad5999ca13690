import type { SectionShape } from '../document';
import { claimColumns } from '../markdown/columns';
import type { PersonClaim } from '../release-plan/release-plan';
import { inSection, type Field } from './define-kind';
import { table } from './parts';

/** What a person told and no file shows: the last section of every document that may be told something. */
export const toldSection: SectionShape = {
  id: 'claims',
  title: 'Told by a person',
  isRequired: false,
  aliases: ['told', 'claims'],
  holds: 'table',
  isQuoted: true,
};

/** The rows of `toldSection`. Written with `{{table claims "Question:question, Answer:answer"}}`. */
export function toldClaims(): Field<readonly PersonClaim[]> {
  return inSection('claims', table(claimColumns));
}
