import { describeDocumentFixtures } from './document-fixtures';

describeDocumentFixtures('unflagged-placeholder');
