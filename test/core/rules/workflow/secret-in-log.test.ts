import { describeFixtures } from '../rule-fixtures';

describeFixtures('secret-in-log');
