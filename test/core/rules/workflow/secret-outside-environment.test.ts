import { describeFixtures } from '../rule-fixtures';

describeFixtures('secret-outside-environment');
