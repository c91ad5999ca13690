import { describeDocumentFixtures } from './document-fixtures';

describeDocumentFixtures('total-duration-wrong');
