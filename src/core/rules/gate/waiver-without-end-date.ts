import type { GateRule } from '../rule';

/** A waiver of a blocking finding that never ends: it silences nothing until it names its last day. */
export const rule: GateRule = {
  subject: 'gate',
  id: 'waiver-without-end-date',
  title: 'A waiver of a blocking finding has no end date',
  severity: 'warn',
  why: 'A blocking finding that is set aside for good is a rule switched off at one place without anybody deciding so.',
};
