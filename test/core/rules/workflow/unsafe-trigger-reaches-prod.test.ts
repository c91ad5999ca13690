import { describeFixtures } from '../rule-fixtures';

describeFixtures('unsafe-trigger-reaches-prod');
