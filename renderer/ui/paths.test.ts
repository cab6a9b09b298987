import { expect, test } from 'vitest';
import { splitPath } from './paths.ts';

test.each([
  ['/data/agents/session.db', 'session.db', '/data/agents'],
  ['/data/agents/', 'agents', '/data'],
  ['/data', 'data', '/'],
  ['C:\\state\\a.json', 'a.json', 'C:\\state'],
  ['session.db', 'session.db', ''],
  ['/', '/', ''],
  ['/data/what?.json', 'what?.json', '/data'],
  ['postgresql://me@db.local:5432/agents', 'agents', 'postgresql://me@db.local:5432'],
  ['postgresql://me@h/agents?sslmode=require', 'agents', 'postgresql://me@h ?sslmode=require'],
])('%s is %s in %s', (location, name, folder) => {
  expect(splitPath(location)).toEqual({ name, folder });
});
