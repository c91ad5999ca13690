import { describeDocumentFixtures } from './document-fixtures';

describeDocumentFixtures('rollback-strategy-unknown');
