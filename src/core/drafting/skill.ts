import { readPrompt } from './library';

/** When an agent should load a skill without being told its name; the prompt files need no such hint. */
const whenToUse: Readonly<Record<string, string>> = {
  'release-plan-from-change':
    'Use when somebody asks what a release contains, how risky it is, or how to roll it back.',
  'generate-gh-actions-pipeline':
    'Use when somebody asks for a CI/CD pipeline, workflow or deployment on GitHub Actions.',
  'secure-cloud-auth-with-oidc': 'Use when workflows hold cloud keys or secrets, or somebody asks for OIDC.',
  'extract-reusable-workflows': 'Use when workflows repeat jobs, or somebody asks for a reusable workflow.',
  'runbook-for-deployment':
    'Use when somebody asks for a runbook, deployment steps or operations documentation.',
  'postmortem-skeleton':
    'Use when somebody asks for a postmortem, an incident report or an incident timeline.',
  'is-this-release-ready':
    'Use when somebody asks whether a release may go, what blocks it, or whether its rollback is credible.',
};

/**
 * The text of `skills/<name>/SKILL.md` made from a prompt file: the same instructions for the session types that read
 * skills and no prompt files. What only prompt files have goes: `${input:…}` becomes a list of what may be told, and
 * `#tool:` names become plain ones. Format: https://agentskills.io/specification
 */
export function skillFromPrompt(promptText: string): string {
  const reading = readPrompt(promptText);
  if (!reading.ok) throw new Error(reading.message);
  const { name, description, argumentHint, body } = reading.value;
  const text = body
    .replace(/\$\{input:[a-z_]+(?::([^}]*))?\}/g, (_, hint: string | undefined) => hint ?? '')
    .replace(/#tool:([\w/]+)/g, '`$1`');
  return [
    '---',
    `name: ${name}`,
    `description: ${JSON.stringify(`${description} ${whenToUse[name] ?? ''}`.trim())}`,
    `argument-hint: ${JSON.stringify(argumentHint)}`,
    '---',
    '',
    `<!-- Made from prompts/${name}.prompt.md by \`npm run skills\`; edit that file. -->`,
    '',
    text,
    '',
  ].join('\n');
}
