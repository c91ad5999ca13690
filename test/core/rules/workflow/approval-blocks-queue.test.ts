import { describeFixtures } from '../rule-fixtures';

describeFixtures('approval-blocks-queue');
