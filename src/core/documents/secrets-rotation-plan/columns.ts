import type { Columns } from '../markdown/parts';

/** The inventory of secrets, by what people call its columns. */
export const secretColumns: Columns<
  'secret' | 'type' | 'risk' | 'manager' | 'cadence' | 'lastRotated' | 'owner'
> = {
  secret: ['secret', 'secret name', 'name', 'credential', 'key'],
  type: ['type', 'kind', 'secret type'],
  risk: ['risk', 'risk level', 'risk class', 'criticality', 'sensitivity', 'severity'],
  manager: ['manager', 'managed by', 'secret manager', 'stored in', 'storage', 'location', 'system'],
  cadence: [
    'cadence',
    'rotation cadence',
    'rotation frequency',
    'frequency',
    'rotation period',
    'rotation interval',
    'interval',
    'rotate every',
    'schedule',
  ],
  lastRotated: ['last rotated', 'last rotation', 'last rotation date', 'rotated on', 'last changed'],
  owner: ['rotated by', 'owner', 'who may rotate', 'responsible', 'who rotates'],
};

/** Who is given a secret. */
export const secretUserColumns: Columns<'user' | 'place'> = {
  user: ['used by', 'user', 'who', 'consumer', 'dependent'],
  place: ['where', 'place', 'file', 'path'],
};
