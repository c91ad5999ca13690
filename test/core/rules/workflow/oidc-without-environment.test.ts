import { describeFixtures } from '../rule-fixtures';

describeFixtures('oidc-without-environment');
