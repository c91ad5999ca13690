import { defineKind, frontMatter, inSection } from '../shape/define-kind';
import { prose, table } from '../shape/parts';
import { toldClaims, toldSection } from '../shape/told';
import {
  accessColumns,
  dataColumns,
  environmentColumns,
  infrastructureColumns,
  parityColumns,
} from './columns';
import type { EnvironmentMatrix } from './environment-matrix';
import source from './template.hbs';

/** The environments of a service side by side: what each is for, what runs there, who reaches it, how they differ. */
export const environmentMatrixKind = defineKind<EnvironmentMatrix>({
  id: 'environment-matrix',
  title: 'Environment matrix',
  path: /(?:^|\/)ENVIRONMENT[_-]MATRIX\.md$/i,
  source,
  sections: [
    { id: 'summary', title: 'Summary', isRequired: false, aliases: ['overview', 'purpose'] },
    {
      id: 'environments',
      title: 'Environments',
      isRequired: true,
      isEssential: true,
      aliases: ['environment overview', 'environment list', 'matrix', 'environment matrix'],
      holds: 'table',
      needs: 'each environment with purpose, address and the branch or version that it runs',
    },
    {
      id: 'health',
      title: 'Health and dashboards',
      isRequired: true,
      aliases: [
        'health',
        'health endpoints',
        'dashboards',
        'monitoring',
        'health checks',
        'health and monitoring',
      ],
      holds: 'table',
      needs: 'health endpoints and dashboards of each environment',
    },
    {
      id: 'access',
      title: 'Access',
      isRequired: true,
      aliases: ['access control', 'permissions', 'who has access'],
      holds: 'table',
      needs: 'who deploys, who reads logs, who administers, for each environment',
    },
    {
      id: 'differences',
      title: 'Configuration differences',
      isRequired: true,
      aliases: ['configuration', 'differences', 'config differences', 'environment differences', 'settings'],
      holds: 'table',
      needs: 'settings that differ between the environments',
    },
    {
      id: 'flags',
      title: 'Feature flags',
      isRequired: false,
      aliases: ['flags', 'feature toggles'],
      holds: 'table',
    },
    {
      id: 'parity',
      title: 'Parity deviations',
      isRequired: true,
      aliases: ['parity', 'deviations', 'parity exceptions', 'known deviations', 'environment parity'],
      holds: 'table',
      needs: 'what differs on purpose, each with its reason',
      isMeasured: true,
    },
    {
      id: 'data',
      title: 'Data and lifecycle',
      isRequired: true,
      aliases: ['data', 'lifecycle', 'data characteristics', 'refresh and lifecycle', 'data refresh'],
      holds: 'table',
      needs: 'whether data are synthetic, anonymised or of production, and how long each environment lives',
    },
    {
      id: 'scaling',
      title: 'Scaling and network access',
      isRequired: false,
      aliases: ['scaling', 'network', 'security groups', 'scaling and security groups', 'access rules'],
      holds: 'table',
    },
    {
      id: 'infrastructure',
      title: 'Infrastructure as code',
      isRequired: true,
      aliases: ['infrastructure', 'iac', 'infrastructure links', 'iac links', 'infrastructure code'],
      holds: 'table',
      needs: 'the paths of what makes and configures each environment',
    },
    toldSection,
  ],
  fields: {
    service: frontMatter('service'),
    summary: inSection('summary', prose()),
    environments: inSection('environments', table(environmentColumns)),
    health: inSection(
      'health',
      table({
        environment: ['environment', 'env', 'stage'],
        kind: ['kind', 'type'],
        name: ['name', 'what', 'check'],
        address: ['address', 'url', 'link', 'endpoint', 'path', 'query'],
      }),
    ),
    access: inSection('access', table(accessColumns)),
    differences: inSection(
      'differences',
      table({
        setting: ['setting', 'key', 'name', 'configuration'],
        kind: ['kind', 'type'],
        values: ['values', 'value', 'difference'],
        place: ['where', 'place', 'source', 'file'],
      }),
    ),
    flags: inSection(
      'flags',
      table({
        flag: ['flag', 'name', 'feature flag'],
        setIn: ['set in', 'on in', 'enabled in'],
        notSetIn: ['not set in', 'off in', 'missing in'],
        place: ['where', 'place', 'source', 'file'],
      }),
    ),
    parity: inSection('parity', table(parityColumns)),
    data: inSection('data', table(dataColumns)),
    scaling: inSection(
      'scaling',
      table({
        environment: ['environment', 'env', 'stage'],
        kind: ['kind', 'type'],
        setting: ['setting', 'what', 'name'],
        value: ['value'],
        place: ['where', 'place', 'source', 'file'],
      }),
    ),
    infrastructure: inSection('infrastructure', table(infrastructureColumns)),
    claims: toldClaims(),
  },
});
