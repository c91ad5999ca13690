import { describeDocumentFixtures } from './document-fixtures';

describeDocumentFixtures('sign-off-by-deployer');
