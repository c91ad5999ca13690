import { describeDocumentFixtures } from './document-fixtures';

describeDocumentFixtures('document-column-missing');
