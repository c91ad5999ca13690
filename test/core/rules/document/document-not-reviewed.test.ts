import fs from 'node:fs';
import path from 'node:path';
import { commitOf, historyOf } from '../../../support/committed';
import { reviewRecord } from '../../../support/review-record';
import { describeDocumentFixtures } from './document-fixtures';

const folder = path.resolve(__dirname, '../../../fixtures/rules/document-not-reviewed');

describeDocumentFixtures('document-not-reviewed', (name) => {
  const text = fs.readFileSync(path.join(folder, name), 'utf8');
  const history = historyOf(name.includes('not-committed') ? null : commitOf());
  if (name.includes('changed-since'))
    return { history, documents: [reviewRecord(`${text}\nOne more line.\n`)] };
  if (name.includes('by-author')) {
    // Whoever wrote the record named another author; git tells who changed the document last.
    return {
      history,
      documents: [reviewRecord(text, { reviewer: 'Ada Byron', author: 'Alan Mathison' })],
    };
  }
  return { history, documents: name.includes('passes') ? [reviewRecord(text)] : [] };
});
