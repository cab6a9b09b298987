/** For probe-faults.test.ts: a process that holds many connections open and says nothing. Arguments: port, how many. */
import { once } from 'node:events';
import { connect } from 'node:net';

const [port = 0, count = 0] = process.argv.slice(2).map(Number);
let closed = 0;
const opened: Promise<unknown>[] = [];
for (let i = 0; i < count; i++) {
  const socket = connect({ host: '127.0.0.1', port });
  opened.push(once(socket, 'connect'));
  // Being turned away is no fault here.
  socket.on('error', () => socket.destroy());
  socket.on('close', () => closed++);
  socket.resume();
  if (i % 200 === 199) await Promise.all(opened);
}
await Promise.all(opened);
process.stdout.write(`${opened.length} opened, ${closed} closed\n`);
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
