import { describeDocumentFixtures } from './document-fixtures';

describeDocumentFixtures('document-section-misordered');
