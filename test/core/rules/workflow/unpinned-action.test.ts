import { describeFixtures } from '../rule-fixtures';

describeFixtures('unpinned-action');
