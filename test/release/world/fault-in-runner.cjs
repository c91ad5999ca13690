'use strict';
// Loaded by NODE_OPTIONS into the processes of a release: lets one of them fail when it writes a certain line of the journal.
//   RELEASE_WORLD_FAULT   kill: SIGKILL when the line is on the disk; tear: SIGKILL when half of it is;
//                         full: no room from this line on; jump:MS: the wall clock jumps when the line is on the disk
//   RELEASE_WORLD_LINE    the line, by its seq, or the first of an event or effect, by its name
const fs = require('node:fs');

const [fault = '', argument = '0'] = (process.env.RELEASE_WORLD_FAULT ?? '').split(':');
const wanted = process.env.RELEASE_WORLD_LINE ?? '';
let line = Number(wanted);

if (fault !== '' && wanted !== '') {
  const { open } = fs.promises;
  fs.promises.open = async (file, ...rest) => {
    const handle = await open.call(fs.promises, file, ...rest);
    if (!String(file).endsWith('journal.jsonl')) return handle;
    const appendFile = handle.appendFile.bind(handle);
    const datasync = handle.datasync.bind(handle);
    let last = 0;
    handle.appendFile = async (data, ...more) => {
      last = Number(/"seq":(\d+)/.exec(String(data).slice(0, 400))?.[1] ?? 0) || last;
      if (
        Number.isNaN(line) &&
        new RegExp(`"entry":\\{"(?:event|effect)":"${wanted}"`).test(String(data).slice(0, 400))
      )
        line = last;
      const bytes = Buffer.from(data);
      if (fault === 'tear' && last === line) {
        await appendFile(bytes.subarray(0, bytes.length >> 1));
        await datasync();
        process.kill(process.pid, 'SIGKILL');
      }
      if (fault === 'full' && last >= line) {
        await appendFile(bytes.subarray(0, bytes.length >> 1));
        throw Object.assign(new Error('ENOSPC: no space left on device, write'), {
          code: 'ENOSPC',
          errno: -28,
        });
      }
      return appendFile(data, ...more);
    };
    handle.datasync = async () => {
      await datasync();
      if (last !== line) return;
      if (fault === 'kill') process.kill(process.pid, 'SIGKILL');
      if (fault === 'jump') jump(Number(argument));
    };
    return handle;
  };
}

function jump(ms) {
  const { now } = Date;
  const Real = Date;
  global.Date = class extends Real {
    constructor(...args) {
      if (args.length === 0) super(now() + ms);
      else super(...args);
    }
    static now() {
      return now() + ms;
    }
  };
}
