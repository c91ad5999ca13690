import { describeFixtures } from '../rule-fixtures';

describeFixtures('no-provenance');
