import { describeDocumentFixtures } from './document-fixtures';

describeDocumentFixtures('command-with-prompt');
