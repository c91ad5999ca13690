import type { Columns } from '../markdown/parts';

const NAMES = ['environment', 'env', 'name', 'stage'];

/** The environments, by what people call the columns. */
export const environmentColumns: Columns<'environment' | 'purpose' | 'address' | 'tracks'> = {
  environment: NAMES,
  purpose: ['purpose', 'used for', 'description', 'use'],
  address: ['address', 'url', 'access', 'endpoint', 'host', 'url access', 'base url'],
  tracks: [
    'branch or version',
    'branch',
    'version',
    'tracks',
    'deployed from',
    'branch version',
    'artifact',
    'artifact version',
    'source',
  ],
};

/** Who may do what in an environment. */
export const accessColumns: Columns<'environment' | 'deploys' | 'readsLogs' | 'administers'> = {
  environment: NAMES,
  deploys: ['deploys', 'who deploys', 'deploy', 'deployers', 'can deploy'],
  readsLogs: ['reads logs', 'logs', 'who reads logs', 'log access'],
  administers: ['administers', 'admin', 'admins', 'who administers', 'administrators'],
};

/** What the environments' data are. */
export const dataColumns: Columns<'environment' | 'data' | 'refresh' | 'lifecycle'> = {
  environment: NAMES,
  data: ['data', 'data characteristics', 'dataset'],
  refresh: ['refresh', 'refreshed', 'rebuild', 'rebuild cadence', 'refresh cadence'],
  lifecycle: ['lifecycle', 'life cycle', 'teardown', 'lifetime'],
};

/** In what environments differ, and why. */
export const parityColumns: Columns<'deviation' | 'rationale' | 'place'> = {
  deviation: ['deviation', 'difference', 'parity deviation', 'what', 'what differs'],
  rationale: ['rationale', 'reason', 'why', 'justification', 'because'],
  place: ['where', 'place', 'source', 'file'],
};

/** Code that makes or configures an environment. */
export const infrastructureColumns: Columns<'environment' | 'path' | 'what'> = {
  environment: NAMES,
  path: ['path', 'code', 'link', 'module', 'iac', 'file', 'source'],
  what: ['what', 'kind', 'description', 'type'],
};
