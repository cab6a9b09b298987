import type { Problem } from '../../../shared/ipc/model.ts';
import type { JsonIssue } from '../../../shared/json/document.ts';

/** What the parser met, as problems of the place it read. */
export function problemsOfIssues(issues: readonly JsonIssue[], location: string, key: string | null): Problem[] {
  return issues.map((issue) => ({
    location,
    code: issue.code,
    message: issue.message,
    offset: issue.offset,
    key,
    severity: issue.severity,
    details: { offset: issue.offset, reason: issue.message },
  }));
}
