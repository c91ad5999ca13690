import { unjudgeable } from '../../../sql/consequences';
import { readProgram } from '../host/calls';
import {
  lastPart,
  sqlSteps,
  stepOf,
  wayDownIn,
  withoutWayUp,
  type MigrationReader,
  type MigrationStep,
} from './reader';

/** goose in Go: `goose.AddMigration(up, down)`; pressly.github.io/goose. */
export const gooseGo: MigrationReader = {
  name: 'Go (goose)',
  reads: (path) => /(?:^|\/)migrations?\/\d+_[^/]+(?<!_test)\.go$/.test(path),
  read: (text, context) => {
    const program = readProgram(text, 'go');
    const registered = program
      .chains(0, program.tokens.length)
      .flatMap(({ calls }) => calls)
      .find(({ name }) => /^goose\.Add(?:Named)?Migration\w*$/.test(name));
    const [up, down] = (registered?.args ?? []).flatMap(({ value }) =>
      value.kind === 'name' ? [value.name] : [],
    );
    const body = up === undefined ? null : program.bodyOf(up);
    if (!body) return withoutWayUp(text, program.comments);
    const steps = program.chains(body[0], body[1]).flatMap((chain): readonly MigrationStep[] => {
      const [call] = chain.calls;
      if (!call) return [];
      const name = lastPart(call.name);
      if (/^(?:Exec|Query|QueryRow|Prepare|MustExec)(?:Context)?$/.test(name)) {
        return sqlSteps(program, chain, call.args[name.endsWith('Context') ? 1 : 0]?.value, context);
      }
      const passesOn = call.args.some(({ value }) => value.kind === 'name' && /^(?:tx|db)$/.test(value.name));
      return passesOn
        ? stepOf(program, chain, [
            unjudgeable(`what ${call.name} does with the database is in another place`),
          ])
        : [];
    });
    return {
      steps,
      comments: program.comments,
      down: down === undefined ? null : wayDownIn(program, program.bodyOf(down)),
    };
  },
};
