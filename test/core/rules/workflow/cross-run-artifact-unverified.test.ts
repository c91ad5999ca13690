import { describeFixtures } from '../rule-fixtures';

describeFixtures('cross-run-artifact-unverified');
