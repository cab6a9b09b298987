/** The session doctor's rules and what it does about them, in English; in the manner of consistency-rules-en.ts. */
export const doctorRules = {
  'dangling-tool-call': {
    title: 'Every tool call has its result',
    found: 'The call of {{tool}} in message {{number}} of {{conversation}} has no result ({{id}}).',
    why: 'Models refuse a conversation with a call that has no result, so every later turn fails and the session cannot be resumed. It happens when a program is killed or the model is cut off in the middle of a call. The repair adds a result that says that the call was interrupted, as AgentScope does itself; or it takes the call out, as if it had never been made.',
  },
  'cut-tool-input': {
    title: 'Arguments of tool calls are whole',
    found: 'The arguments of {{tool}} in message {{number}} of {{conversation}} break off.',
    why: 'The model was stopped while it wrote the call, and what it had written was saved. Models refuse such a call, so every later turn fails. The repair closes the arguments as far as they were written.',
  },
  'orphan-tool-result': {
    title: 'Every tool result has its call',
    found: 'Message {{number}} of {{conversation}} has a result of {{tool}} without a call ({{id}}).',
    why: 'Models refuse a result of a call that they did not make, so every later turn fails. The call was in a message that was dropped, such as by a memory that keeps only the last ones. The repair removes the result.',
  },
  'duplicate-tool-result': {
    title: 'A tool call has one result',
    found: 'Message {{number}} of {{conversation}} has another result of the same call of {{tool}} ({{id}}).',
    why: 'Models refuse two results of one call, so every later turn fails. The repair keeps the most complete one, or else the first.',
  },
  'marked-without-summary': {
    title: 'Compressed messages have a summary',
    found: '{{messages}} messages of {{conversation}} are marked as compressed, and there is no summary.',
    why: 'AgentScope leaves marked messages out and gives the model the summary instead. Without one the agent has forgotten them. The repair takes the marks off, so that the messages are read again.',
  },
  'summary-of-missing': {
    title: 'Summaries stand for messages that are there',
    found: 'A summary refers to the message {{id}}, which is not there.',
    gone: 'The summary of {{conversation}} stands for messages that are not there any more.',
    why: 'What was said can no longer be compared with the summary, and a program that looks the message up fails. The repair removes the reference; the summary stays.',
  },
  'dropped-module': {
    title: 'Sessions of one agent have the same parts',
    found: 'In {{agent}}, “{{module}}” is missing, which every other session of this agent has.',
    why: 'AgentScope loads nested modules strictly: a part that is missing is a KeyError, and the agent does not start or comes up blank. The repair puts in an empty one of the same kind, or the value that all others have.',
  },
  'module-dropped-since': {
    title: 'No part was lost since it was recorded',
    found: 'In {{agent}}, “{{module}}” is missing; at {{moment}} it was there.',
    why: 'A part that is set to None, or a save that failed, drops it from what is stored. The next strict load is a KeyError. The repair puts it back as it was.',
  },
  'kept-twice': {
    title: 'Both copies of a conversation agree',
    found: 'The message {{id}} is another one in the context of {{session}}.',
    missing: 'The message {{id}} is in the context of {{session}}, and not among the messages.',
    why: 'AgentScope 2.x keeps a conversation twice: in the context, from which the model goes on, and as messages, which people are shown. What you read is not what the agent knows. The repair changes the messages; the context stays as it is.',
  },
} as const;

/** What a repair does; filled in with the details of its finding. */
export const doctorRepairs = {
  'cut-garbage': 'Cut off what stands behind the state',
  'close-truncated': 'Keep what is whole, and close it',
  'drop-hidden': 'Keep the last “{{name}}”, as Python reads it',
  'rename-hidden': 'Keep both, and give this one another name',
  'replace-surrogates': 'Put � in the place of broken characters',
  'escape-controls': 'Write bare control characters as escapes',
  'answer-call': 'Add a result that says that the call was interrupted',
  'remove-call': 'Take the call out',
  'remove-result': 'Remove the result',
  'close-input': 'Close the arguments as far as they were written',
  'unmark-messages': 'Take the marks off, so that the agent reads the messages again',
  'forget-message': 'Remove the reference',
  'add-module': 'Put “{{module}}” in',
  'put-module-back': 'Put “{{module}}” back as it was at {{moment}}',
  'messages-from-context': 'Change the message to what the context has',
} as const;

/** Why a repair that was asked for is not made. */
export const doctorRefusals = {
  gone: 'what was found is not there any more',
  'no-repair': 'only a person can know what is right',
  assembled: 'each message is a row of its own, and this repair would need another row',
  'not-json': 'what would be stored is no whole JSON text',
  'too-large': 'it is too large to be repaired',
} as const;
