import { describeFixtures } from '../rule-fixtures';

describeFixtures('dispatch-any-ref');
