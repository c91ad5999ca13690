import { describeDocumentFixtures } from './document-fixtures';

describeDocumentFixtures('timeline-out-of-order');
