import { describeFixtures } from '../rule-fixtures';

describeFixtures('deploy-rebuilds');
