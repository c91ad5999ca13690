import { describeFixtures } from '../rule-fixtures';

describeFixtures('missing-phase');
