import { cellCode, codeFence, inlineCode, markdownTable, markdownText } from '../../documents/markdown/write';
import { placeholder } from '../../evidence/fact';
import { reviewerName } from '../../pipeline/govern/environment-policy';
import { secretsQuestion, UNKNOWN_ENVIRONMENTS, type Settings } from './settings';

/** The page beside the settings: what they say, the calls that make GitHub so, what is done by hand, what was assumed. */
export function settingsPage(
  settings: Omit<Settings, 'files'>,
  withTerraform: boolean,
  hasRegistryCode: boolean,
): string {
  const { environments, rulesets, required, registries } = settings;
  const sections: string[] = [
    '# Settings of this repository on GitHub',
    [
      'The files beside this page change nothing by themselves: an administrator sends them with the calls below, from a',
      'checkout of the repository, with `gh` (logged in) and `jq`. They were made from the files of the repository. Nothing',
      'was read from GitHub, so that what is set there now is not known.',
    ].join('\n'),
    '## Environments',
  ];
  if (environments.length === 0) {
    sections.push(
      settings.isPackageOnly
        ? 'Nothing here is deployed: the repository is a package that others install.'
        : placeholder(UNKNOWN_ENVIRONMENTS),
    );
  } else {
    sections.push(
      markdownTable(
        [
          'Environment',
          'Approved by',
          'Own deployment',
          'Wait',
          'Deployed from',
          'Variables that its jobs read',
        ],
        environments.map(({ policy, variables, role }) => [
          markdownText(policy.name),
          policy.reviewers.length === 0
            ? role === 'asked-before'
              ? 'whoever was asked before'
              : 'nobody'
            : policy.reviewers.map((reviewer) => markdownText(reviewerName(reviewer))).join(', '),
          policy.preventsSelfReview
            ? 'cannot be approved by oneself'
            : role === 'asked-before'
              ? 'was approved before'
              : 'needs no approval',
          policy.waitMinutes === 0 ? 'none' : `${policy.waitMinutes} minutes`,
          policy.refs.map(({ type, pattern }) => `${type} ${cellCode(pattern)}`).join(', '),
          variables.length === 0 ? 'none' : variables.map(cellCode).join(', '),
        ]),
      ),
    );
    for (const { policy, command } of environments) {
      sections.push(`### ${markdownText(policy.name)}`, codeFence(command, 0));
    }
    if (environments.some(({ variables }) => variables.length > 0)) {
      sections.push(
        'A variable can be set for one environment, the repository or the organization; `gh variable set NAME --env ENVIRONMENT` asks for the value.',
      );
    }
  }
  sections.push('## Rules of the default branch and of release tags');
  const [branchRules] = rulesets;
  if (branchRules) {
    sections.push(
      'The default branch takes pull requests only, reviewed, with conversations resolved, and with these checks green on what is merged:',
      required.checks.length === 0
        ? `${placeholder('checks that every pull request has to pass')}: no workflow runs for every pull request, so that the ruleset requires none.`
        : markdownTable(
            ['Check', 'Workflow', 'Job'],
            required.checks.map(({ name, path, job }) => [cellCode(name), cellCode(path), cellCode(job)]),
          ),
    );
    if (required.scanners.length > 0) {
      sections.push(
        `Results of ${required.scanners.join(', ')} are required: an error, or a security alert that is high or critical, blocks.`,
      );
    }
    if (required.leftOut.length > 0) {
      sections.push(
        'Not required, and why:',
        list(required.leftOut.map((text) => markdownText(`${text}.`, false))),
      );
    }
  }
  for (const { ruleset, command } of rulesets) {
    sections.push(`### ${markdownText(ruleset.name)}`);
    if (ruleset.target === 'tag') {
      sections.push(
        `Tags that match ${ruleset.conditions.ref_name.include.map(inlineCode).join(', ')} can be made, and then neither moved nor deleted.`,
      );
    }
    sections.push(codeFence(command, 0));
  }
  if (!rulesets.some(({ ruleset }) => ruleset.target === 'tag')) {
    sections.push('### Release tags', placeholder('pattern of the release tags, such as v*'));
  }
  sections.push('## Registries');
  if (registries.length === 0) {
    sections.push('No file names a registry that this repository publishes to.');
  }
  for (const { title, what, command, byHand } of registries) {
    sections.push(`### ${markdownText(title)}`, what);
    if (byHand !== null) sections.push(`By hand: ${markdownText(byHand, false)}`);
    if (command !== null) sections.push(codeFence(command, 0));
  }
  sections.push('## Secrets');
  if (environments.length > 0) {
    sections.push(
      markdownTable(
        ['Environment', 'Where its jobs get their secrets from'],
        environments.map(({ policy, secrets, role }) => [
          markdownText(policy.name),
          role === 'asks' && secrets.length === 0
            ? 'needs none: somebody is asked there, and nothing is deployed'
            : secrets.length > 0
              ? secrets.map((text) => markdownText(text)).join('; ')
              : markdownText(placeholder(secretsQuestion(policy.name))),
        ]),
      ),
    );
  }
  if (settings.secretStores.length > 0) {
    sections.push(
      'What the running service gets by itself:',
      list(settings.secretStores.map((text) => markdownText(text, false))),
    );
  }
  if (environments.length === 0 && settings.secretStores.length === 0) sections.push('No file names any.');
  if (withTerraform) {
    sections.push(
      '## Terraform',
      [
        '`terraform/github` holds the same environments and rules for the provider integrations/github: use either the calls or',
        `Terraform.${hasRegistryCode ? ' `terraform/registry` holds the registries.' : ''} Neither was planned against what exists.`,
      ].join('\n'),
    );
  }
  sections.push('## By hand');
  settings.byHand.forEach(({ title, why, command }, index) => {
    sections.push(
      `${index + 1}. **${markdownText(title, false)}.** ${markdownText(why, false)}${command === null ? '' : `\n\n${codeFence(command, 3)}`}`,
    );
  });
  sections.push('## Assumptions', list(settings.assumptions.map((text) => markdownText(text, false))));
  return sections.join('\n\n');
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}
