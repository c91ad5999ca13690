import type { GateRule } from '../rule';

/** A waiver with nothing to silence. */
export const rule: GateRule = {
  subject: 'gate',
  id: 'waiver-unused',
  title: 'A waiver silences nothing',
  severity: 'warn',
  why: 'A waiver that is left behind would silence the next fault at its place without anybody having judged it.',
};
