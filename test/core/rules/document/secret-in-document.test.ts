import { describeDocumentFixtures } from './document-fixtures';

describeDocumentFixtures('secret-in-document');
