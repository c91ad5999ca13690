import { describeFixtures } from '../rule-fixtures';

describeFixtures('toothless-check');
