import { describeFixtures } from '../rule-fixtures';

describeFixtures('concurrency-does-not-serialise');
