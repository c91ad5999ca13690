import { describeFixtures } from '../rule-fixtures';

describeFixtures('alert-not-actionable');
