/** A full disk on a storage host: alarm, first try that fails, second that holds, follow-up. */
import type { Scenario } from '../model.ts';
import { float } from '../python-json.ts';
import { note, wait } from '../script.ts';
import { coder, monitor, oncall, priya } from './cast.ts';

export const incident: Scenario = {
  id: 'incident-2291',
  title: 'Incident 2291: disk full on storage-3',
  language: 'en',
  topics: ['incident', 'storage-3', 'disk', 'log-rotation'],
  summary:
    'The state volume of storage-3 filled up at 08:14 UTC because log rotation had stopped. Space was freed, rotation repaired, and writes resumed; one conversation file was cut off while the disk was full.',
  opensAt: 14,
  expiresInSeconds: null,
  participants: ['agent:monitor', 'agent:oncall', 'user:priya'],
  steps: [
    monitor.start('T-6001', 'Watch the state volume of storage-3'),
    monitor.call(
      'read_metric',
      { host: 'storage-3', metric: 'disk.used_percent', volume: '/var/lib/fleet' },
      { value: 98.1, slope_per_minute: 0.31, unit: 'percent' },
      { seconds: 0.4 },
    ),
    monitor.say(
      'ALERT storage-3: volume /var/lib/fleet is 98.1 % full and gains 0.31 points a minute. Full in about 6 minutes.',
      {
        to: oncall,
        thinking: '(100 - 98.1) / 0.31 = 6.1 minutes.',
      },
    ),
    oncall.start('T-6002', 'Free space on storage-3'),
    oncall.call(
      'open_incident',
      { severity: 2, title: 'disk full on storage-3', service: 'agent-state' },
      { incident: 2291, channel: 'inc-2291', commander: 'oncall' },
    ),
    oncall.call(
      'ssh',
      { host: 'storage-3', command: 'df -h /var/lib/fleet && du -sh /var/lib/fleet/* | sort -h | tail -4' },
      'Filesystem      Size  Used Avail Use% Mounted on\n/dev/nvme1n1p1  400G  392G  7.6G  99% /var/lib/fleet\n11G\t/var/lib/fleet/sessions\n18G\t/var/lib/fleet/agents\n64G\t/var/lib/fleet/backups\n298G\t/var/lib/fleet/logs',
      { seconds: 2.7 },
    ),
    oncall.say('298 GB of the 400 GB are logs. I rotate them now; that should free most of it.'),
    oncall.call(
      'ssh',
      { host: 'storage-3', command: 'logrotate -f /etc/logrotate.d/fleet' },
      'error: error creating output file /var/lib/fleet/logs/gateway.log.1.gz: No space left on device',
      { seconds: 14.9 },
    ),
    oncall.say(
      'My mistake: rotation compresses into the same volume and took the last 7.6 GB. First attempt failed, and the volume is at 100 % since 08:14 UTC.',
      {
        thinking: 'logrotate compresses before it deletes. I need to move something off the volume first.',
      },
    ),
    oncall.fail(),
    monitor.call(
      'read_metric',
      { host: 'storage-3', metric: 'writes.failed', window_s: 60 },
      { value: 341, unit: 'count' },
      { seconds: 0.5 },
    ),
    monitor.say('341 failed writes in the last minute on storage-3. Agent state is not being saved.', { to: oncall }),
    priya.ask(oncall, 'I see it on the board. Who is hit, and do we lose data?'),
    oncall.start('T-6003', 'Free space without compression'),
    oncall.say(
      'All agents that save to storage-3. They keep their state in memory and retry; what is lost is only what crashes meanwhile. Moving the oldest logs to storage-5 now.',
    ),
    oncall.call(
      'ssh',
      {
        host: 'storage-3',
        command: "find logs -name '*.log.*' -mtime +14 -print0 | xargs -0 -n 50 mv -t /mnt/storage-5/logs",
      },
      'moved 1268 files, 173.4 GB',
      { seconds: 94.6 },
    ),
    oncall.call(
      'ssh',
      { host: 'storage-3', command: 'df -h /var/lib/fleet | tail -1' },
      '/dev/nvme1n1p1  400G  219G  181G  55% /var/lib/fleet',
      { seconds: 1.1 },
    ),
    oncall.say('The volume is at 55 %. Writes should come back by themselves.', { to: monitor }),
    oncall.done(),
    monitor.call(
      'read_metric',
      { host: 'storage-3', metric: 'writes.failed', window_s: 60 },
      { value: 0, unit: 'count' },
      { seconds: 0.4 },
    ),
    monitor.call(
      'read_metric',
      { host: 'storage-3', metric: 'writes.latency_p99_ms', window_s: 60 },
      { value: float(12), unit: 'ms' },
      { seconds: 0.4 },
    ),
    monitor.say(
      'No failed writes in the last minute, p99 latency is 12 ms. Recovered at 08:19 UTC; the impact lasted 5 minutes.',
      { to: oncall },
    ),
    note('severity', 2),
    note('impact_minutes', 5),
    priya.ask(oncall, 'Good. Why did rotation stop in the first place? And check for files that were half written.'),
    oncall.start('T-6004', 'Find the cause and damaged files'),
    oncall.call(
      'ssh',
      { host: 'storage-3', command: 'systemctl status logrotate.timer | head -5' },
      '● logrotate.timer - Daily rotation of log files\n     Loaded: loaded (/lib/systemd/system/logrotate.timer; disabled; preset: enabled)\n     Active: inactive (dead) since Tue 2026-11-03 22:14:07 UTC; 2 weeks 2 days ago',
      { seconds: 1.3 },
    ),
    oncall.call('search_changes', { host: 'storage-3', from: '2026-11-03T21:00:00Z', to: '2026-11-03T23:00:00Z' }, [
      { id: 'CHG-881', title: 'Base image 12.8 rolled out', by: 'platform', at: '2026-11-03T22:09:00Z' },
    ]),
    oncall.say(
      'The timer is disabled since 3 November, 22:14 UTC: the base image 12.8 (CHG-881) resets presets. Seventeen days of logs piled up.',
      {
        thinking: 'If the image resets the preset, every host that got it is affected. Check the others.',
      },
    ),
    oncall.call(
      'ssh_all',
      { hosts: ['storage-1', 'storage-2', 'storage-4', 'storage-5'], command: 'systemctl is-enabled logrotate.timer' },
      { 'storage-1': 'enabled', 'storage-2': 'enabled', 'storage-4': 'disabled', 'storage-5': 'enabled' },
      { seconds: 3.4 },
    ),
    oncall.say('storage-4 has the same problem and is at 71 %. I enable the timer on both.', { to: monitor }),
    oncall.call(
      'ssh_all',
      { hosts: ['storage-3', 'storage-4'], command: 'systemctl enable --now logrotate.timer' },
      { 'storage-3': 'ok', 'storage-4': 'ok' },
      { seconds: 2.9 },
    ),
    monitor.call(
      'add_alert',
      { metric: 'timer.enabled', unit: 'logrotate.timer', hosts: 'storage-*', when: 'value == 0 for 10m' },
      { alert: 417, active: true },
    ),
    monitor.say('New alert 417: it fires when the rotation timer is off for ten minutes on any storage host.'),
    monitor.done(),
    priya.ask(oncall, 'And the half-written files?'),
    oncall.say(
      'I need a scanner for that. Coder, please write one: every JSON file under /var/lib/fleet changed between 08:14 and 08:20 that does not parse.',
      { to: coder },
    ),
    coder.start('T-6005', 'Scan for half-written JSON files'),
    coder.call('write_file', { path: 'tools/scan_truncated.py', lines: 44 }, { written: true, bytes: 1530 }),
    coder.call(
      'run_script',
      { path: 'tools/scan_truncated.py', args: ['--since', '08:14', '--until', '08:20', '/var/lib/fleet'] },
      { files_scanned: 2214, damaged: [{ path: 'conversations/incident-2291.json', reason: 'ends inside a string' }] },
      { seconds: 11.7 },
    ),
    coder.say(
      '2,214 files scanned, one damaged: conversations/incident-2291.json ends inside a string. It is our own conversation index, of all things.',
      { to: oncall },
    ),
    coder.done(),
    oncall.say(
      'One file, and it can be rebuilt from the session, which is intact. I leave it as it is for the post-mortem: it shows that the writer does not write to a temporary file first.',
      {
        thinking: 'Evidence. A rebuild would hide the missing atomic write.',
      },
    ),
    oncall.done(),
    note('damaged_files', ['conversations/incident-2291.json']),
    wait(9),
    priya.ask(oncall, 'Agreed. Please write the timeline and the actions for the post-mortem on Monday.'),
    oncall.start('T-6006', 'Write the post-mortem of incident 2291'),
    oncall.call(
      'get_timeline',
      { incident: 2291 },
      { events: 19, first: '2026-11-20T08:14:00Z', recovered: '2026-11-20T08:19:00Z' },
    ),
    oncall.call(
      'create_actions',
      {
        incident: 2291,
        actions: [
          'Write state files to a temporary name, fsync, rename',
          'Image 12.8: keep timer presets',
          'Alert at 85 % instead of 98 %',
        ],
      },
      { created: [5521, 5522, 5523] },
    ),
    oncall.say(
      'Timeline with 19 events is attached; actions 5521 to 5523 are assigned. I keep the incident open until the image is corrected.',
    ),
  ],
};
