import { describeFixtures } from '../rule-fixtures';

describeFixtures('no-rollback-path');
