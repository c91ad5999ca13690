import { describeFixtures } from '../rule-fixtures';

describeFixtures('silent-failure');
