import { describeFixtures } from '../rule-fixtures';

describeFixtures('excessive-permissions');
