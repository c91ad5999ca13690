import type { Columns } from './parts';

/** When to go back. */
export const triggerColumns: Columns<'metric' | 'comparison' | 'threshold' | 'window' | 'lasting'> = {
  metric: ['metric', 'signal', 'trigger'],
  comparison: ['comparison', 'operator', 'condition'],
  threshold: ['threshold', 'value', 'limit'],
  window: ['window', 'over', 'period', 'time window'],
  lasting: ['for', 'for how long', 'lasting', 'sustained for', 'sustained', 'duration'],
};

/** Who is told what, when. */
export const announcementColumns: Columns<'stage' | 'audience' | 'channel' | 'message'> = {
  stage: ['stage', 'when', 'phase'],
  audience: ['audience', 'who', 'to'],
  channel: ['channel', 'where', 'how'],
  message: ['message', 'what'],
};

/** What a person told. */
export const claimColumns: Columns<'question' | 'answer'> = {
  question: ['question', 'asked'],
  answer: ['answer', 'told'],
};

/** What is done so that it does not happen again. */
export const actionColumns: Columns<'action' | 'owner' | 'due' | 'verifiedBy'> = {
  action: ['action', 'action item', 'what'],
  owner: ['owner', 'who', 'assignee'],
  due: ['due', 'due date', 'by', 'deadline'],
  verifiedBy: ['verified by', 'verification', 'how it is verified', 'verified'],
};

/** What happened, when. */
export const timelineColumns: Columns<'time' | 'event' | 'source' | 'verified'> = {
  time: ['time', 'when', 'timestamp', 'time utc'],
  event: ['event', 'what', 'what happened'],
  source: ['source', 'evidence', 'where it is seen'],
  verified: ['verified', 'fact'],
};
