import { describeDocumentFixtures } from './document-fixtures';

describeDocumentFixtures('undeclared-parameter');
