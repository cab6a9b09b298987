/** What a JSONPath cannot do without: told from the expression alone, before any document is looked at. */
import { compile, JSONPathError, jsonpath } from 'json-p3';

const { NameSelector } = jsonpath.selectors;

/**
 * Names of members without which a document has no node that the expression selects, in its order. Empty for one that
 * needs none, and for one that cannot be read.
 */
export function namesNeeded(expression: string): readonly string[] {
  try {
    return compile(expression).segments.flatMap(({ selectors }) => {
      const [only, ...others] = selectors;
      return only instanceof NameSelector && others.length === 0 ? [only.name] : [];
    });
  } catch (error) {
    if (error instanceof JSONPathError || error instanceof RangeError) return [];
    throw error;
  }
}
