import { describeDocumentFixtures } from './document-fixtures';

describeDocumentFixtures('rotation-cadence-inverted');
