import { describeDocumentFixtures } from './document-fixtures';

describeDocumentFixtures('vague-word');
