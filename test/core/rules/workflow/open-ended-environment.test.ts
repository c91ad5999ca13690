import { describeFixtures } from '../rule-fixtures';

describeFixtures('open-ended-environment');
