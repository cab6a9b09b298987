/**
 * The built-in rules of the consistency check, in English: `title` names what is looked at, `found` says what is wrong, `why` why
 * that matters and what to do. Rules that hand on what a reader or a validator found have their `found` under `problems`, `errors`
 * or `findings`.
 */
export const consistencyRules = {
  readable: {
    title: 'Files and rows can be read',
    why: 'What cannot be read is missing from everything that is shown, and from every other check. See to its permissions, its place or its passphrase; of a damaged file, restore a backup.',
  },
  'whole-text': {
    title: 'Texts are whole',
    why: 'A program that loads this state fails, or begins with an empty one and overwrites it. Repair a copy to keep what is there, or restore an earlier moment.',
  },
  'several-versions': {
    title: 'States have one version',
    why: 'One version is shown and used, and what stands in the others is left out. Remove the copy that is out of date; where nodes disagree, settle it in the Sync view or with `conflicts settle`.',
  },
  'required-state': {
    title: 'Required states are there',
    found: 'The state {{required}} is missing.',
    why: 'The design, or the rules file, says that this store cannot do without it. Put it back from a backup, or take it off the list of required states.',
  },
  envelope: {
    title: 'Envelopes are complete',
    found: 'The envelope has no usable {{name}}.',
    why: 'Without it a program cannot tell which class to load, by which version, or how old the state is.',
  },
  decodable: {
    title: 'Typed values can be decoded',
    why: 'A program that loads this value gets plain data where it expects an object. Register the type, or correct the tag.',
  },
  migratable: {
    title: 'Versions lead to today’s',
    why: 'A program of today cannot load a state of this version. Add the migration that is missing, or restore a state of a known version.',
  },
  checksum: {
    title: 'Checksums fit',
    why: 'The data was changed by something that did not renew the checksum, or it was damaged on disk. Compare it with an earlier moment before you trust it.',
  },
  metadata: {
    title: 'Metadata can be read',
    found: 'Its metadata cannot be read: {{reason}}.',
    why: 'Times, checksum and time to live of this state are unknown to every program, so it is neither verified nor cleaned up.',
  },
  'metadata-attributes': {
    title: 'Registered attributes are there',
    found: 'The metadata lists “{{name}}”, and the state does not have it.',
    why: 'It was registered when the state was saved and did not come along: a module that was replaced or dropped is the usual reason. Loading it strictly fails.',
  },
  'metadata-size': {
    title: 'Sizes fit',
    found: 'The metadata says {{stored, number}} bytes; the data has {{actual, number}}.',
    why: 'The data was changed by something that did not renew the metadata. The checksum says whether its content is still what was saved.',
  },
  'journal-whole': {
    title: 'The history is whole',
    found: 'Its latest recorded text (change {{seq}}) cannot be put together again: {{reason}}.',
    why: 'Going back to a moment of this state, comparing and restoring will fail. The state itself is not affected. Set the journal aside and record into a new one.',
  },
  'snapshot-whole': {
    title: 'Snapshots are whole',
    found: 'Its text in the snapshot {{snapshot}} is damaged: {{reason}}.',
    why: 'This snapshot cannot be used to restore this state. Take a new one while the state is good.',
  },
  'participant-missing': {
    title: 'Participants exist',
    found: '“{{participant}}” takes part in the session {{session}}, and there is no such state.',
    why: 'Messages to it are never answered, and whoever waits for it waits for ever. Create the agent or the person, or take it out of the session.',
  },
  'agent-session-missing': {
    title: 'Sessions of agents exist',
    found: 'The agent {{agent}} says that it is in {{session}}, and there is no such session.',
    why: 'Its next message goes nowhere. Put the session back, or give the agent another one.',
  },
  'agent-not-listed': {
    title: 'Sessions list their agents',
    found: 'The agent {{agent}} says that it is in the session {{session}}, which does not list it.',
    why: 'One of the two was saved without the other. The session hands the agent no messages.',
  },
  'activity-of-stranger': {
    title: 'Activity is of participants',
    found: '“{{participant}}” has a time of activity in the session {{session}} and is no participant.',
    why: 'It was taken out of the session halfway, or left off the list by mistake.',
  },
  'session-without-participants': {
    title: 'Running sessions have participants',
    found: 'The session {{session}} is {{status}} and nobody takes part in it.',
    why: 'Nobody will ever end it. End it, or add who belongs to it.',
  },
  'conversation-without-session': {
    title: 'Conversations have a session',
    found: '{{conversation}} is of {{session}}, which does not exist.',
    why: 'An orphan: the session was removed, or never saved. Restore the session, or remove the conversation, too.',
  },
  'session-without-conversation': {
    title: 'Sessions have a conversation',
    found: 'The session {{session}} has messages, and no conversation belongs to it. Other sessions here have one.',
    why: 'Whatever looks sessions up by their conversations does not find this one.',
  },
  'conversation-messages': {
    title: 'Conversations list their session’s messages',
    found:
      '{{conversation}} does not list what the session {{session}} has. Missing from the list: {{unlisted, number}}; listed and not in the session: {{gone, number}}. The first: {{first}}',
    foundOrder:
      '{{conversation}} lists the messages of the session {{session}} in another order, or some of them twice.',
    why: 'The index and the session were not saved together. The session has the messages themselves: make the list anew from them, unless messages were lost.',
  },
  'busy-without-task': {
    title: 'Busy agents have a task',
    found: 'The agent {{agent}} is busy, and works at no task.',
    why: 'It was stopped halfway through finishing a task. Nobody gives it another one, because it is busy, and it never becomes idle by itself.',
  },
  'task-without-work': {
    title: 'Agents at rest have no task',
    found: 'The agent {{agent}} is {{status}}, and still has the task {{task}}.',
    why: 'The task waits for an agent that does nothing. Set it to work, or clear the task.',
  },
  'task-missing': {
    title: 'Current tasks exist',
    found: 'The agent {{agent}} works at the task {{task}}, which no task board knows.',
    why: 'Nobody will learn that it was finished. The board was tidied too early, or the task was never written down.',
  },
  'task-of-another': {
    title: 'Current tasks are the agent’s own',
    found: 'The agent {{agent}} works at the task {{task}}, which belongs to {{owner}}.',
    why: 'Two agents may be at the same task, or one at the wrong one. See which of the two states was written last.',
  },
  'task-finished': {
    title: 'Current tasks are open',
    found: 'The agent {{agent}} works at the task {{task}}, which is finished.',
    why: 'The agent was stopped before it cleared its task, or the board was ahead. It would do the work again.',
  },
  'task-not-worked-at': {
    title: 'Open tasks are worked at',
    found: 'The task {{task}} is open and assigned to the agent {{agent}}, which works at something else, or nothing.',
    why: 'It stays open for ever unless somebody takes it up. An agent that has several tasks in line is the harmless reason.',
  },
  'task-agent-missing': {
    title: 'Agents of tasks exist',
    found: 'The task {{task}} is assigned to {{agent}}, and there is no such agent.',
    why: 'Nobody works at it. Assign it to somebody else.',
  },
  'task-session-missing': {
    title: 'Sessions of tasks exist',
    found: 'The task {{task}} belongs to {{session}}, and there is no such session.',
    why: 'What the task is about can no longer be looked up.',
  },
  'task-counts': {
    title: 'Agents count their tasks',
    found:
      'The agent {{agent}} has counted {{counted, number}} tasks; the task board has {{known, number}} of its own that ended so.',
    why: 'The agent’s figures, and everything that is summed up from them, are too low. It was stopped before it counted, or set back to an earlier state.',
  },
  'id-mismatch': {
    title: 'States go by their own id',
    found: 'It is kept as {{key}}, and says that it is “{{own}}”.',
    why: 'It was copied or renamed by hand. A program that saves it again writes it to another place, and both are there from then on.',
  },
  'type-rules': {
    title: 'Attributes keep the rules of their type',
    why: 'A program that loads this state strictly refuses it. Open the state to correct the value.',
  },
  'expired-active': {
    title: 'Expired sessions are marked so',
    found: 'It is {{status}}, and expired at {{time}}.',
    why: 'Messages still go into a session that should be over. The clean-up did not run, or failed; see whether it still runs.',
  },
  'impossible-transition': {
    title: 'Statuses follow the session’s life',
    found: 'The session {{session}} went from {{from}} to {{to}} at {{time}} (change {{seq}}).',
    why: 'A session that has ended or expired does not come back by itself: an older copy of it was written over the newer one.',
  },
  'time-order': {
    title: 'What comes later is later',
    found: '“{{name}}” is {{time}}, before “{{first}}” at {{firstTime}}.',
    why: 'A clock was set back, or the two were written by machines whose clocks differ. Whatever sorts by time gets it wrong.',
  },
  'message-order': {
    title: 'Messages are in the order of their times',
    found: 'This message is of {{time}}, and stands after one of {{before}}.',
    why: 'Messages of several machines were put together by arrival, or a clock was set back. The model reads them in this order.',
  },
  'future-time': {
    title: 'Nothing comes from the future',
    found: '“{{name}}” is {{time}}, which is still to come.',
    why: 'The clock of the machine that wrote it, or of this one, is wrong. Times to live end too late.',
  },
  'outlived-ttl': {
    title: 'Times to live are kept',
    found: 'It was to live {{seconds, number}} seconds from {{time}}, until {{until}}, and is still there.',
    why: 'Statescope never removes what has expired. Whether the program does depends on its clean-up: see whether that still runs.',
  },
  'naive-time': {
    title: 'Times say their zone',
    found: '“{{name}}” ({{time}}) has no time zone.',
    why: 'Programs take it for UTC or for local time, hours apart. Nothing is wrong as long as all of them agree. AgentScope writes local time.',
  },
  'vector-backwards': {
    title: 'Version vectors only grow',
    found: 'With change {{seq}} the version vector went from {{before}} to {{vector}}.',
    why: 'A state that had seen more was replaced by one that had seen less: an update was lost.',
  },
  'message-count': {
    title: 'Messages are counted',
    found: 'It counts {{counted, number}} messages and holds {{held, number}}.',
    why: 'Messages were added or taken away without counting. The next message gets an id that is there already, or one too high.',
  },
  'average-response-time': {
    title: 'Average response times fit their messages',
    found: 'The average response time is {{told}}; made anew from {{count, number}} messages it is {{expected}}.',
    why: 'The figure was not kept together with the messages. What is chosen by it, such as the quickest agent, is chosen wrongly.',
  },
  'success-rate': {
    title: 'Success rates fit their counts',
    found: 'The rate is {{told}}; from the counts beside it, it is {{expected}}.',
    why: 'The rate and the counts were not written together.',
  },
  'metric-range': {
    title: 'Counters are not negative',
    found: '“{{name}}” is {{value}}.',
    why: 'Nothing is counted below zero: two writers took the same thing away, or the value is damaged.',
  },
  'fleet-totals': {
    title: 'Totals fit the states that they sum up',
    found: '“{{name}}” is {{told, number}}; the states here give {{actual, number}}.',
    why: 'The totals were written after the last of these states, so they should fit. One of them was changed without its time, or is missing.',
  },
  'over-limit': {
    title: 'Lists keep their limits',
    found: '“{{name}}” has {{held, number}} messages; the limit is {{limit, number}}.',
    why: 'The program that wrote it does not trim what it keeps: the state grows, and so does what every request to the model costs.',
  },
  'duplicate-key': {
    title: 'Keys are there once',
    found: 'There is another “{{name}}” after this one in the same object.',
    why: 'Most programs read only the last of them, and the others are gone when they save. Python writes such text when one key is a number and another its text.',
  },
  'not-a-number': {
    title: 'Numbers are numbers',
    found: '“{{name}}” is {{value}}.',
    why: 'Python reads it, and nearly every other program refuses the whole file, as JSON has no such value. A calculation without data is the usual reason.',
  },
  'lone-surrogate': {
    title: 'Characters are whole',
    found: '“{{name}}” has half of a character, such as of an emoji that was cut in two.',
    why: 'Saving it as UTF-8, or sending it to a model, fails. Text was cut by units instead of characters.',
  },
  'big-integer': {
    title: 'Integers that not every program can hold',
    found: '“{{name}}” is {{value}}. JavaScript and other programs that compute with floats make {{rounded}} of it.',
    why: 'It is right as it stands, and Python keeps it. Pass it on as text where other programs are involved.',
  },
} as const;

/** What a repair would do. */
export const consistencyRepairs = {
  'set-status': 'Set the status to “{{value}}”',
  'set-number': 'Set it to {{value}}',
  'set-null': 'Set it to null',
  'clear-task': 'Clear the task',
  'remove-participant': 'Take “{{participant}}” out of the session',
  'remove-activity': 'Remove the activity of “{{participant}}”',
  'list-messages': 'List the messages of the session {{session}}',
} as const;

/** Why a rule could not run. */
export const consistencyNotRun = {
  'no-journal': 'nothing has been recorded',
  'no-snapshots': 'there are no snapshots',
  unreadable: 'cannot be opened: {{reason}}',
  'switched-off': 'switched off in the rules file',
} as const;
