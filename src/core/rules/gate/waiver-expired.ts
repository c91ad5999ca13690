import type { GateRule } from '../rule';

/** A waiver past its last day: the finding counts again. */
export const rule: GateRule = {
  subject: 'gate',
  id: 'waiver-expired',
  title: 'A waiver has expired',
  severity: 'warn',
  why: 'The date was set so that somebody looks again; until then the finding counts.',
};
