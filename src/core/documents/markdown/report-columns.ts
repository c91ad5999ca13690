import type { Columns } from './parts';

/** A metric beside what it was before. */
export const measurementColumns: Columns<'metric' | 'measured' | 'baseline' | 'source'> = {
  metric: ['metric', 'signal', 'measurement', 'kpi'],
  measured: ['measured', 'value', 'now', 'after', 'actual', 'after deployment', 'current'],
  baseline: ['baseline', 'before', 'before deployment', 'normal', 'reference'],
  source: ['source', 'evidence', 'where it is seen', 'dashboard'],
};

/** What was asked of the deployed system, and what it answered. */
export const healthCheckColumns: Columns<'check' | 'endpoint' | 'status' | 'responseTime'> = {
  check: ['check', 'health check', 'component', 'service'],
  endpoint: ['endpoint', 'url', 'address', 'path'],
  status: ['status', 'result', 'outcome'],
  responseTime: ['response time', 'latency', 'response', 'time'],
};

/** Where what was done differs from what the runbook says. */
export const deviationColumns: Columns<'deviation' | 'reason' | 'outcome'> = {
  deviation: ['deviation', 'what was done differently', 'difference'],
  reason: ['reason', 'why', 'cause'],
  outcome: ['outcome', 'consequence', 'what came of it'],
};

/** What went wrong, and what is done about it. */
export const issueColumns: Columns<'issue' | 'resolution' | 'runbook' | 'followUp' | 'owner' | 'due'> = {
  issue: ['issue', 'problem', 'what went wrong'],
  resolution: ['resolution', 'resolved by', 'fix', 'workaround'],
  runbook: [
    'runbook needs updating',
    'runbook update',
    'runbook update needed',
    'update runbook',
    'runbook updated',
    'runbook',
  ],
  followUp: ['follow-up', 'follow up', 'follow-up action', 'action', 'next step'],
  owner: ['owner', 'who', 'assignee'],
  due: ['due', 'due date', 'by', 'deadline'],
};

/** Something that is still to be done. */
export const followUpColumns: Columns<'action' | 'owner' | 'due'> = {
  action: ['action', 'action item', 'follow-up', 'follow up', 'what'],
  owner: ['owner', 'who', 'assignee'],
  due: ['due', 'due date', 'by', 'deadline'],
};

/** What was asked before or after, how it ended, and what shows it. */
export const checkColumns: Columns<'check' | 'result' | 'evidence'> = {
  check: ['check', 'what', 'gate', 'condition'],
  result: ['result', 'status', 'outcome'],
  evidence: ['evidence', 'shown by', 'details', 'why', 'notes'],
};
