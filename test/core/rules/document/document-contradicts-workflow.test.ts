import { describeFixtures } from '../rule-fixtures';

describeFixtures('document-contradicts-workflow');
