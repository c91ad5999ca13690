import { describeDocumentFixtures } from './document-fixtures';

describeDocumentFixtures('incident-document-incomplete');
