import { describeDocumentFixtures } from './document-fixtures';

describeDocumentFixtures('verdict-without-evidence');
