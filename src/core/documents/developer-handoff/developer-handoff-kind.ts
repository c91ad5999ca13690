import { defineKind, frontMatter, inSection } from '../shape/define-kind';
import { list, prose, table } from '../shape/parts';
import { toldClaims, toldSection } from '../shape/told';
import type { DeveloperHandoff } from './developer-handoff';
import source from './template.hbs';

/** What a developer needs to work with the deployed service. */
export const developerHandoffKind = defineKind<DeveloperHandoff>({
  id: 'developer-handoff',
  title: 'Developer hand-off',
  path: /(?:^|\/)DEVELOPER_HAND-?OFF\.md$/,
  source,
  sections: [
    { id: 'summary', title: 'Summary', isRequired: false, aliases: ['overview', 'about'] },
    {
      id: 'access',
      title: 'Access',
      isRequired: true,
      isEssential: true,
      aliases: ['how to get access', 'environments'],
      holds: 'table',
      needs: 'each environment with its address, and how somebody gets in',
    },
    {
      id: 'credentials',
      title: 'Credentials',
      isRequired: true,
      isEssential: true,
      aliases: ['secrets', 'how to obtain credentials'],
      holds: 'table',
      needs: 'each credential by name, and how somebody obtains it',
    },
    {
      id: 'configuration',
      title: 'Configuration',
      isRequired: true,
      aliases: ['config', 'environment variables', 'settings'],
      holds: 'table',
      needs: 'each setting with its meaning',
    },
    {
      id: 'differences',
      title: 'Local and deployed',
      isRequired: true,
      aliases: ['local vs deployed', 'local versus deployed', 'differences'],
      holds: 'table',
      needs: 'what differs between a local run and the deployed service',
    },
    {
      id: 'runs',
      title: 'How to trigger a run',
      isRequired: true,
      isEssential: true,
      aliases: ['trigger a run', 'triggering a run', 'pipelines', 'deployments'],
      holds: 'table',
      needs: 'each workflow with what starts it',
    },
    {
      id: 'contacts',
      title: 'Whom to ask',
      isRequired: true,
      aliases: ['contacts', 'owners', 'support'],
      holds: 'list',
      needs: 'who answers questions',
    },
    toldSection,
  ],
  fields: {
    service: frontMatter('service'),
    summary: inSection('summary', prose()),
    access: inSection(
      'access',
      table({
        what: ['what', 'environment', 'system'],
        where: ['where', 'address', 'url'],
        how: ['how to get in', 'how', 'access'],
      }),
    ),
    credentials: inSection(
      'credentials',
      table({
        name: ['name', 'credential', 'secret'],
        usedBy: ['used by', 'used in', 'where used'],
        obtain: ['how to obtain it', 'how to obtain', 'obtain', 'how'],
      }),
    ),
    configuration: inSection(
      'configuration',
      table({
        key: ['key', 'setting', 'variable', 'name'],
        file: ['file', 'where', 'source'],
        meaning: ['meaning', 'what it sets', 'description', 'purpose'],
      }),
    ),
    differences: inSection(
      'differences',
      table({
        aspect: ['aspect', 'what'],
        local: ['local', 'locally'],
        deployed: ['deployed', 'in the environments', 'production'],
      }),
    ),
    runs: inSection(
      'runs',
      table({
        run: ['run', 'workflow', 'what'],
        starts: ['starts on', 'trigger', 'when'],
        command: ['command', 'how'],
        inputs: ['inputs', 'parameters'],
      }),
    ),
    contacts: inSection('contacts', list()),
    claims: toldClaims(),
  },
});
