import { describeFixtures } from '../rule-fixtures';

describeFixtures('triggers-disagree');
