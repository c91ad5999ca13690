import { describeDocumentFixtures } from './document-fixtures';

describeDocumentFixtures('measurement-without-baseline');
