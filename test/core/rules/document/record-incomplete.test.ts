import { describeDocumentFixtures } from './document-fixtures';

describeDocumentFixtures('record-incomplete');
