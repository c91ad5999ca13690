import { describeDocumentFixtures } from './document-fixtures';

describeDocumentFixtures('unused-parameter');
