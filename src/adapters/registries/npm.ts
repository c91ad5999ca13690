import type { ArtifactAnswer, ArtifactQuestion, ArtifactSignature, CommitClaim } from '../../core/ports';
import { askHttp, jsonOf, type HttpAnswer } from '../http';
import { at, commitOf, isRecord, listAt, numberAt, textAt } from '../json';
import { readAttestation } from './provenance';
import { registryUrl, statusAnswer, type RegistryOptions } from './registry-options';

const PUBLIC = 'https://registry.npmjs.org';

/** The document of one version; the largest are some hundred kilobytes. */
const MAX_VERSION_BYTES = 4 * 1024 * 1024;

/** The document of a whole package, which is asked for only where a version is not there. */
const MAX_PACKAGE_BYTES = 64 * 1024 * 1024;

const MAX_ATTESTATIONS = 8;

/**
 * Whether the npm registry has a version of a package, with its integrity, the commit that the publisher's npm wrote
 * (`gitHead`), and what its attestations say. Asked without credentials.
 * https://github.com/npm/registry/blob/main/docs/responses/package-metadata.md
 */
export async function findNpmPackage(
  question: ArtifactQuestion,
  options: RegistryOptions,
  signal?: AbortSignal,
): Promise<ArtifactAnswer> {
  const { name, version } = question;
  if (name === null || !/^(?:@[a-z0-9~-][\w.~-]*\/)?[a-z0-9~-][\w.~-]*$/i.test(name) || name.length > 214) {
    return { kind: 'unknown', detail: `"${name ?? ''}" is no name of an npm package` };
  }
  if (!/^[\w][\w.+-]{0,255}$/.test(version)) {
    return { kind: 'unknown', detail: `"${version}" is no version of an npm package` };
  }
  const base = registryUrl(question.url ?? null, PUBLIC);
  if (!base.ok) return { kind: 'unknown', detail: base.detail };
  const shown = `${name}@${version}`;
  const path = name.replace('/', '%2f');
  const deadline = AbortSignal.timeout(options.totalMs);
  const ask = (address: string, maxBytes: number): Promise<HttpAnswer> =>
    askHttp(new URL(address, base.url), {
      headers: { accept: 'application/json' },
      maxBytes,
      timeoutMs: options.timeoutMs,
      signal,
      deadline,
    });

  const answer = await ask(`${path}/${encodeURIComponent(version)}`, MAX_VERSION_BYTES);
  if (!answer.ok) return { kind: 'unknown', detail: `${base.url.host} ${answer.detail}` };
  if (answer.status === 404)
    return whichIsMissing(await ask(path, MAX_PACKAGE_BYTES), base.url.host, name, shown);
  const other = statusAnswer(answer.status, base.url.host, shown);
  if (other) return other;
  const document = jsonOf(answer.body);
  if (textAt(document, 'name') !== name || textAt(document, 'version') !== version) {
    return { kind: 'unknown', detail: `${base.url.host} answers for ${shown} with what is not its document` };
  }
  const integrity = textAt(document, 'dist', 'integrity');
  const shasum = textAt(document, 'dist', 'shasum');
  const digest = digestOf(integrity) ?? (shasum && /^[0-9a-f]{40}$/.test(shasum) ? `sha1:${shasum}` : null);
  const head = commitOf(textAt(document, 'gitHead'));
  const commits: CommitClaim[] = [];
  if (head) {
    commits.push({ commit: head, from: 'gitHead of its manifest', repository: repositoryOf(document) });
  }
  const signatures: ArtifactSignature[] =
    listAt(document, 'dist', 'signatures').length > 0
      ? [{ kind: 'signature', where: 'dist.signatures, by the registry', isAboutThis: true }]
      : [];
  const notes: string[] = [];
  const attestations = textAt(document, 'dist', 'attestations', 'url');
  if (attestations !== null) {
    const address = URL.canParse(attestations) ? new URL(attestations) : null;
    if (address?.origin !== base.url.origin)
      notes.push('its attestations are on another server, which was not asked');
    else {
      const read = await ask(`${address.pathname}${address.search}`, MAX_VERSION_BYTES);
      const body = read.ok && read.status === 200 ? jsonOf(read.body) : undefined;
      if (body === undefined) notes.push('its attestations are not to be had');
      for (const entry of listAt(body, 'attestations').slice(0, MAX_ATTESTATIONS)) {
        const attestation = readAttestation(at(entry, 'bundle'));
        const isAboutThis = attestation ? digest !== null && attestation.subjects.includes(digest) : null;
        const where = 'the registry’s attestations';
        signatures.push({ kind: attestation?.kind ?? 'attestation', where, isAboutThis });
        if (attestation?.commit && isAboutThis) {
          commits.push({
            commit: attestation.commit,
            repository: attestation.repository,
            from: `the provenance in ${where}`,
          });
        }
      }
    }
  }
  return {
    kind: 'present',
    artifact: {
      reference: shown,
      digest,
      isDigestComputed: false,
      sizeBytes: numberAt(document, 'dist', 'unpackedSize'),
      createdAt: null,
      commits,
      signatures,
      verification: { kind: 'not-verified', detail: '' },
      withdrawn: deprecation(document),
      notes,
    },
  };
}

/** The registry answers 404 for a version as for a package, and for a private package as for none. */
function whichIsMissing(answer: HttpAnswer, host: string, name: string, shown: string): ArtifactAnswer {
  if (!answer.ok) return { kind: 'unknown', detail: `${host} ${answer.detail}` };
  if (answer.status === 404) {
    return name.startsWith('@')
      ? {
          kind: 'refused',
          detail: `${host} knows no package ${name}, which it also says of a private one to whoever is not signed in`,
        }
      : { kind: 'absent', detail: `${host} has no package ${name}` };
  }
  const other = statusAnswer(answer.status, host, name);
  if (other) return other;
  return isRecord(at(jsonOf(answer.body), 'versions'))
    ? { kind: 'absent', detail: `${host} has the package ${name}, and no ${shown}` }
    : { kind: 'unknown', detail: `${host} answers for ${name} with what is no document of a package` };
}

/** `sha512-<base64>` as `sha512:<hex>`, as attestations write it. */
function digestOf(integrity: string | null): string | null {
  const strongest = integrity?.split(/\s+/).find((each) => each.startsWith('sha512-'));
  const bytes = Buffer.from(strongest?.slice('sha512-'.length) ?? '', 'base64');
  return bytes.length === 64 ? `sha512:${bytes.toString('hex')}` : null;
}

function repositoryOf(document: unknown): string | null {
  const repository = textAt(document, 'repository', 'url') ?? textAt(document, 'repository');
  return repository?.replace(/^git\+/, '').replace(/\.git$/, '') ?? null;
}

function deprecation(document: unknown): string | null {
  const said = at(document, 'deprecated');
  if (typeof said === 'string' && said !== '') return `deprecated: ${said.slice(0, 200)}`;
  return said === true ? 'deprecated' : null;
}
