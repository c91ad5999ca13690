import { describeFixtures } from '../rule-fixtures';

describeFixtures('prod-without-staging');
