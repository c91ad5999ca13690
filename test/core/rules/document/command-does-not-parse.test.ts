import { describeDocumentFixtures } from './document-fixtures';

describeDocumentFixtures('command-does-not-parse');
