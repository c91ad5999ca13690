import { describeDocumentFixtures } from './document-fixtures';

describeDocumentFixtures('step-without-command-or-outcome');
