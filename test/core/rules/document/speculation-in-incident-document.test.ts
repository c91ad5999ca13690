import { describeDocumentFixtures } from './document-fixtures';

describeDocumentFixtures('speculation-in-incident-document');
