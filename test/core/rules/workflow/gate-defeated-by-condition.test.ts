import { describeFixtures } from '../rule-fixtures';

describeFixtures('gate-defeated-by-condition');
