import { describeFixtures } from '../rule-fixtures';

describeFixtures('rollback-rebuilds');
