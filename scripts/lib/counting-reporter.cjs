'use strict';
// Mocha's dot reporter, which also leaves its counts in the file that RELEASE_GATE_TEST_COUNTS names.
const { writeFileSync } = require('node:fs');
const { reporters, Runner } = require('mocha');

module.exports = class CountingReporter extends reporters.Dot {
  constructor(runner, options) {
    super(runner, options);
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = runner.stats;
      const counts = { passed: passes, failed: failures, pending };
      writeFileSync(process.env.RELEASE_GATE_TEST_COUNTS, JSON.stringify(counts));
    });
  }
};
