import { X509Certificate } from 'node:crypto';
import { at, commitOf, isRecord, listAt, textAt } from '../json';

/** What an attestation says. It is read, not verified: that needs a trust root (`artifact.verify` of the configuration). */
export interface ReadAttestation {
  readonly kind: 'provenance' | 'attestation' | 'signature';
  /** Digests of what it is about, as `sha256:…`; empty where it names none. */
  readonly subjects: readonly string[];
  /** The commit that it names, where it names one and only one. */
  readonly commit: string | null;
  readonly repository: string | null;
}

/**
 * Reads what registries keep beside an artifact: a Sigstore bundle, a DSSE envelope (PyPI's too) or a bare in-toto
 * statement. Null for anything else.
 * https://github.com/in-toto/attestation, https://slsa.dev/spec/v1.0/provenance, https://docs.sigstore.dev/about/bundle/
 */
export function readAttestation(value: unknown): ReadAttestation | null {
  const certificate = certificateOf(value);
  const envelope = at(value, 'dsseEnvelope') ?? at(value, 'envelope') ?? value;
  const payload = textAt(envelope, 'payload') ?? textAt(envelope, 'statement');
  const statement = payload === null ? envelope : parse(Buffer.from(payload, 'base64').toString('utf8'));
  if (!textAt(statement, '_type')?.startsWith('https://in-toto.io/Statement/')) {
    if (!isRecord(at(value, 'messageSignature'))) return null;
    const digest = Buffer.from(textAt(value, 'messageSignature', 'messageDigest', 'digest') ?? '', 'base64');
    return {
      kind: 'signature',
      subjects: digest.length === 32 ? [`sha256:${digest.toString('hex')}`] : [],
      commit: certificate?.commit ?? null,
      repository: certificate?.repository ?? null,
    };
  }
  const subjects = listAt(statement, 'subject').flatMap((subject) => {
    const digests = at(subject, 'digest');
    return isRecord(digests)
      ? Object.entries(digests).flatMap(([algorithm, digest]) =>
          typeof digest === 'string' ? [`${algorithm}:${digest.toLowerCase()}`] : [],
        )
      : [];
  });
  const type = textAt(statement, 'predicateType') ?? '';
  const named = sourceOf(at(statement, 'predicate')) ?? certificate;
  return {
    kind: type.startsWith('https://slsa.dev/provenance/') || named ? 'provenance' : 'attestation',
    subjects,
    commit: named?.commit ?? null,
    repository: named?.repository ?? null,
  };
}

interface NamedSource {
  readonly commit: string;
  readonly repository: string | null;
}

/** The source of a build in SLSA's predicate, versions 0.1 to 1; null where there is none, or more than one. */
function sourceOf(predicate: unknown): NamedSource | null {
  // What says itself that it is the source comes before a list of all that went in.
  const direct = [
    at(predicate, 'invocation', 'configSource'),
    at(predicate, 'buildDefinition', 'externalParameters', 'configSource'),
  ].flatMap(sourceEntry);
  if (direct[0]) return direct[0];
  const buildkit =
    at(predicate, 'metadata', 'https://mobyproject.org/buildkit@v1#metadata') ??
    at(predicate, 'runDetails', 'metadata', 'buildkit_metadata');
  const revision = commitOf(textAt(buildkit, 'vcs', 'revision'));
  if (revision) return { commit: revision, repository: repositoryOf(textAt(buildkit, 'vcs', 'source')) };
  const inputs = [
    ...listAt(predicate, 'buildDefinition', 'resolvedDependencies'),
    ...listAt(predicate, 'materials'),
  ].flatMap(sourceEntry);
  const workflow = textAt(predicate, 'buildDefinition', 'externalParameters', 'workflow', 'repository');
  const own = inputs.filter((input) => workflow !== null && input.repository === repositoryOf(workflow));
  const candidates = own.length > 0 ? own : inputs;
  return new Set(candidates.map(({ commit }) => commit)).size === 1 ? (candidates[0] ?? null) : null;
}

function sourceEntry(entry: unknown): readonly NamedSource[] {
  const uri = textAt(entry, 'uri');
  const digest = at(entry, 'digest');
  const commit = commitOf(textAt(digest, 'gitCommit') ?? textAt(digest, 'sha1'));
  // Packages and images have digests by SHA-1 too: only git's own are commits.
  const isGit = uri !== null && /^git[+:@]|\.git(?:[#@]|$)|^https:\/\/git(?:hub|lab)\.com\//.test(uri);
  return commit && isGit ? [{ commit, repository: repositoryOf(uri) }] : [];
}

/** `git+https://github.com/acme/orders@refs/tags/v1` as `https://github.com/acme/orders`. */
function repositoryOf(uri: string | null): string | null {
  if (uri === null) return null;
  return uri
    .replace(/^git\+/, '')
    .replace(/[#?].*$/, '')
    .replace(/@(?:refs\/.*|[0-9a-f]{7,64}|v?\d[\w.-]*)$/, '')
    .replace(/\.git$/, '');
}

/** Where Sigstore's authority writes what the identity was that signed: https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md */
const SOURCE_REPOSITORY = '1.3.6.1.4.1.57264.1.12';
const SOURCE_COMMIT = '1.3.6.1.4.1.57264.1.13';
const GITHUB_COMMIT = '1.3.6.1.4.1.57264.1.3';

function certificateOf(value: unknown): NamedSource | null {
  const material = at(value, 'verificationMaterial') ?? at(value, 'verification_material');
  const raw =
    textAt(material, 'certificate', 'rawBytes') ??
    textAt(material, 'certificate') ??
    textAt(listAt(material, 'x509CertificateChain', 'certificates')[0], 'rawBytes');
  return raw === null ? null : certificateSource(Buffer.from(raw, 'base64'));
}

/**
 * The commit and repository that a certificate of Sigstore's authority names, in PEM or DER; null where it names none.
 * Who issued it is not judged.
 */
export function certificateSource(bytes: Buffer | string): NamedSource | null {
  try {
    const der = new X509Certificate(bytes).raw;
    const commit = commitOf(extensionText(der, SOURCE_COMMIT) ?? extensionText(der, GITHUB_COMMIT));
    return commit ? { commit, repository: extensionText(der, SOURCE_REPOSITORY) } : null;
  } catch {
    return null;
  }
}

/**
 * The text of an extension: its identifier, then (without a critical flag) an octet string, which holds a UTF8String or,
 * in the oldest extensions, the text itself.
 */
function extensionText(der: Buffer, identifier: string): string | null {
  const oid = encodeIdentifier(identifier);
  const start = der.indexOf(oid);
  if (start < 0) return null;
  const octets = element(der, start + oid.length);
  if (octets?.tag !== 0x04) return null;
  const inner = element(octets.content, 0);
  const isWrapped = inner?.tag === 0x0c && inner.end === octets.content.length;
  const text = (isWrapped ? inner.content : octets.content).toString('utf8');
  return /^[\x20-\x7e]{1,1000}$/.test(text) ? text : null;
}

/** One element of DER with its length of at most two bytes: no text here is longer. */
function element(
  der: Buffer,
  offset: number,
): { readonly tag: number; readonly content: Buffer; readonly end: number } | null {
  const tag = der[offset];
  const first = der[offset + 1];
  if (tag === undefined || first === undefined) return null;
  const lengthBytes = first < 0x80 ? 0 : first - 0x80;
  if (lengthBytes > 2) return null;
  let length = lengthBytes === 0 ? first : 0;
  for (let index = 0; index < lengthBytes; index++) length = length * 256 + (der[offset + 2 + index] ?? 0);
  const begin = offset + 2 + lengthBytes;
  const end = begin + length;
  return end > der.length ? null : { tag, content: der.subarray(begin, end), end };
}

function encodeIdentifier(identifier: string): Buffer {
  const [first = 0, second = 0, ...rest] = identifier.split('.').map(Number);
  const bytes = [
    first * 40 + second,
    ...rest.flatMap((arc) => {
      const digits = [arc & 0x7f];
      for (let left = arc >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80);
      return digits;
    }),
  ];
  return Buffer.from([0x06, bytes.length, ...bytes]);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
