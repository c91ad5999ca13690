import { describeFixtures } from '../rule-fixtures';

describeFixtures('artifact-not-promoted');
