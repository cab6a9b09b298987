/** An AgentScope 2.x AgentState in a file: `session_id`, `summary`, `context`, `reply_context`, … */
import { memberText } from './state-facts.ts';
import { addWholeFile, type FileCatalog, type FileName, type ReadableJson } from './whole-file.ts';

export function readAgentState(catalog: FileCatalog, loaded: ReadableJson, name: FileName): void {
  const session = memberText(loaded.document, 0, 'session_id');
  addWholeFile(catalog, loaded, name, {
    kind: 'session',
    ...(session && { id: session }),
    aliases: [`session:${name.id}`],
    label: 'AgentState',
  });
}
