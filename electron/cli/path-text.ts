import { type JsonPath, parseJsonPointer } from '../../shared/json/path.ts';

/** One step: `.name`, `[3]`, `["odd name"]`. */
const STEP = /\.?([^.[\]"]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/y;

/** As the program prints paths (`friday.memory[0]["odd name"]`), or a JSON Pointer. Null for what is neither. */
export function parsePathText(text: string): JsonPath | null {
  if (text.startsWith('/')) return parseJsonPointer(text) ?? null;
  const path: (string | number)[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < text.length) {
    const step = STEP.exec(text);
    if (step === null) return null;
    const [, name, index, quoted] = step;
    if (index !== undefined) path.push(Number(index));
    else path.push(quoted === undefined ? (name ?? '') : nameIn(quoted));
  }
  return path;
}

function nameIn(quoted: string): string {
  return String(JSON.parse(quoted));
}
