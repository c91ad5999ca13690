import { describeDocumentFixtures } from './document-fixtures';

describeDocumentFixtures('timeline-row-incomplete');
