import { describeFixtures } from '../rule-fixtures';

describeFixtures('shared-credential');
