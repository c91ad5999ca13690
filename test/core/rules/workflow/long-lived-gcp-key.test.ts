import { describeFixtures } from '../rule-fixtures';

describeFixtures('long-lived-gcp-key');
