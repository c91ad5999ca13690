import { describeFixtures } from '../rule-fixtures';

describeFixtures('rollback-without-target');
