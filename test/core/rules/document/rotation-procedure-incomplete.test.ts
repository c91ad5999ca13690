import { describeDocumentFixtures } from './document-fixtures';

describeDocumentFixtures('rotation-procedure-incomplete');
