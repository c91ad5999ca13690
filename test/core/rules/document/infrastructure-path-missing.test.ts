import { describeDocumentFixtures } from './document-fixtures';

describeDocumentFixtures('infrastructure-path-missing', () => ({
  paths: new Set(['infra/staging.tfvars', 'infra/main.tf', 'chart/Chart.yaml']),
  isEveryPathListed: true,
}));
