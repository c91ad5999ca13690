import fs from 'node:fs';
import path from 'node:path';
import { commitOf, historyOf } from '../../../support/committed';
import { describeDocumentFixtures } from './document-fixtures';

const folder = path.resolve(__dirname, '../../../fixtures/rules/sealed-document-changed');

describeDocumentFixtures('sealed-document-changed', (name) => {
  const text = fs.readFileSync(path.join(folder, name), 'utf8');
  const better = text.replace('| p95 latency | 142 ms |', '| p95 latency | 412 ms |');
  if (name.includes('not-committed')) return { history: historyOf(null) };
  if (name.includes('differs-here')) return { history: historyOf(commitOf(), { now: better, before: null }) };
  if (name.includes('in-a-commit')) return { history: historyOf(commitOf(), { now: text, before: better }) };
  if (name.includes('living')) return { history: historyOf(commitOf(), { now: 'another', before: 'one' }) };
  if (name.includes('filled-in')) {
    const open = text
      .replace('142 ms', 'UNKNOWN(p95 latency after)')
      .replace('0.02 %', 'UNKNOWN(error rate after)');
    return { history: historyOf(commitOf(), { now: text, before: open }) };
  }
  return { history: historyOf(commitOf(), { now: text.replace(/\n/g, '\r\n'), before: null }) };
});
