/** 会话医生的规则和修复办法，写法同 consistency-rules-zh-CN.ts。 */
export const doctorRules = {
  'dangling-tool-call': {
    title: '每个工具调用都有结果',
    found: '{{conversation}} 第 {{number}} 条消息中对 {{tool}} 的调用没有结果（{{id}}）。',
    why: '模型会拒绝带有未完成调用的对话，之后每一轮都会失败，会话也无法恢复。程序在调用途中被终止，或模型输出被截断时会出现这种情况。修复会添加一条“调用已中断”的结果，与 AgentScope 自己的做法相同；也可以移除该调用，就像从未发生过。',
  },
  'cut-tool-input': {
    title: '工具调用的参数完整',
    found: '{{conversation}} 第 {{number}} 条消息中 {{tool}} 的参数没有写完。',
    why: '模型在写调用时被中断，写了一半的内容被保存下来。模型会拒绝这样的调用，之后每一轮都会失败。修复会把已写出的参数补全括号。',
  },
  'orphan-tool-result': {
    title: '每个工具结果都有调用',
    found: '{{conversation}} 第 {{number}} 条消息中有 {{tool}} 的结果，但没有对应的调用（{{id}}）。',
    why: '模型会拒绝它没有发起过的调用的结果，之后每一轮都会失败。调用所在的消息已被丢弃，例如只保留最近消息的记忆。修复会移除该结果。',
  },
  'duplicate-tool-result': {
    title: '一个调用只有一个结果',
    found: '{{conversation}} 第 {{number}} 条消息中有同一次 {{tool}} 调用的又一个结果（{{id}}）。',
    why: '模型会拒绝同一次调用的两个结果，之后每一轮都会失败。修复会保留最完整的一个，否则保留第一个。',
  },
  'marked-without-summary': {
    title: '压缩过的消息有摘要',
    found: '{{conversation}} 中有 {{messages}} 条消息标记为已压缩，但没有摘要。',
    why: 'AgentScope 会跳过带标记的消息，用摘要代替它们。没有摘要，智能体就忘了这些内容。修复会去掉标记，让消息重新被读取。',
  },
  'summary-of-missing': {
    title: '摘要对应的消息存在',
    found: '摘要引用了消息 {{id}}，但它不存在。',
    gone: '{{conversation}} 的摘要所代表的消息已经不在了。',
    why: '无法再把摘要和原话核对，查找该消息的程序会失败。修复会移除引用，摘要保留。',
  },
  'dropped-module': {
    title: '同一智能体的会话组成相同',
    found: '{{agent}} 中缺少“{{module}}”，而该智能体的其他会话都有。',
    why: 'AgentScope 严格加载嵌套模块：缺少一部分就会抛出 KeyError，智能体无法启动或变成空白。修复会放入同类的空模块，或其他会话都相同的值。',
  },
  'module-dropped-since': {
    title: '自记录以来没有丢失组成部分',
    found: '{{agent}} 中缺少“{{module}}”，在 {{moment}} 时它还在。',
    why: '模块被设为 None，或保存失败，都会让它从存储中消失。下一次严格加载会抛出 KeyError。修复会把它按原样放回。',
  },
  'kept-twice': {
    title: '对话的两份副本一致',
    found: '消息 {{id}} 与 {{session}} 的上下文中的不同。',
    missing: '消息 {{id}} 在 {{session}} 的上下文中，但不在消息列表里。',
    why: 'AgentScope 2.x 把对话保存两份：模型接着使用的上下文，和给人看的消息。你读到的不是智能体知道的。修复会改动消息，上下文保持不变。',
  },
} as const;

/** 修复的做法；用对应发现的细节填充。 */
export const doctorRepairs = {
  'cut-garbage': '切掉状态后面的内容',
  'close-truncated': '保留完整的部分并补全括号',
  'drop-hidden': '保留最后一个“{{name}}”，与 Python 的读法相同',
  'rename-hidden': '两个都保留，给这一个换个名字',
  'replace-surrogates': '用 � 代替损坏的字符',
  'escape-controls': '把裸露的控制字符写成转义',
  'answer-call': '添加一条“调用已中断”的结果',
  'remove-call': '移除该调用',
  'remove-result': '移除该结果',
  'close-input': '把已写出的参数补全括号',
  'unmark-messages': '去掉标记，让智能体重新读取这些消息',
  'forget-message': '移除引用',
  'add-module': '放入“{{module}}”',
  'put-module-back': '把“{{module}}”恢复为 {{moment}} 时的样子',
  'messages-from-context': '把消息改为上下文中的内容',
} as const;

/** 要求的修复没有执行的原因。 */
export const doctorRefusals = {
  gone: '发现的问题已经不在了',
  'no-repair': '只有人知道怎样才对',
  assembled: '每条消息是单独的一行，此修复需要另加一行',
  'not-json': '写入的内容将不是完整的 JSON',
  'too-large': '太大，无法修复',
} as const;
