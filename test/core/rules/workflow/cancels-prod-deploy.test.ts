import { describeFixtures } from '../rule-fixtures';

describeFixtures('cancels-prod-deploy');
