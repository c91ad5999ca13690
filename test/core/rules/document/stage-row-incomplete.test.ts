import { describeDocumentFixtures } from './document-fixtures';

describeDocumentFixtures('stage-row-incomplete');
