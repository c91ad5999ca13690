import { describeFixtures } from '../rule-fixtures';

describeFixtures('all-targets-at-once');
