import type { DocumentKind, ReadDocument, SectionShape } from '../document';
import { announcementColumns, claimColumns, triggerColumns } from '../markdown/columns';
import { frontMatterText } from '../markdown/fields';
import { blocksOf, parseDocument } from '../markdown/parse';
import { readChecklist, readKeyValues, readProse, readSteps, readTable, valueOf } from '../markdown/parts';
import type { Step } from '../markdown/steps';
import { markdownTemplate } from '../markdown/template';
import { plainText } from '../markdown/write';
import { escalationColumns, parameterColumns, referenceColumns } from './columns';
import type { Runbook } from './runbook';
import source from './template.hbs';

/** Symptoms, diagnosis, mitigations, rollback come first and in this order: it is how the reader arrives. */
const sections: readonly SectionShape[] = [
  { id: 'summary', title: 'Summary', isRequired: false, aliases: ['overview', 'about', 'purpose'] },
  {
    id: 'parameters',
    title: 'Parameters',
    isRequired: true,
    aliases: ['variables', 'environment variables', 'environment'],
    holds: 'table',
    needs: 'what ENV and VERSION stand for',
  },
  {
    id: 'symptoms',
    title: 'Symptoms',
    isRequired: true,
    aliases: ['symptom'],
    holds: 'table',
    needs: 'what is seen when this service is broken',
    isInOrder: true,
  },
  {
    id: 'diagnosis',
    title: 'Diagnosis',
    isRequired: true,
    aliases: ['diagnose', 'diagnostics', 'investigation'],
    holds: 'steps',
    needs: 'the commands that tell what is wrong',
    isInOrder: true,
  },
  {
    id: 'mitigations',
    title: 'Mitigations',
    isRequired: true,
    aliases: ['mitigation', 'mitigate'],
    holds: 'steps',
    needs: 'what makes it better before the cause is found',
    isInOrder: true,
  },
  {
    id: 'rollback',
    title: 'Rollback',
    isRequired: true,
    aliases: ['roll back', 'rollback plan', 'rollback procedure', 'rolling back'],
    holds: 'steps-and-triggers',
    needs: 'the command that goes back, and when to run it',
    isEssential: true,
    isTimed: true,
    saysOnFailure: true,
    isInOrder: true,
  },
  {
    id: 'before',
    title: 'Pre-deployment checks',
    isRequired: true,
    aliases: [
      'pre deployment checklist',
      'pre deployment',
      'before deployment',
      'prerequisites',
      'pre deploy checks',
    ],
    holds: 'steps',
    needs: 'what is checked before a deployment',
  },
  {
    id: 'deployment',
    title: 'Deployment',
    isRequired: true,
    aliases: ['deployment steps', 'deploy', 'deploying', 'release steps', 'steps'],
    holds: 'steps',
    needs: 'the commands that deploy',
    isEssential: true,
    isTimed: true,
    saysOnFailure: true,
  },
  {
    id: 'after',
    title: 'Post-deployment checklist',
    isRequired: true,
    aliases: ['post deployment checks', 'post deployment', 'after deployment', 'post deploy checklist'],
    holds: 'list',
    needs: 'what is checked after a deployment',
  },
  {
    id: 'references',
    title: 'Dashboards, logs and alerts',
    isRequired: true,
    aliases: [
      'dashboards',
      'dashboards and logs',
      'monitoring',
      'observability',
      'links',
      'dashboards logs and metrics',
    ],
    holds: 'table',
    needs: 'dashboards, log queries and alerts',
  },
  {
    id: 'baselines',
    title: 'Baselines',
    isRequired: true,
    aliases: ['metrics', 'what good looks like', 'metrics and baselines'],
    holds: 'table',
    needs: 'numbers with their unit for a healthy service',
    isMeasured: true,
  },
  {
    id: 'failures',
    title: 'Common failure modes',
    isRequired: false,
    aliases: ['failure modes', 'known issues', 'troubleshooting'],
    holds: 'table',
  },
  {
    id: 'communication',
    title: 'Communication',
    isRequired: false,
    aliases: ['communication plan', 'announcements'],
    holds: 'table',
  },
  {
    id: 'escalation',
    title: 'Escalation',
    isRequired: true,
    aliases: ['escalation contacts', 'contacts', 'on call'],
    holds: 'table',
    needs: 'who is called when the steps do not help',
  },
  {
    id: 'claims',
    title: 'Told by a person',
    isRequired: false,
    aliases: ['told'],
    holds: 'table',
    isQuoted: true,
  },
];

const write = markdownTemplate<Runbook & { readonly total: string }>(source);

/** The runbook of a service, `docs/ops/RUNBOOK.md`. The total duration is derived from the deployment's steps. */
export const runbookKind: DocumentKind<Runbook> = {
  id: 'runbook',
  title: 'Runbook',
  sections,
  isParameterised: true,
  recognises: (path, frontMatter) => frontMatter['kind'] === 'runbook' || /(?:^|\/)RUNBOOK\.md$/.test(path),
  render: (runbook) =>
    write({ ...runbook, service: plainText(runbook.service), total: totalDuration(runbook.deployment) }),
  read: (path, text) => {
    const document = parseDocument(path, text, sections);
    return { ...document, kind: 'runbook', data: readRunbook(document) };
  },
};

/** The sum of the steps' minutes, or what of it is known: "12 min", "UNKNOWN(...)". */
export function totalDuration(steps: readonly Pick<Step, 'durationMinutes'>[]): string {
  const known = steps.flatMap(({ durationMinutes }) => (durationMinutes === null ? [] : [durationMinutes]));
  const sum = roundedMinutes(known.reduce((total, minutes) => total + minutes, 0));
  const missing = steps.length - known.length;
  if (steps.length === 0) return 'UNKNOWN(the deployment steps and how long they take)';
  if (missing === 0) return `${sum} min`;
  const others = known.length > 0 ? `, the others take ${sum} min` : '';
  return `UNKNOWN(the minutes of ${missing} of ${steps.length} steps${others})`;
}

/** Minutes without the noise of binary fractions: two decimals at most. */
export function roundedMinutes(minutes: number): number {
  return Math.round(minutes * 100) / 100;
}

function readRunbook(document: Omit<ReadDocument, 'kind' | 'data'>): Runbook {
  const steps = (id: string) => readSteps(blocksOf(document, id)).map(({ step }) => step);
  const rollback = blocksOf(document, 'rollback');
  return {
    service: frontMatterText(document, 'service'),
    summary: readProse(blocksOf(document, 'summary')),
    parameters: readTable(blocksOf(document, 'parameters'), parameterColumns).map(({ cells }) => cells),
    symptoms: readTable(blocksOf(document, 'symptoms'), {
      symptom: ['symptom', 'what is seen'],
      shownBy: ['shown by', 'alert', 'where'],
      next: ['next', 'diagnosis', 'go to'],
    }).map(({ cells }) => cells),
    diagnosis: steps('diagnosis'),
    mitigations: steps('mitigations'),
    rollback: {
      reference: valueOf(readKeyValues(rollback), 'procedure', 'reference'),
      triggers: readTable(rollback, triggerColumns).map(({ cells }) => cells),
      steps: steps('rollback'),
    },
    checksBefore: steps('before'),
    deployment: steps('deployment'),
    checklistAfter: readChecklist(blocksOf(document, 'after')),
    references: readTable(blocksOf(document, 'references'), referenceColumns).map(({ cells }) => cells),
    baselines: readTable(blocksOf(document, 'baselines'), {
      metric: ['metric', 'signal'],
      good: ['good', 'baseline', 'normal', 'healthy'],
      source: ['source', 'from'],
    }).map(({ cells }) => cells),
    failureModes: readTable(blocksOf(document, 'failures'), {
      failure: ['failure', 'failure mode', 'problem'],
      shownBy: ['shown by', 'symptom', 'sign'],
      response: ['response', 'fix', 'what to do'],
    }).map(({ cells }) => cells),
    communication: readTable(blocksOf(document, 'communication'), announcementColumns).map(
      ({ cells }) => cells,
    ),
    escalation: readTable(blocksOf(document, 'escalation'), escalationColumns).map(({ cells }) => cells),
    claims: readTable(blocksOf(document, 'claims'), claimColumns).map(({ cells }) => cells),
  };
}
