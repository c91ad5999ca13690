/** Makes the demonstration repository in an empty or new folder; see `demo-repository.mjs`. */
export function makeDemoRepository(folder: string): Promise<void>;
