import { defineKind, frontMatter, inSection } from '../shape/define-kind';
import { groups, groupTitle, prose, table, untimedSteps, value } from '../shape/parts';
import { toldClaims, toldSection } from '../shape/told';
import { secretColumns, secretUserColumns } from './columns';
import type { SecretsRotationPlan } from './secrets-rotation-plan';
import source from './template.hbs';

/** How each secret of a service is rotated, by whom, how often, and what is done when one is compromised. */
export const secretsRotationPlanKind = defineKind<SecretsRotationPlan>({
  id: 'secrets-rotation-plan',
  title: 'Secrets rotation plan',
  path: /(?:^|\/)SECRETS?[_-]ROTATION(?:[_-]PLAN)?\.md$/i,
  isParameterised: true,
  source,
  sections: [
    { id: 'summary', title: 'Summary', isRequired: false, aliases: ['overview', 'purpose', 'scope'] },
    {
      id: 'emergency',
      title: 'When a secret is compromised',
      isRequired: true,
      isEssential: true,
      aliases: [
        'emergency',
        'emergency rotation',
        'emergency procedure',
        'emergency rotation procedure',
        'compromise',
        'compromised secrets',
        'incident response',
        'if a secret is compromised',
        'if a secret leaks',
      ],
      holds: 'steps',
      saysOnFailure: true,
      needs: 'what is done first when a secret is compromised',
    },
    {
      id: 'parameters',
      title: 'Parameters',
      isRequired: false,
      aliases: ['variables', 'environment variables'],
      holds: 'table',
    },
    {
      id: 'inventory',
      title: 'Secrets',
      isRequired: true,
      isEssential: true,
      aliases: [
        'inventory',
        'secrets inventory',
        'secret inventory',
        'list of secrets',
        'rotation schedule',
        'schedule',
      ],
      holds: 'table',
      needs: 'the secrets with type, risk, manager, cadence, last rotation and who rotates them',
      isMeasured: true,
    },
    {
      id: 'procedures',
      title: 'Procedures',
      isRequired: true,
      aliases: ['rotation procedures', 'rotation procedure', 'procedure', 'how to rotate', 'rotation steps'],
      holds: 'groups',
      needs: 'how each secret is rotated without downtime',
    },
    toldSection,
  ],
  fields: {
    service: frontMatter('service'),
    summary: inSection('summary', prose()),
    parameters: inSection(
      'parameters',
      table({
        name: ['name', 'parameter', 'variable'],
        meaning: ['meaning', 'description'],
        example: ['example', 'value', 'default'],
      }),
    ),
    inventory: inSection('inventory', table(secretColumns)),
    emergency: inSection('emergency', untimedSteps()),
    procedures: inSection(
      'procedures',
      groups({
        secret: groupTitle(),
        system: value('system'),
        storedIn: value('stored in', 'storage', 'location', 'manager'),
        rotation: value('rotation', 'automation', 'automated'),
        fallback: value('fallback', 'manual fallback'),
        notified: value('notified', 'notify', 'who is notified', 'who is told'),
        uses: table(secretUserColumns),
        steps: untimedSteps(),
        verification: value('verification', 'verify', 'how to verify'),
        rollback: value('if the rotation fails', 'rollback', 'on failure'),
        emergency: value('if it is compromised', 'emergency', 'compromise'),
      }),
    ),
    claims: toldClaims(),
  },
});
