import { describeDocumentFixtures } from './document-fixtures';

describeDocumentFixtures('trigger-without-numbers');
