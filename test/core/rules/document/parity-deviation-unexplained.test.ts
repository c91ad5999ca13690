import { describeDocumentFixtures } from './document-fixtures';

describeDocumentFixtures('parity-deviation-unexplained');
