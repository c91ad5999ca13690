import { describeDocumentFixtures } from './document-fixtures';

describeDocumentFixtures('issue-without-follow-up');
