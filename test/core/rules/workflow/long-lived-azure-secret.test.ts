import { describeFixtures } from '../rule-fixtures';

describeFixtures('long-lived-azure-secret');
