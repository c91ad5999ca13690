import { describeDocumentFixtures } from './document-fixtures';

describeDocumentFixtures('database-question-unanswered');
