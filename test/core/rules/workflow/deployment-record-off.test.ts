import { describeFixtures } from '../rule-fixtures';

describeFixtures('deployment-record-off');
