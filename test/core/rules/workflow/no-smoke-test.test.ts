import { describeFixtures } from '../rule-fixtures';

describeFixtures('no-smoke-test');
