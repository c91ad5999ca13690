import { unwrapCommand } from '../../shell/wrappers';
import type { JobFacts, StepCommand } from '../../workflow/understanding';
import { purposeOfName } from '../../workflow/purposes/names';

/** What a check of a file or an image looks at: its content only, or who made it. */
export type VerificationKind = 'checksum' | 'attestation';

/** Commands that end with a failure where a file or an image is not what it should be. */
const VERIFICATIONS: readonly (readonly [kind: VerificationKind, line: RegExp])[] = [
  ['attestation', /^gh attestation verify\b/],
  ['attestation', /^cosign (verify|verify-blob|verify-attestation|verify-blob-attestation)\b/],
  ['attestation', /^slsa-verifier verify-(artifact|image|npm-package)\b/],
  ['attestation', /^notation verify\b/],
  ['attestation', /^(gpg|gpgv|gpg2)\b.*--verify\b|^gpgv\b/],
  ['attestation', /^minisign\b.*\s-\w*V/],
  ['attestation', /^openssl (dgst|pkeyutl|cms|smime)\b.*-verify\b/],
  ['checksum', /^(sha\d+sum|shasum|md5sum|b2sum|b3sum)\b.*\s(-\w*c\w*|--check)\b/],
];

/** Commands that compute a checksum: with a comparison in their script they are a check. */
const SUMS = /^(sha\d+sum|shasum|md5sum|b2sum|b3sum|openssl dgst)\b/;

/** How a command verifies what it is given; null for one that verifies nothing. Whether its failure counts is not asked. */
export function verificationBy(command: StepCommand): VerificationKind | null {
  const line = commandOf(command.words).join(' ').replace(/\s+/g, ' ');
  const known = VERIFICATIONS.find(([, pattern]) => pattern.test(line))?.[0];
  if (known) return known;
  // Taken as a value, a sum is compared with another.
  return SUMS.test(line) && command.output.to === 'value' ? 'checksum' : null;
}

/** The command behind wrappers; `xargs -0 -n 1 gh …` runs `gh …`. */
function commandOf(words: readonly string[]): readonly string[] {
  const command = unwrapCommand(words);
  if (command[0] !== 'xargs') return command;
  let at = 1;
  while (command[at]?.startsWith('-')) at += /^-[InPLdEs]$/.test(command[at] ?? '') ? 2 : 1;
  return command.slice(at);
}

/** A verification in a job, by the index of its step. */
export interface Verification {
  readonly kind: VerificationKind;
  readonly stepIndex: number;
  readonly start: number;
}

/**
 * The verifications of a job whose failure ends it, in the order of the file. A script or action of the repository's
 * own that says by its name that it verifies is taken at its word.
 */
export function verificationsIn({ job, commands }: JobFacts): readonly Verification[] {
  const byCommand = commands.flatMap((command): Verification[] => {
    const stepIndex = command.step.index;
    const kind = verificationBy(command);
    const { start } = command.span;
    if (kind) return command.isSwallowed && command.output.to !== 'value' ? [] : [{ kind, stepIndex, start }];
    const script = /(?:^|\/)([\w.-]+)\.(?:sh|bash|py|js|mjs|ts|rb)$/.exec(
      command.words.find((word) => /\.(sh|bash|py|js|mjs|ts|rb)$/.test(word)) ?? '',
    )?.[1];
    return script !== undefined && purposeOfName(script) === 'verify'
      ? [{ kind: 'attestation', stepIndex, start }]
      : [];
  });
  const byAction = job.steps.flatMap((step): Verification[] =>
    step.uses && /\b(verify|verifier|verification)\b/i.test(step.uses.value.split('@')[0] ?? '')
      ? [{ kind: 'attestation', stepIndex: step.index, start: step.span.start }]
      : [],
  );
  const may = new Set(
    job.steps.filter((step) => step.continueOnError?.value === 'true').map((step) => step.index),
  );
  return [...byCommand, ...byAction]
    .filter(({ stepIndex }) => !may.has(stepIndex))
    .sort((a, b) => a.start - b.start);
}
