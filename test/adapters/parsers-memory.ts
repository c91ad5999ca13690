/**
 * Run by parsers.test.ts in a process of its own (with `--expose-gc`): prints how many bytes the heap and the
 * WebAssembly memories of both parsers grew by over 2,000 parses, as JSON. The memories are made inside the packages
 * and stand in no figure of Node's, so they are caught where they are made: before anything else loads them.
 */
import { createParsers } from '../../src/adapters/parsers';

interface Memory {
  readonly buffer: ArrayBuffer;
}

interface WebAssemblyNamespace {
  Memory: new (descriptor: unknown) => Memory;
  instantiate: (...call: unknown[]) => Promise<unknown>;
}

const memories = new Set<Memory>();
const webAssembly = (globalThis as unknown as { WebAssembly: WebAssemblyNamespace }).WebAssembly;
const { Memory: OwnMemory, instantiate } = webAssembly;
webAssembly.Memory = new Proxy(OwnMemory, {
  construct: (target, [descriptor]: unknown[]) => {
    const memory = new target(descriptor);
    memories.add(memory);
    return memory;
  },
});
webAssembly.instantiate = async (...call) => {
  const result = (await instantiate(...call)) as { instance?: { exports: object }; exports?: object };
  for (const exported of Object.values(result.instance?.exports ?? result.exports ?? {})) {
    if (exported instanceof OwnMemory) memories.add(exported);
  }
  return result;
};

const SCRIPT = `set -euo pipefail
for region in eu us; do
  if ! kubectl --context "$region" apply -f "k8s/$region.yml"; then
    echo "failed in $region" >&2 && exit 1
  fi
done
cat <<EOF | tee out.txt
version: $(git describe --tags)
EOF
`.repeat(3);

async function measure(): Promise<void> {
  const parsers = createParsers();
  const shell = await parsers.shell();
  const sql = await parsers.sql();
  const parse = (times: number): void => {
    for (let index = 0; index < times; index++) {
      shell.parse(SCRIPT);
      sql.parse('ALTER TABLE orders DROP COLUMN note; CREATE INDEX ON orders (id);');
    }
  };
  const held = (): { heap: number; webAssembly: number } => {
    global.gc?.();
    const bytes = [...memories].map((memory) => memory.buffer.byteLength);
    return { heap: process.memoryUsage().heapUsed, webAssembly: bytes.reduce((sum, each) => sum + each, 0) };
  };
  parse(100);
  const before = held();
  parse(2_000);
  const after = held();
  const growth = { heap: after.heap - before.heap, webAssembly: after.webAssembly - before.webAssembly };
  console.log(JSON.stringify({ memories: memories.size, growth }));
}

void measure();
