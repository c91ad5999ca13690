import { describeDocumentFixtures } from './document-fixtures';

describeDocumentFixtures('verification-report-late');
