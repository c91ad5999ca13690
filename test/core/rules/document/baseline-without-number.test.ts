import { describeDocumentFixtures } from './document-fixtures';

describeDocumentFixtures('baseline-without-number');
