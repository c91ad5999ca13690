import type { AcceptedPeerFinding } from '../../../src/core/pipeline/generate/accepted-findings';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { shownFinding, withoutAccepted, type Peer, type PeerFinding } from './finding';
import { readWorkflow } from '../../../src/core/workflow/read';
import type { Job } from '../../../src/core/workflow/model';
import type { GeneratedCase } from './generated';
import { languageServiceFindings } from './language-service';
import {
  actionlintFindings,
  headOf,
  isWorkflow,
  scriptsOf,
  type PlacedScript,
  shellcheckFindings,
  writeAll,
  zizmorFindings,
} from './programs';

/** Which of the programs there are. */
export type Programs = ReadonlySet<'actionlint' | 'zizmor' | 'shellcheck'>;

/** What came of a round. */
export interface PeerReport {
  readonly cases: number;
  /** After cases that are alike in every byte were taken together. */
  readonly distinctCases: number;
  readonly workflows: number;
  readonly scripts: number;
  readonly left: readonly PeerFinding[];
  readonly acceptedCount: number;
  readonly stale: readonly AcceptedPeerFinding[];
}

/**
 * Asks the peers about every case. Cases with the same bytes are asked about once; a rewrite answers only for what its
 * workflows did not have before.
 */
export async function checkCases(
  cases: readonly GeneratedCase[],
  programs: Programs,
  accepted: readonly AcceptedPeerFinding[],
): Promise<PeerReport> {
  const distinct = distinctCases(cases);
  const after = new Map(distinct.flatMap(({ name, files }) => inCase(name, files)));
  const before = new Map(distinct.flatMap(({ name, before: files }) => (files ? inCase(name, files) : [])));
  const old = countsOf(await ask(before, programs));
  const found = (await ask(after, programs)).filter((finding) => {
    const key = keyOf(finding);
    const count = old.get(key) ?? 0;
    old.set(key, count - 1);
    return count <= 0;
  });
  const ran = new Set<Peer>(['languageservice', ...programs]);
  return {
    cases: cases.length,
    distinctCases: distinct.length,
    workflows: [...after.keys()].filter(isWorkflow).length,
    scripts: scriptsOf(after).length,
    ...withoutAccepted(found, accepted, ran),
  };
}

/** The report as lines, what is wrong last. */
export function reportLines(report: PeerReport): readonly string[] {
  const { cases, distinctCases: distinct, workflows, scripts, left, acceptedCount, stale } = report;
  return [
    `${cases} repositories, ${distinct} of them different in what they get: ${workflows} workflows, ${scripts} different scripts`,
    ...left.map(shownFinding),
    ...stale.map(
      ({ peer, rule, message }) =>
        `accepted, but nothing is like it any more: ${peer} ${rule} ${String(message)}; remove the entry`,
    ),
    `${left.length} findings, ${acceptedCount} accepted with a reason`,
  ];
}

function distinctCases(cases: readonly GeneratedCase[]): readonly GeneratedCase[] {
  const seen = new Map<string, GeneratedCase>();
  for (const each of cases) {
    const hash = createHash('sha256');
    for (const files of [each.files, each.before ?? new Map<string, string>()])
      hash.update(JSON.stringify([...files].sort(([a], [b]) => (a < b ? -1 : 1))));
    const key = hash.digest('hex');
    if (!seen.has(key)) seen.set(key, each);
  }
  return [...seen.values()];
}

function inCase(name: string, files: ReadonlyMap<string, string>): readonly (readonly [string, string])[] {
  return [...files].map(([file, text]) => [`${name}/${file}`, text] as const);
}

async function ask(files: ReadonlyMap<string, string>, programs: Programs): Promise<readonly PeerFinding[]> {
  if (files.size === 0) return [];
  const workflows = new Map([...files].filter(([file]) => isWorkflow(file)));
  const findings = [...(await languageServiceFindings(withNewParts(workflows), workflows))];
  if (programs.size === 0) return findings;
  const folder = mkdtempSync(path.join(os.tmpdir(), 'release-gate-peers-'));
  try {
    const names = [...workflows.keys()];
    writeAll(folder, files);
    if (programs.has('zizmor')) {
      const read = [...files.keys()].filter((file) => !file.endsWith('.sh'));
      findings.push(...zizmorFindings(folder, read));
    }
    if (programs.has('actionlint')) {
      findings.push(...actionlintFindings(folder, names));
      // actionlint knows the inputs of well-known actions by their tags only.
      const tagged = path.join(folder, 'by-tag');
      writeAll(tagged, new Map([...workflows].map(([file, text]) => [file, byTag(text)])));
      findings.push(...actionlintFindings(tagged, names).filter(({ rule }) => rule === 'action'));
    }
    if (programs.has('shellcheck')) {
      const scripts = scriptsOf(files);
      const named = new Map<string, PlacedScript>(
        scripts.map((script, index) => [`scripts/${index}.sh`, script]),
      );
      writeAll(
        folder,
        new Map([...named].map(([name, script]) => [name, `${headOf(script)}${script.text}\n`])),
      );
      for (const finding of shellcheckFindings(folder, [...named.keys()])) {
        const place = named.get(finding.file);
        const headLines = place ? headOf(place).split('\n').length - 1 : 0;
        findings.push(
          place ? { ...finding, file: place.file, line: place.line + finding.line - headLines - 1 } : finding,
        );
      }
    }
    return findings;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * The workflows of which some part is new: the head, or a job with the outputs of those that it waits for. Nothing else
 * decides what the language service says of a job, and it takes half a second for a long pipeline. Those that call
 * workflows of the repository are always among them.
 */
export function withNewParts(files: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const seen = new Set<string>();
  return new Map(
    [...files].filter(([file, text]) => {
      const workflow = readWorkflow(file, text);
      if (workflow.problems.length > 0 || workflow.jobs.some((job) => job.uses?.value.startsWith('./')))
        return true;
      // Comments say nothing to it, and that each job waits for one that is there actionlint asks of every file.
      const textOf = ({ body }: Job): string =>
        text.slice(body.span.start, body.span.end).replace(/^\s*(#.*|needs: .*)\n/gm, '');
      const { jobs } = workflow;
      const first = Math.min(...jobs.map(({ id }) => id.span.start));
      const parts = jobs.map((job) => {
        const needed = jobs.filter(({ id }) => job.needs.some((need) => need.value === id.value));
        const outputs = needed.map(({ id, outputs: all }) => [
          id.value,
          ...all.map(({ name }) => name.value),
        ]);
        return JSON.stringify([job.id.value, textOf(job), outputs]);
      });
      const head = text.slice(0, first).replace(/^\s*#.*\n/gm, '');
      const fresh = [head, ...parts].filter((part) => !seen.has(part));
      for (const part of fresh) seen.add(part);
      return fresh.length > 0;
    }),
  );
}

/** Actions by the major version in the comment beside their commit, as people write them. */
export function byTag(text: string): string {
  return text.replace(/@[0-9a-f]{40} # (v?\d+)[\d.]*$/gm, '@$1');
}

function keyOf({ peer, rule, file, message }: PeerFinding): string {
  const [name = ''] = file.split('/');
  return [name, peer, rule, message.replace(/\d+/g, '0')].join('\0');
}

function countsOf(findings: readonly PeerFinding[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const finding of findings) counts.set(keyOf(finding), (counts.get(keyOf(finding)) ?? 0) + 1);
  return counts;
}
