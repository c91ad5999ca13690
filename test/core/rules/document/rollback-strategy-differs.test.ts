import { describeFixtures } from '../rule-fixtures';

describeFixtures('rollback-strategy-differs');
