import { describeDocumentFixtures } from './document-fixtures';

describeDocumentFixtures('rollback-without-verification');
