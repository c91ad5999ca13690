import type { Columns } from '../markdown/parts';

/** What commands take from the environment. */
export const parameterColumns: Columns<'name' | 'meaning' | 'example'> = {
  name: ['name', 'parameter', 'variable'],
  meaning: ['meaning', 'description'],
  example: ['example', 'value', 'default'],
};

/** Who is called, when. */
export const escalationColumns: Columns<'role' | 'contact' | 'when'> = {
  role: ['role', 'level'],
  contact: ['contact', 'who', 'name'],
  when: ['when', 'after'],
};

/** Dashboards, log queries, alerts. */
export const referenceColumns: Columns<'kind' | 'name' | 'target'> = {
  kind: ['kind', 'type'],
  name: ['name', 'what'],
  target: ['address or query', 'address', 'link', 'url', 'query'],
};
