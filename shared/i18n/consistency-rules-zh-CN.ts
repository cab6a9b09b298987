/** 一致性检查的内置规则：`title` 是检查的内容，`found` 是发现的问题，`why` 是影响和处理办法。 */
export const consistencyRules = {
  readable: {
    title: '文件和行可以读取',
    why: '读不出的内容不会显示，也不参与其他检查。请检查权限、路径或密码；文件已损坏时，请从备份恢复。',
  },
  'whole-text': {
    title: '文本完整',
    why: '加载此状态的程序会失败，或从空状态开始并把它覆盖。可以修复一份副本以保留现有内容，或恢复到更早的时刻。',
  },
  'several-versions': {
    title: '状态只有一个版本',
    why: '只显示和使用其中一个版本，其余版本的内容不起作用。请删除过时的副本；节点之间有冲突时，请在“同步”视图中或用 `conflicts settle` 处理。',
  },
  'required-state': {
    title: '必需的状态存在',
    found: '缺少状态 {{required}}。',
    why: '设计文档或规则文件规定此存储必须有它。请从备份放回，或把它从必需状态中去掉。',
  },
  envelope: {
    title: '信封完整',
    found: '信封中没有可用的 {{name}}。',
    why: '没有它，程序无法得知要加载哪个类、哪个版本，以及状态是何时写入的。',
  },
  decodable: {
    title: '带类型的值可以解码',
    why: '加载此值的程序得到的是普通数据，而不是对象。请注册该类型，或改正标记。',
  },
  migratable: {
    title: '版本可以迁移到当前版本',
    why: '当前的程序无法加载这个版本的状态。请补上缺少的迁移，或恢复已知版本的状态。',
  },
  checksum: {
    title: '校验和一致',
    why: '数据被修改时没有更新校验和，或在磁盘上损坏。使用之前，请与更早的时刻比较。',
  },
  metadata: {
    title: '元数据可以读取',
    found: '元数据无法读取：{{reason}}。',
    why: '任何程序都不知道此状态的时间、校验和与有效期，因此既不会校验，也不会清理。',
  },
  'metadata-attributes': {
    title: '已注册的属性存在',
    found: '元数据列出了“{{name}}”，但状态中没有。',
    why: '保存时它已注册，却没有写入，通常是模块被替换或移除。严格加载会失败。',
  },
  'metadata-size': {
    title: '大小一致',
    found: '元数据记录为 {{stored, number}} 字节，数据实际为 {{actual, number}} 字节。',
    why: '数据被修改时没有更新元数据。内容是否仍是保存时的内容，要看校验和。',
  },
  'journal-whole': {
    title: '历史完整',
    found: '最近一次记录的文本（变更 {{seq}}）无法还原：{{reason}}。',
    why: '无法回到此状态的某个时刻，也无法比较和恢复。状态本身不受影响。请把这份日志移到一边，另开一份。',
  },
  'snapshot-whole': {
    title: '快照完整',
    found: '快照 {{snapshot}} 中的文本已损坏：{{reason}}。',
    why: '不能用这个快照恢复此状态。请趁状态完好时另拍一个。',
  },
  'participant-missing': {
    title: '参与者存在',
    found: '“{{participant}}”参与了会话 {{session}}，但没有这个状态。',
    why: '发给它的消息永远得不到回答，等它的一方会一直等下去。请创建这个智能体或用户，或把它移出会话。',
  },
  'agent-session-missing': {
    title: '智能体的会话存在',
    found: '智能体 {{agent}} 称自己在 {{session}} 中，但没有这个会话。',
    why: '它的下一条消息无处可去。请放回该会话，或让它转到另一个会话。',
  },
  'agent-not-listed': {
    title: '会话列出其智能体',
    found: '智能体 {{agent}} 称自己在会话 {{session}} 中，但会话没有列出它。',
    why: '两者没有一起保存。会话不会把消息交给这个智能体。',
  },
  'activity-of-stranger': {
    title: '活动时间属于参与者',
    found: '“{{participant}}”在会话 {{session}} 中有活动时间，但不是参与者。',
    why: '移出会话时中断，或误从名单中漏掉。',
  },
  'session-without-participants': {
    title: '进行中的会话有参与者',
    found: '会话 {{session}} 的状况为 {{status}}，但没有任何参与者。',
    why: '不会有人结束它。请结束会话，或添加应有的参与者。',
  },
  'conversation-without-session': {
    title: '对话有所属会话',
    found: '{{conversation}} 属于 {{session}}，但该会话不存在。',
    why: '这是孤立的对话：会话已被删除，或从未保存。请恢复会话，或一并删除对话。',
  },
  'session-without-conversation': {
    title: '会话有对应的对话',
    found: '会话 {{session}} 有消息，却没有对应的对话，而这里的其他会话都有。',
    why: '按对话查找会话时找不到它。',
  },
  'conversation-messages': {
    title: '对话列出会话的全部消息',
    found:
      '{{conversation}} 列出的消息与会话 {{session}} 不符。列表中缺少 {{unlisted, number}} 条，列出但会话中没有 {{gone, number}} 条。第一条：{{first}}',
    foundOrder: '{{conversation}} 列出会话 {{session}} 的消息时顺序不同，或有重复。',
    why: '索引和会话没有一起保存。消息本身在会话里：只要没有丢失消息，就可以据此重建列表。',
  },
  'busy-without-task': {
    title: '忙碌的智能体有任务',
    found: '智能体 {{agent}} 处于忙碌状态，却没有任务。',
    why: '它在完成任务的中途停止。因为忙碌，不会有人再给它任务，它自己也不会变为空闲。',
  },
  'task-without-work': {
    title: '未工作的智能体没有任务',
    found: '智能体 {{agent}} 的状况为 {{status}}，却仍有任务 {{task}}。',
    why: '任务在等一个什么也不做的智能体。请让它开始工作，或清空任务。',
  },
  'task-missing': {
    title: '当前任务存在',
    found: '智能体 {{agent}} 正在做任务 {{task}}，但任何看板上都没有它。',
    why: '任务完成后不会有人知道。可能是看板过早清理，或任务从未登记。',
  },
  'task-of-another': {
    title: '当前任务属于该智能体',
    found: '智能体 {{agent}} 正在做任务 {{task}}，但该任务属于 {{owner}}。',
    why: '可能两个智能体在做同一个任务，或其中一个做错了任务。请看哪个状态更晚写入。',
  },
  'task-finished': {
    title: '当前任务未结束',
    found: '智能体 {{agent}} 正在做任务 {{task}}，但该任务已经结束。',
    why: '智能体在清空任务之前停止，或看板更新得更早。它会把工作再做一遍。',
  },
  'task-not-worked-at': {
    title: '未结束的任务有人在做',
    found: '任务 {{task}} 尚未结束，分配给了智能体 {{agent}}，但它在做别的事，或没有在做任何任务。',
    why: '如果没有人接手，任务会一直停在那里。智能体有多个排队任务时，属于正常情况。',
  },
  'task-agent-missing': {
    title: '任务的智能体存在',
    found: '任务 {{task}} 分配给了 {{agent}}，但没有这个智能体。',
    why: '没有人在做它。请分配给其他智能体。',
  },
  'task-session-missing': {
    title: '任务的会话存在',
    found: '任务 {{task}} 属于 {{session}}，但没有这个会话。',
    why: '无法再查到任务的来由。',
  },
  'task-counts': {
    title: '智能体的任务计数正确',
    found: '智能体 {{agent}} 记了 {{counted, number}} 个任务，看板上它的同类任务有 {{known, number}} 个。',
    why: '它的数字以及由此汇总的数字都偏低。它在计数之前停止，或被恢复到更早的状态。',
  },
  'id-mismatch': {
    title: '状态以自己的编号保存',
    found: '保存为 {{key}}，但自称“{{own}}”。',
    why: '它被手动复制或改名。程序再次保存时会写到另一处，此后两份并存。',
  },
  'type-rules': {
    title: '属性符合其类型的规则',
    why: '严格加载此状态的程序会拒绝它。请打开状态，改正该值。',
  },
  'expired-active': {
    title: '过期的会话已标记',
    found: '状况为 {{status}}，但已于 {{time}} 过期。',
    why: '消息仍在进入本该结束的会话。清理没有运行，或已失败；请查看它是否仍在运行。',
  },
  'impossible-transition': {
    title: '会话状况的变化合理',
    found: '会话 {{session}} 在 {{time}} 从 {{from}} 变为 {{to}}（变更 {{seq}}）。',
    why: '已结束或过期的会话不会自行恢复：旧的副本覆盖了新的状态。',
  },
  'time-order': {
    title: '时间先后正确',
    found: '“{{name}}”为 {{time}}，早于“{{first}}”的 {{firstTime}}。',
    why: '时钟被调回，或两者由时钟不同的机器写入。按时间排序的结果都会出错。',
  },
  'message-order': {
    title: '消息按时间排列',
    found: '这条消息的时间为 {{time}}，却排在 {{before}} 的消息之后。',
    why: '多台机器的消息按到达顺序合并，或时钟被调回。模型会按这个顺序阅读。',
  },
  'future-time': {
    title: '没有来自未来的时间',
    found: '“{{name}}”为 {{time}}，尚未到来。',
    why: '写入它的机器或本机的时钟不准。有效期会结束得太晚。',
  },
  'outlived-ttl': {
    title: '有效期得到遵守',
    found: '应从 {{time}} 起保留 {{seconds, number}} 秒，到 {{until}} 为止，但它仍然存在。',
    why: 'Statescope 不会删除过期的内容；程序是否删除取决于它的清理，请查看清理是否仍在运行。',
  },
  'naive-time': {
    title: '时间带有时区',
    found: '“{{name}}”（{{time}}）没有时区。',
    why: '有的程序当作 UTC，有的当作本地时间，相差数小时。只要各程序一致就没有问题。AgentScope 写的是本地时间。',
  },
  'vector-backwards': {
    title: '版本向量只增不减',
    found: '变更 {{seq}} 把版本向量从 {{before}} 变成了 {{vector}}。',
    why: '见过较多变更的状态被见过较少变更的状态取代：丢失了一次更新。',
  },
  'message-count': {
    title: '消息计数正确',
    found: '计数为 {{counted, number}} 条消息，实际有 {{held, number}} 条。',
    why: '增加或移除消息时没有计数。下一条消息的编号会重复，或偏大。',
  },
  'average-response-time': {
    title: '平均响应时间与消息相符',
    found: '平均响应时间为 {{told}}；由 {{count, number}} 条消息重新计算为 {{expected}}。',
    why: '数字没有和消息一起更新。据此做出的选择（例如最快的智能体）会出错。',
  },
  'success-rate': {
    title: '成功率与计数相符',
    found: '成功率为 {{told}}；由旁边的计数得出的是 {{expected}}。',
    why: '成功率和计数没有一起写入。',
  },
  'metric-range': {
    title: '计数不为负',
    found: '“{{name}}”为 {{value}}。',
    why: '计数不会低于零：两个写入者减去了同一个数，或值已损坏。',
  },
  'fleet-totals': {
    title: '合计与所汇总的状态相符',
    found: '“{{name}}”为 {{told, number}}；由这里的状态得出的是 {{actual, number}}。',
    why: '合计写于这些状态的最后一个之后，因此应当相符。其中某个状态被修改却没有更新时间，或者缺失。',
  },
  'over-limit': {
    title: '列表不超过上限',
    found: '“{{name}}”有 {{held, number}} 条消息，上限为 {{limit, number}}。',
    why: '写入它的程序没有裁剪：状态不断变大，每次请求模型的开销也随之增加。',
  },
  'duplicate-key': {
    title: '键不重复',
    found: '同一个对象中，在它之后还有一个“{{name}}”。',
    why: '多数程序只读最后一个，保存时其余的就没有了。在 Python 里一个键是数字、另一个是同样的文本时，会写出这样的内容。',
  },
  'not-a-number': {
    title: '数字是真正的数字',
    found: '“{{name}}”为 {{value}}。',
    why: 'Python 能读，其他程序几乎都会拒绝整个文件，因为 JSON 没有这样的值。通常是在没有数据时做了计算。',
  },
  'lone-surrogate': {
    title: '字符完整',
    found: '“{{name}}”里有半个字符，例如被切断的表情符号。',
    why: '保存为 UTF-8 或发送给模型时会失败。文本是按编码单元而不是按字符截断的。',
  },
  'big-integer': {
    title: '并非每个程序都能保存的整数',
    found: '“{{name}}”为 {{value}}。JavaScript 等用浮点数计算的程序会把它变成 {{rounded}}。',
    why: '它本身没有错，Python 会原样保留。交给其他程序时，请以文本传递。',
  },
} as const;

/** 修复的内容。 */
export const consistencyRepairs = {
  'set-status': '把状况设为“{{value}}”',
  'set-number': '设为 {{value}}',
  'set-null': '设为 null',
  'clear-task': '清空任务',
  'remove-participant': '把“{{participant}}”移出会话',
  'remove-activity': '移除“{{participant}}”的活动时间',
  'list-messages': '列出会话 {{session}} 的全部消息',
} as const;

/** 规则无法运行的原因。 */
export const consistencyNotRun = {
  'no-journal': '没有任何记录',
  'no-snapshots': '没有快照',
  unreadable: '无法打开：{{reason}}',
  'switched-off': '已在规则文件中关闭',
} as const;
