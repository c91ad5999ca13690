import { describeDocumentFixtures } from './document-fixtures';

describeDocumentFixtures('release-record-altered');
