import { describeDocumentFixtures } from './document-fixtures';

describeDocumentFixtures('deviation-without-reason');
