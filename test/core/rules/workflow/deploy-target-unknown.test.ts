import { describeFixtures } from '../rule-fixtures';

describeFixtures('deploy-target-unknown');
