import { describeFixtures } from '../rule-fixtures';

describeFixtures('listed-environment-unused');
