import { describeDocumentFixtures } from './document-fixtures';

describeDocumentFixtures('hard-coded-value');
