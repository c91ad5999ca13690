import { agentTexts, readAgent } from './library';

/** What `.github/copilot-instructions.md` takes from each agent file, and the heading that it stands under there. */
const SECTIONS: readonly { readonly agent: string; readonly section: string; readonly title: string }[] = [
  { agent: 'release-pipeline-author', section: 'What holds in everything you propose', title: 'Workflows' },
  { agent: 'prod-risk-and-rollback-gate', section: 'What a release needs', title: 'Releases' },
  { agent: 'runbook-and-ops-docs', section: 'What a runbook needs', title: 'Runbooks' },
  { agent: 'incident-scribe', section: 'What a postmortem needs', title: 'Incidents and postmortems' },
];

/**
 * The rules for releases and operations as instructions for every request of a repository: the agents' own sections, so
 * that no rule is written twice.
 *
 * @throws Error where an agent file that ships lacks its section: a fault of the build, held off by the tests.
 */
export function releaseInstructions(): string {
  const parts = SECTIONS.map(({ agent, section, title }) => {
    const reading = readAgent(agentTexts[agent] ?? '');
    if (!reading.ok) throw new Error(`agents/${agent}.agent.md: ${reading.message}`);
    const text = sectionOf(reading.value.body, section);
    if (text === null) throw new Error(`agents/${agent}.agent.md has no section "${section}"`);
    return `### ${title}\n\n${text}`;
  });
  return [
    '## Releases and operations',
    'What holds here for whatever is proposed for workflows, releases, runbooks and incidents. `release-gate check` judges it; no model approves, waives or deploys anything.',
    ...parts,
  ].join('\n\n');
}

/** What stands under a heading of the second level. */
function sectionOf(body: string, heading: string): string | null {
  const lines = body.split('\n');
  const start = lines.indexOf(`## ${heading}`);
  if (start < 0) return null;
  const next = lines.findIndex((line, index) => index > start && /^##? /.test(line));
  return lines
    .slice(start + 1, next < 0 ? lines.length : next)
    .join('\n')
    .trim();
}
