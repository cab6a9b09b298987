/** A bug, from report to backport. Its last step plants a fault: the coder's process dies while it completes a task. */
import type { Scenario } from '../model.ts';
import { float } from '../python-json.ts';
import { end, note, wait } from '../script.ts';
import { coder, planner, reviewer, tom } from './cast.ts';

export const bug: Scenario = {
  id: 'bug-4127',
  title: 'Bug 4127: CSV export loses the last page',
  language: 'en',
  topics: ['bug', 'csv-export', 'pagination', 'release-2.9.3'],
  summary:
    'The pager stopped one page early when the row count was a multiple of 500. Fixed in 2.9.3, backported to 2.8.7, with a regression test.',
  opensAt: 5,
  expiresInSeconds: null,
  participants: ['user:tom', 'agent:planner', 'agent:coder', 'agent:reviewer'],
  steps: [
    tom.ask(
      planner,
      'Customer report, issue 4127: a CSV export of 12,500 orders has 12,000 rows. The same filter on screen says 12,500. It worked in 2.8.5. Can you take it?',
    ),
    planner.start('T-2001', 'Triage issue 4127'),
    planner.call(
      'get_issue',
      { number: 4127 },
      {
        number: 4127,
        title: 'CSV export is missing rows',
        version: '2.9.2',
        labels: ['export', 'data-loss'],
        reporter: 'acme-logistics',
        comments: 3,
      },
    ),
    planner.say(
      '12,500 on screen and 12,000 in the file: exactly 500 short, which is our page size. Smells like an off-by-one in the pager. Severity high, because it loses data without an error.',
      {
        thinking:
          '12,500 / 500 = 25 pages. 24 pages were written. Other reports with odd totals would tell whether only exact multiples are hit.',
      },
    ),
    planner.say('Please reproduce with 12,500 and with 12,499 rows before you touch anything.', { to: coder }),
    planner.done(),
    note('severity', 'high'),
    coder.start('T-2002', 'Reproduce issue 4127'),
    coder.call(
      'run_script',
      { path: 'tools/seed_orders.py', args: ['--rows', '12500', '--db', 'tmp/orders.db'] },
      'seeded 12500 orders into tmp/orders.db in 2.41 s',
      { seconds: 2.6, text: 'Seeding a database with 12,500 orders.' },
    ),
    coder.call('run_shell', { command: 'bin/export --db tmp/orders.db --format csv | wc -l' }, '12001', {
      seconds: 6.8,
    }),
    coder.call('run_shell', { command: 'bin/export --db tmp/orders.db --format csv --limit 12499 | wc -l' }, '12500', {
      seconds: 7.1,
    }),
    coder.say(
      'Reproduced. 12,500 rows give 12,000 plus the header; 12,499 rows come out complete. So only exact multiples of 500 lose their last page.',
      { to: planner },
    ),
    coder.done(),
    tom.ask(coder, 'Good catch. Do we know which change did it?'),
    coder.start('T-2003', 'Find the change that broke the export'),
    coder.call(
      'grep',
      { pattern: 'page_size', path: 'src/export' },
      'src/export/pager.py:14:    page_size: int = 500\nsrc/export/pager.py:31:        pages = total // self.page_size\nsrc/export/pager.py:38:        for page in range(pages):',
    ),
    coder.call(
      'read_file',
      { path: 'src/export/pager.py', start: 24, end: 46 },
      '    def pages(self) -> Iterator[Page]:\n        total = self.query.count()\n        pages = total // self.page_size\n        if total % self.page_size:\n            pages += 1\n        # the last page is fetched by the caller\n        for page in range(pages - 1):\n            yield self.fetch(page)\n        if total % self.page_size:\n            yield self.fetch(pages - 1)',
      { thinking: 'The loop stops at pages - 1 and the tail is only fetched when there is a remainder.' },
    ),
    coder.call(
      'git_blame',
      { path: 'src/export/pager.py', line: 30 },
      { commit: '9e1c7ab', author: 'Lea Vogt', date: '2026-09-30', subject: 'export: stream the tail page separately' },
    ),
    coder.say(
      'Commit 9e1c7ab (2.9.0) streams the tail separately: the loop stops at `pages - 1`, and the tail is fetched only when there is a remainder. Without one the last full page is never fetched.',
    ),
    coder.done(),
    tom.ask(coder, 'Clear. Please fix it, with a regression test for 0, 1, 499, 500, 501 and 12,500 rows.'),
    coder.start('T-2004', 'Fix the pager'),
    coder.call(
      'write_file',
      { path: 'tests/export/test_pager.py', lines: 38 },
      { written: true, bytes: 1212 },
      { text: 'The test first.' },
    ),
    coder.call(
      'run_tests',
      { target: 'tests/export/test_pager.py' },
      { passed: 4, failed: 2, duration_s: 3.27, failures: ['test_row_counts[500]', 'test_row_counts[12500]'] },
      { seconds: 3.9 },
    ),
    coder.say('The test fails where it should: 500 and 12,500. Now the fix.'),
    coder.call(
      'apply_patch',
      {
        path: 'src/export/pager.py',
        patch:
          '@@ -29,5 +29,3 @@\n-        # the last page is fetched by the caller\n-        for page in range(pages - 1):\n+        for page in range(pages):\n             yield self.fetch(page)\n-        if total % self.page_size:\n-            yield self.fetch(pages - 1)',
      },
      { applied: true, added: 1, removed: 4 },
    ),
    coder.call(
      'run_tests',
      { target: 'tests/export' },
      { passed: 61, failed: 0, duration_s: float(19), failures: [] },
      { seconds: 19.6 },
    ),
    coder.say('All 61 export tests pass. The branch is fix/4127-last-page; please review.', { to: reviewer }),
    coder.done(),
    reviewer.start('T-2005', 'Review fix/4127-last-page'),
    reviewer.call(
      'git_diff',
      { base: 'main', head: 'fix/4127-last-page' },
      ' src/export/pager.py         |  5 +----\n tests/export/test_pager.py  | 38 ++++++++++++++++++++++++++++++++++++++\n 2 files changed, 39 insertions(+), 4 deletions(-)',
    ),
    reviewer.say(
      'The fix is right. One question: `count()` runs before the stream starts. If rows are inserted meanwhile, the export ends early. Was it so in 2.8 too?',
      {
        to: coder,
        thinking:
          'This is a separate problem. It must not block a data-loss fix, but it should not be forgotten either.',
      },
    ),
    coder.start('T-2006', 'Answer the review of 4127'),
    coder.call(
      'run_shell',
      { command: 'git show v2.8.5:src/export/pager.py | sed -n 20,40p' },
      '        while True:\n            rows = self.fetch_after(cursor)\n            if not rows:\n                return\n            yield rows\n            cursor = rows[-1].id',
    ),
    coder.say(
      '2.8 used a keyset cursor and had no such window. I opened issue 4131 for it and would keep this change small.',
      { to: reviewer },
    ),
    coder.done(),
    reviewer.call(
      'get_issue',
      { number: 4131 },
      {
        number: 4131,
        title: 'Export may end early when rows are inserted during the stream',
        labels: ['export'],
        milestone: '2.10',
      },
    ),
    reviewer.say(
      'Agreed. Approved. Please add a line to the changelog that names the versions: 2.9.0 to 2.9.2 are affected.',
      { to: coder },
    ),
    reviewer.done(),
    wait(4),
    tom.ask(
      coder,
      'Merge it then. acme-logistics is on the 2.8 line since last week and 2.8.6 carries the same commit, so we need a backport as well.',
    ),
    coder.start('T-2007', 'Merge 4127 and backport it to 2.8'),
    coder.call(
      'git_merge',
      { branch: 'fix/4127-last-page', into: 'main', squash: true },
      { commit: '41d0f6c', checks: 'green' },
      { seconds: 8.4 },
    ),
    coder.call(
      'git_cherry_pick',
      { commit: '41d0f6c', onto: 'release/2.8' },
      { commit: 'b77a903', conflicts: ['CHANGELOG.md'], resolved: true },
      { seconds: 3.2 },
    ),
    coder.call(
      'run_tests',
      { target: 'tests', branch: 'release/2.8' },
      { passed: 1184, failed: 0, skipped: 7, duration_s: 212.38, failures: [] },
      { seconds: 213.1 },
    ),
    coder.say(
      'Merged as 41d0f6c for 2.9.3 and backported as b77a903 for 2.8.7. 1,184 tests pass on release/2.8; the only conflict was the changelog.',
    ),
    coder.killed(),
    note('fixed_in', ['2.9.3', '2.8.7']),
    tom.ask(planner, 'Thank you. I told the customer. Please close the session and link issue 4131.'),
    planner.start('T-2008', 'Close issue 4127'),
    planner.call(
      'close_issue',
      { number: 4127, resolution: 'fixed', links: [4131] },
      { number: 4127, state: 'closed' },
    ),
    planner.say(
      'Issue 4127 is closed and linked to 4131. Affected: 2.8.6 and 2.9.0 to 2.9.2. Fixed in 2.8.7 and 2.9.3.',
    ),
    planner.done(),
    end('fixed in 2.9.3 and 2.8.7'),
  ],
};
