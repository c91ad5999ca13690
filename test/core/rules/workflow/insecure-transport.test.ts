import { describeFixtures } from '../rule-fixtures';

describeFixtures('insecure-transport');
