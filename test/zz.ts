import fs from 'node:fs';
import { readSmokeSection, objectionsToSmokeTests } from '../src/core/release/smoke-cases';
for (const f of process.argv.slice(3)) { const r = readSmokeSection(fs.readFileSync(f,'utf8'), process.argv[2]!); console.log(f, JSON.stringify(r, null, 0)); console.log(objectionsToSmokeTests(r.tests, 'x', 'http://y')); }
