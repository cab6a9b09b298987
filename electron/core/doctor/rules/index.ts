/** The session doctor's rules, in the order in which they are documented (docs/DOCTOR.md). */
import type { Rule } from '../../consistency/rule.ts';
import { keptTwice } from './kept-twice.ts';
import { droppedModule, moduleDroppedSince } from './modules.ts';
import { markedWithoutSummary, summaryOfMissing } from './summaries.ts';
import { cutToolInput, danglingToolCall, duplicateToolResult, orphanToolResult } from './tools.ts';

export const CONVERSATION_RULES: readonly Rule[] = [
  danglingToolCall,
  cutToolInput,
  orphanToolResult,
  duplicateToolResult,
  markedWithoutSummary,
  summaryOfMissing,
  droppedModule,
  moduleDroppedSince,
  keptTwice,
];
