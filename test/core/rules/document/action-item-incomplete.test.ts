import { describeDocumentFixtures } from './document-fixtures';

describeDocumentFixtures('action-item-incomplete');
