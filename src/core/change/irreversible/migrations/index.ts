import { alembic } from './alembic';
import { django } from './django';
import { ecto } from './ecto';
import { efCore } from './ef-core';
import { gooseGo } from './goose-go';
import { javascript } from './javascript';
import { laravel } from './laravel';
import { liquibase } from './liquibase';
import { rails } from './rails';
import type { MigrationReader } from './reader';

/** Readers of migrations that are programs or markup, one per framework; the first that reads a path counts. */
export const READERS: readonly MigrationReader[] = [
  rails,
  django,
  alembic,
  javascript,
  laravel,
  efCore,
  ecto,
  gooseGo,
  liquibase,
];
