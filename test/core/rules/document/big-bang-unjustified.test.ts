import { describeDocumentFixtures } from './document-fixtures';

describeDocumentFixtures('big-bang-unjustified');
