import { describeFixtures } from '../rule-fixtures';

describeFixtures('inherited-secrets');
