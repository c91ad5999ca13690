import type { GateRule } from '../rule';

/** A waiver that does not say why: it silences nothing until it does. */
export const rule: GateRule = {
  subject: 'gate',
  id: 'waiver-without-reason',
  title: 'A waiver gives no reason',
  severity: 'warn',
  why: 'Whoever reads the report has to know why a finding was set aside, and whether that still holds.',
};
