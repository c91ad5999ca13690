import type { Task, TaskId } from './task';

/** Every task, in the order in which a release needs them; a face lists them from here. */
export const tasks: readonly Task[] = [];

/** The task of that id. */
export function taskById(id: TaskId): Task | null {
  return tasks.find((task) => task.id === id) ?? null;
}
