import { describeDocumentFixtures } from './document-fixtures';

describeDocumentFixtures('deployment-window-out-of-order');
