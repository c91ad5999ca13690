/** What `setup` can propose, in the order in which it does; a person chooses among them. */
export const PARTS = [
  {
    value: 'settings',
    label: 'Environments and rules as files',
    detail: 'protection of environments, branch and tags, registries and secrets, with the exact calls',
  },
  { value: 'dependabot', label: 'Dependabot', detail: 'actions and every ecosystem found' },
  { value: 'codeowners', label: 'CODEOWNERS', detail: 'owners of what a release depends on' },
  { value: 'issue-forms', label: 'Issue forms', detail: 'release requests and incident reports' },
  { value: 'agents', label: 'Agents', detail: 'the four agents in .github/agents' },
  { value: 'prompts', label: 'Prompts', detail: 'the prompt files in .github/prompts' },
  {
    value: 'instructions',
    label: 'Instructions for Copilot',
    detail: 'the rules for releases in .github/copilot-instructions.md',
  },
  {
    value: 'manifests',
    label: 'Deployment manifest',
    detail: 'for the platform that you name, where there is none',
  },
] as const;

/** One of them. */
export type Part = (typeof PARTS)[number]['value'];
