import { describeDocumentFixtures } from './document-fixtures';

describeDocumentFixtures('answer-without-evidence');
