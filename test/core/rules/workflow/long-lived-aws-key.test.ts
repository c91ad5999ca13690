import { describeFixtures } from '../rule-fixtures';

describeFixtures('long-lived-aws-key');
