import type { GateFacts } from '../../../../src/core/rules/rule';
import type { DrillOnRecord } from '../../../../src/core/records/record';
import { noRecords } from '../../../../src/core/records/record';
import { describeDocumentFixtures } from './document-fixtures';

const drill = (startedAt: string, hasPassed: boolean, path: string): DrillOnRecord => ({
  path,
  drill: 'rollback',
  environment: 'staging',
  service: 'billing',
  versionFrom: '1.4.0',
  versionTo: '1.3.2',
  startedAt,
  startedAtMs: Date.parse(startedAt),
  seconds: 240,
  hasPassed,
  recordedBy: 'Ada Example',
  evidence: ['run 7'],
  notes: '',
});

const drillsOf = (name: string): readonly DrillOnRecord[] => {
  if (name.includes('stale'))
    return [drill('2026-01-05T09:00:00Z', true, 'docs/release/records/drill_old.md')];
  if (name.includes('failed'))
    return [drill('2026-11-02T09:00:00Z', false, 'docs/release/records/drill_failed.md')];
  if (name.includes('fresh'))
    return [drill('2026-11-01T09:00:00Z', true, 'docs/release/records/drill_new.md')];
  return [];
};

const factsOf = (name: string): Partial<GateFacts> => ({
  rollback: {
    objectiveMinutes: null,
    drills: {
      records: { ...noRecords, drills: drillsOf(name) },
      service: null,
      now: new Date('2026-11-21T10:00:00Z'),
      kindOfEnvironment: (environment) => (environment === 'staging' ? 'non-production' : 'unknown'),
    },
  },
});

describeDocumentFixtures('rollback-untested', factsOf);
