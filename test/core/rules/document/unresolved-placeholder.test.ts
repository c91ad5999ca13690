import { describeDocumentFixtures } from './document-fixtures';

describeDocumentFixtures('unresolved-placeholder');
