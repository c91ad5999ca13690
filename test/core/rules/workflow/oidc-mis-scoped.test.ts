import { describeFixtures } from '../rule-fixtures';

describeFixtures('oidc-mis-scoped');
