import { describeFixtures } from '../rule-fixtures';

describeFixtures('environment-not-in-matrix');
