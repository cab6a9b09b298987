/** A first persistence.yaml for what is open: one backend, no rules yet. */
import { dirname, relative, resolve } from 'node:path';
import { Document } from 'yaml';
import type { SourceFormat } from '../../../shared/ipc/model.ts';

/** @param location of the open source, without a password. @param file where the configuration will lie. */
export function persistenceFor(location: string, format: SourceFormat, file: string): string {
  const [name, backend] = backendFor(location, format, dirname(resolve(file)));
  const document = new Document({ persistence: { default_backend: name, backends: { [name]: backend }, rules: [] } });
  document.commentBefore =
    ' Which states are kept where. The first rule whose pattern matches KIND:ID decides; ttl is in seconds.';
  return document.toString({ lineWidth: 0 });
}

function backendFor(
  location: string,
  format: SourceFormat,
  folder: string,
): readonly [string, Record<string, unknown>] {
  if (/^postgres(?:ql)?:/i.test(location)) return ['database', { type: 'postgresql', connection_string: location }];
  const path = relative(folder, location).replaceAll('\\', '/') || '.';
  if (format.endsWith('sqlite') || format.includes('sql')) return ['database', { type: 'sqlite', path }];
  return ['file', { type: 'filesystem', base_path: path, compression: false, encryption: false }];
}
