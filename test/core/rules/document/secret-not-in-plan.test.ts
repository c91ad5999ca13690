import { describeFixtures } from '../rule-fixtures';

describeFixtures('secret-not-in-plan');
