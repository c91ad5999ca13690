/** A call that could not be carried out, for a reason that the person can act on: exit status 2, no stack. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
}
