import {
  callsTable,
  findingsTable,
  intervalsTable,
  metricsTable,
  smokePart,
  watchesTable,
} from '../release-record/record-parts';
import { isUnknownOnRecord } from '../release-record/record-words';
import { defineKind, frontMatter, inSection } from '../shape/define-kind';
import { code, list, together, value } from '../shape/parts';
import type { RollbackRecord } from './rollback-record';
import source from './template.hbs';

/** What the rollback of a run did, rendered from the run's journal. */
export const rollbackRecordKind = defineKind<RollbackRecord>({
  id: 'rollback-record',
  title: 'Rollback record',
  path: /(?:^|\/)rollback_[^/]+_[^/]+_\d{4}-\d{2}-\d{2}-\d{4}(?:-\d+)?\.md$/,
  source,
  sections: [
    { id: 'summary', title: 'Summary', isRequired: false },
    { id: 'reasons', title: 'Why it went back', isRequired: false, holds: 'list', isQuoted: true },
    { id: 'execute', title: 'Execution', isRequired: false, holds: 'table', isQuoted: true },
    { id: 'smoke', title: 'Smoke tests', isRequired: false, holds: 'table', isQuoted: true },
    {
      id: 'watches',
      title: 'Watch of the version before',
      isRequired: false,
      holds: 'table',
      isQuoted: true,
    },
    { id: 'metrics', title: 'Metrics of the watch', isRequired: false, holds: 'table', isQuoted: true },
    { id: 'intervals', title: 'Every interval', isRequired: false, holds: 'table', isQuoted: true },
    { id: 'findings', title: 'Findings of the watch', isRequired: false, holds: 'table', isQuoted: true },
    { id: 'leftovers', title: 'Leftovers', isRequired: false, holds: 'list', isQuoted: true },
  ],
  fields: {
    id: frontMatter('id'),
    release: frontMatter('release'),
    verdict: frontMatter('verdict'),
    version: frontMatter('version'),
    environment: frontMatter('environment'),
    rollbackTarget: frontMatter('rollback-target'),
    startedAt: frontMatter('started-at'),
    endedAt: frontMatter('ended-at'),
    liveSystem: frontMatter('live-system'),
    rollbackVerified: frontMatter('rollback-verified'),
    journal: frontMatter('journal'),
    journalHash: frontMatter('journal-hash'),
    journalEnd: frontMatter('journal-end'),
    seal: frontMatter('seal'),
    summary: inSection(
      'summary',
      together({
        result: value('result'),
        from: value('from'),
        to: value('to'),
        by: value('asked for by'),
        took: value('took'),
        objective: value('recovery time objective'),
      }),
    ),
    reasons: inSection('reasons', list()),
    execute: inSection('execute', together({ calls: callsTable(), output: code() })),
    smoke: inSection('smoke', smokePart()),
    watches: inSection('watches', watchesTable()),
    metrics: inSection('metrics', metricsTable()),
    intervals: inSection('intervals', intervalsTable()),
    findings: inSection('findings', findingsTable()),
    leftovers: inSection('leftovers', list()),
  },
  derived: (data) => ({ isUnknownState: isUnknownOnRecord(data) }),
});
