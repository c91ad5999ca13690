import { table, together, value } from '../shape/parts';

/** What a release record and the record of its rollback share, column by column. */
export const callsTable = () =>
  table({
    call: ['call', 'stage'],
    arguments: ['arguments'],
    ended: ['ended at', 'ended'],
    took: ['took'],
    outcome: ['how it ended', 'outcome'],
    output: ['whole output', 'output'],
  });

export const smokePart = () =>
  together({
    result: value('result'),
    cases: table({
      stage: ['stage'],
      case: ['case', 'test'],
      outcome: ['outcome', 'result'],
      took: ['took'],
      detail: ['detail'],
    }),
  });

export const watchesTable = () =>
  table({
    watch: ['watch'],
    began: ['began', 'started'],
    polls: ['polls', 'intervals'],
    ended: ['how it ended', 'ended'],
  });

export const metricsTable = () =>
  table({
    metric: ['metric'],
    required: ['required'],
    baseline: ['baseline'],
    lowest: ['lowest'],
    highest: ['highest'],
    last: ['last'],
    missing: ['without data', 'missing'],
    summary: ['what it came to'],
  });

export const intervalsTable = () =>
  table({ watch: ['watch'], interval: ['interval'], at: ['at', 'time'], snapshot: ['snapshot'] });

export const findingsTable = () =>
  table({
    watch: ['watch'],
    interval: ['interval'],
    at: ['at', 'time'],
    metric: ['metric'],
    level: ['level'],
    finding: ['finding', 'evidence'],
  });

export const decisionsTable = () =>
  table({
    asked: ['asked at', 'asked'],
    question: ['question'],
    grounds: ['grounds'],
    answer: ['answer'],
    words: ['words'],
    by: ['by', 'who'],
    at: ['answered at', 'at'],
  });
