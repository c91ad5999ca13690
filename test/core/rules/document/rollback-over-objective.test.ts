import { describeDocumentFixtures } from './document-fixtures';

describeDocumentFixtures('rollback-over-objective', (name) => ({
  rollback: {
    objectiveMinutes: name.includes('configuration') ? 15 : null,
    drills: { service: null },
  },
}));
