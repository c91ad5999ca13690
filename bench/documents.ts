/** Documents as teams have them, made up: a long runbook, and a folder of shorter ones of several kinds. */

const services = [
  'orders',
  'billing',
  'search',
  'mail',
  'stock',
  'carts',
  'prices',
  'users',
  'images',
  'reports',
];

function step(number: number, service: string, seed: number): string {
  return [
    `${number}. **Bring ${service} to the version, part ${number} of this**`,
    '',
    '   ```sh',
    `   kubectl --namespace "\${ENV}" set image deployment/${service} app="registry.acme.io/${service}:\${VERSION}"`,
    `   kubectl --namespace "\${ENV}" rollout status deployment/${service} --timeout ${seed + number}m`,
    '   ```',
    '',
    `   - **Expected:** \`deployment "${service}" successfully rolled out\`, and [the dashboard][${service}] stays flat`,
    `   - **Duration:** ${(number % 5) + 1} min`,
    '   - **On failure:** go to *Rollback*; do not run the next step',
    '',
  ].join('\n');
}

function steps(count: number, service: string, seed: number): string {
  return Array.from({ length: count }, (_, index) => step(index + 1, service, seed)).join('\n');
}

function table(header: readonly string[], count: number, service: string): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rows = Array.from({ length: count }, (_, row) =>
    line(
      header.map((title, column) =>
        column === 0 ? `${title} ${row + 1} of ${service}` : `\`${title}-${row}\``,
      ),
    ),
  );
  return `${[line(header), line(header.map(() => '---')), ...rows].join('\n')}\n`;
}

/** A runbook of about `lines` lines. */
export function generatedRunbook(service: string, lines: number, seed = 0): string {
  const share = Math.max(1, Math.floor((lines - 60) / 10 / 5.5));
  const minutes = Array.from({ length: share }, (_, index) => ((index + 1) % 5) + 1).reduce(
    (a, b) => a + b,
    0,
  );
  const sections: readonly (readonly [string, string])[] = [
    [
      'Summary',
      `The runbook of ${service}: what it does, how it breaks, and how it goes back. It is run by the team on call.\n`,
    ],
    ['Parameters', table(['Name', 'Meaning', 'Example'], 4, service)],
    ['Symptoms', table(['Symptom', 'Shown by', 'Next'], share, service)],
    ['Diagnosis', steps(share, service, seed)],
    ['Mitigations', steps(share, service, seed + 1)],
    [
      'Rollback',
      `Roll back when any of these holds:\n\n${table(['Metric', 'Comparison', 'Threshold', 'Window', 'For'], 6, service)}\n${steps(share, service, seed + 2)}`,
    ],
    ['Pre-deployment checks', steps(Math.ceil(share / 2), service, seed + 3)],
    ['Deployment', `- **Total duration:** ${minutes} min\n\n${steps(share, service, seed + 4)}`],
    ['Post-deployment checklist', '- [ ] The error rate stays below 1 %\n- [ ] The queue is empty\n'],
    ['Dashboards, logs and alerts', table(['Kind', 'Name', 'Address or query'], 8, service)],
    ['Baselines', table(['Metric', 'Good', 'Source'], 8, service)],
    ['Escalation', table(['Role', 'Contact', 'When'], 4, service)],
  ];
  const body = sections.map(([title, text]) => `## ${title}\n\n${text}`).join('\n');
  return `---\nkind: runbook\nservice: ${service}\n---\n\n# Runbook: ${service}\n\n${body}\n[${service}]: https://dash.acme.io/d/${service}\n`;
}

function generatedPostmortem(service: string, number: number): string {
  const timeline = Array.from(
    { length: 12 },
    (_, row) =>
      `| 2026-03-${String((number % 27) + 1).padStart(2, '0')} 10:${String(row + 10)} UTC | Event ${row} of ${service}, seen by *somebody* | \`alert-${row}\` | yes |`,
  ).join('\n');
  return `---\nkind: postmortem\nincident: INC-${number}\nservice: ${service}\ndate: 2026-03-01\n---\n\n# Postmortem INC-${number}\n\n## Summary\n\nThe service ${service} answered slowly for forty minutes, since its connection pool was exhausted.\n\n## Impact\n\n| Aspect | Value | Source |\n| --- | --- | --- |\n| Duration | 40 min | [graph](https://dash.acme.io/${number}) |\n\n## Timeline\n\n| Time | Event | Source | Verified |\n| --- | --- | --- | --- |\n${timeline}\n\n## Root cause\n\nA query without a limit held connections (\`orders.find()\`), as the log of 10:14 shows.\n\n## Contributing factors\n\n- The pool has 10 connections\n- Nothing alerts on its use\n\n## Action items\n\n| Action | Owner | Due | Verified by |\n| --- | --- | --- | --- |\n| Limit the query | @ana | 2026-04-01 | a test |\n| Alert on the pool | @ben | 2026-04-08 | a drill |\n\n## Lessons learned\n\n- The runbook helped\n- The alert came late\n`;
}

/** `count` documents of some 60 to 260 lines. */
export function generatedDocuments(count: number): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  for (let number = 0; number < count; number++) {
    const service = `${services[number % services.length] ?? ''}-${Math.floor(number / services.length)}`;
    if (number % 2 === 0)
      files[`docs/${service}/RUNBOOK.md`] = generatedRunbook(service, 140 + (number % 7) * 20, number);
    else files[`docs/ops/postmortems/PM_2026-03-01_${service}.md`] = generatedPostmortem(service, number);
  }
  return files;
}
