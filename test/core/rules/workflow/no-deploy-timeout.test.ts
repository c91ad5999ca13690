import { describeFixtures } from '../rule-fixtures';

describeFixtures('no-deploy-timeout');
