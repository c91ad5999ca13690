import fs from 'node:fs';
import path from 'node:path';
import { drillRecordKind } from '../../../../src/core/documents/drill-record/drill-record-kind';
import { commitOf, historyOf } from '../../../support/committed';
import { testRecord } from '../../../support/review-record';
import { describeDocumentFixtures } from './document-fixtures';

const folder = path.resolve(__dirname, '../../../fixtures/rules/document-not-tested');

describeDocumentFixtures('document-not-tested', (name) => {
  const text = fs.readFileSync(path.join(folder, name), 'utf8');
  const history = historyOf(name.includes('not-committed') ? null : commitOf());
  if (name.includes('never') || name.includes('not-committed')) return { history, documents: [] };
  if (name.includes('drilled')) {
    const drill = drillRecordKind.render({
      drill: 'rollback',
      environment: 'staging',
      service: 'orders',
      versionFrom: '2.3.1',
      versionTo: '2.3.0',
      startedAt: '2026-11-20T14:00Z',
      duration: '5m',
      outcome: 'passed',
      recordedBy: 'Grace Murray',
      evidence: ['document.md'],
      notes: '',
    });
    return { history, documents: [drillRecordKind.read('docs/release/records/drill_rollback.md', drill)] };
  }
  const record = name.includes('failed')
    ? testRecord(text, { outcome: 'failed' })
    : name.includes('in-production-only')
      ? testRecord(text, { environment: 'production' })
      : name.includes('changed-since')
        ? testRecord(`${text}\nOne more line.\n`)
        : testRecord(text);
  return { history, documents: [record] };
});
