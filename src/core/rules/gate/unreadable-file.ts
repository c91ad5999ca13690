import type { GateRule } from '../rule';

/** A workflow or document that could not be read: it was not judged, and nothing says that it is fine. */
export const rule: GateRule = {
  subject: 'gate',
  id: 'unreadable-file',
  title: 'A file could not be read',
  severity: 'block',
  why: 'A workflow that cannot be read may deploy to production; what nobody judged is not a pass.',
};
