import { describeDocumentFixtures } from './document-fixtures';

describeDocumentFixtures('environment-row-incomplete');
