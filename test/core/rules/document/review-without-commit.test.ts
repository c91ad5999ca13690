import { describeDocumentFixtures } from './document-fixtures';

describeDocumentFixtures('review-without-commit');
