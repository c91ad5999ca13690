import { describeFixtures } from '../rule-fixtures';

describeFixtures('listed-secret-unused');
