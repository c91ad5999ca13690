import { describeDocumentFixtures } from './document-fixtures';

describeDocumentFixtures('secret-rotation-incomplete');
