import { describeFixtures } from '../rule-fixtures';

describeFixtures('rollback-unreachable');
