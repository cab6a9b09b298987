/** A new colleague's first weeks. Plants a fault: an agent joins that exists nowhere (`agent:门禁`). */
import type { Scenario, Step } from '../model.ts';
import { float } from '../python-json.ts';
import { join, note, wait } from '../script.ts';
import { he, hr, planner, translator } from './cast.ts';

const ACCOUNTS: readonly (readonly [system: string, account: string])[] = [
  ['邮箱', 'zhangwei@chengguan.example'],
  ['代码仓库', 'zhangwei'],
  ['工单系统', 'zhang.wei'],
];

const COURSES: readonly (readonly [code: string, title: string, hours: number, due: string])[] = [
  ['SEC-101', '信息安全基础', 1.5, '2026-12-04'],
  ['DATA-110', '数据分级与隐私', 2, '2026-12-04'],
  ['DEV-201', '发布流程', 3, '2026-12-11'],
];
const COURSE_HOURS = COURSES.reduce((total, [, , hours]) => total + hours, 0);

function createAccount([system, account]: (typeof ACCOUNTS)[number]): Step {
  return hr.call(
    'create_account',
    { employee: 'E20261201', system, account },
    { system, account, state: 'pending', active_from: '2026-12-01' },
  );
}

function assignCourse([code, title, hours, due]: (typeof COURSES)[number]): Step {
  return hr.call(
    'assign_course',
    { employee: 'E20261201', course: code, due },
    { course: code, title, hours: float(hours), due, assigned: true },
  );
}

export const onboarding: Scenario = {
  id: 'onboarding-张伟',
  title: '新同事张伟入职（12 月 1 日）',
  language: 'mixed',
  topics: ['入职', '账号', '培训', '设备'],
  summary: '账号、设备、工位、导师和培训都已安排；门禁卡没有办，因为被邀请的门禁助手从未出现。',
  opensAt: 26,
  expiresInSeconds: null,
  participants: ['user:何静', 'agent:人事', 'agent:planner'],
  steps: [
    he.ask(
      hr,
      '张伟 12 月 1 日入职，后端工程师，导师待定，向陈涛汇报。请准备账号、设备、工位、门禁和第一周的日程。他之前在柏林工作，中文英文都可以。',
    ),
    hr.start('T-8001', '建立张伟的入职档案'),
    hr.call(
      'get_employee',
      { name: '张伟', start: '2026-12-01' },
      { id: 'E20261201', title: '后端工程师', manager: '陈涛', office: '北京 3 层', contract: 'signed' },
    ),
    hr.say('档案已找到：E20261201，合同已签。清单共五项：账号、设备、工位与门禁、导师、第一周日程。我先办账号。', {
      thinking: '门禁不归我管，需要请门禁那边的助手。',
    }),
    note('employee', 'E20261201'),
    ...ACCOUNTS.map(createAccount),
    hr.say('邮箱、代码仓库、工单系统三个账号已建，12 月 1 日零点生效，初始密码当天由 IT 当面交付。'),
    hr.done(),
    he.ask(hr, '电脑他想要 16 寸的，内存 64G，跑容器用。预算有吗？'),
    hr.start('T-8002', '申请设备'),
    hr.call(
      'check_stock',
      { item: 'laptop', screen_inch: 16, memory_gb: 64 },
      { in_stock: 2, unit_cny: float(18999), warehouse: '北京' },
    ),
    hr.call(
      'order_device',
      { employee: 'E20261201', item: 'laptop-16-64', accessories: ['扩展坞', '27 寸显示器', '人体工学键盘'] },
      { order: 'AS-20261120-014', total_cny: float(23486), approval: 'auto', deliver_on: '2026-11-30' },
      { seconds: 2.6 },
    ),
    hr.say('库存有 2 台，连同显示器等共 23486 元，在后端岗位 25000 元的标准之内，自动批准，11 月 30 日送到工位。'),
    hr.done(),
    he.ask(hr, '好。工位和门禁呢？'),
    hr.start('T-8003', '安排工位和门禁'),
    hr.call('find_desk', { floor: '北京 3 层', near: '陈涛' }, [
      { desk: '3F-117', distance_m: 4, window: true },
      { desk: '3F-131', distance_m: 15, window: false },
    ]),
    hr.call(
      'reserve_desk',
      { desk: '3F-117', employee: 'E20261201', from: '2026-12-01' },
      { desk: '3F-117', reserved: true },
    ),
    join('agent:门禁'),
    hr.say(
      '工位 3F-117，靠窗，离陈涛 4 米。门禁我已把“门禁”助手拉进会话：请为 E20261201 开通 3 层和机房外区，12 月 1 日起。',
    ),
    wait(5),
    he.ask(hr, '门禁助手回复了吗？'),
    hr.call('get_card_status', { employee: 'E20261201' }, 'Error: no card request for E20261201', { seconds: 1.2 }),
    hr.say('没有回复，系统里也没有发卡申请。我先标为未办，如果下周一还没有回应，就走人工窗口。', {
      thinking: '门禁助手没有说过一句话，可能根本没有上线。',
    }),
    hr.fail(),
    note('open_items', ['门禁卡']),
    he.ask(planner, 'Planner，帮忙排一下第一周，陈涛每天只有上午 10 点到 11 点有空。'),
    planner.start('T-8004', '排张伟第一周的日程'),
    planner.call(
      'get_calendar',
      { person: '陈涛', from: '2026-12-01', to: '2026-12-04' },
      {
        free: ['2026-12-01 10:00–11:00', '2026-12-02 10:00–11:00', '2026-12-03 10:00–11:00', '2026-12-04 10:00–11:00'],
      },
    ),
    planner.call('find_mentor', { team: '后端', languages: ['zh', 'en'], max_mentees: 1 }, [
      { name: '苏晴', mentees: 0, years: 5.5 },
      { name: 'Lea Vogt', mentees: 0, years: 3 },
    ]),
    planner.say(
      '导师建议苏晴：没有在带的新人，中英文都可以。日程草案：周二欢迎与环境搭建，周三代码走读，周四发布流程与第一次小修改，周五回顾。每天 10 点与陈涛半小时。',
      {
        thinking: '12 月 1 日是周二，所以第一周只有四天。',
      },
    ),
    he.ask(planner, '苏晴可以，我问过她了。周三下午公司例会，避开 15:00–16:00。'),
    planner.call(
      'create_events',
      {
        employee: 'E20261201',
        events: [
          { date: '2026-12-01', time: '10:00', title: '欢迎，与陈涛' },
          { date: '2026-12-01', time: '14:00', title: '环境搭建，与苏晴' },
          { date: '2026-12-02', time: '13:30', title: '代码走读' },
          { date: '2026-12-03', time: '14:00', title: '第一次小修改' },
          { date: '2026-12-04', time: '10:00', title: '回顾，与陈涛' },
        ],
      },
      { created: 5, conflicts: [] },
      { seconds: 1.8 },
    ),
    planner.say('5 个日程已发出，没有冲突，周三的走读在 13:30–14:30。'),
    planner.done(),
    note('mentor', '苏晴'),
    he.ask(hr, '培训课程也一起分配吧，安全和隐私必须在第一周完成。'),
    hr.start('T-8005', '分配培训课程'),
    ...COURSES.map(assignCourse),
    hr.say(`三门课已分配，共 ${COURSE_HOURS} 小时：SEC-101、DATA-110 在 12 月 4 日前，DEV-201 在 12 月 11 日前。`),
    hr.done(),
    he.ask(translator, '欢迎信请翻译同事写一份英文版，他太太也会看。语气轻松一点。'),
    translator.start('T-8006', '写英文欢迎信'),
    translator.call(
      'get_template',
      { name: 'welcome-letter', language: 'zh' },
      '亲爱的{name}：欢迎加入澄观！{start}上午 10 点，{manager}会在前台等你。',
    ),
    translator.say(
      'Dear Zhang Wei, welcome to Chengguan! On 1 December at 10 a.m. Chen Tao will wait for you at the reception. Your desk is by the window, your laptop will be there, and Su Qing is your mentor. Bring an appetite: lunch is on us.',
    ),
    he.ask(translator, '很好，“lunch is on us” 很亲切。请发给他。'),
    translator.call(
      'send_mail',
      { to: 'zhang.wei@mail.example', subject: 'Welcome to Chengguan', language: 'en' },
      { sent: true, message_id: '<20261120.8006@chengguan.example>' },
    ),
    translator.say('已发送英文欢迎信，抄送陈涛和苏晴。'),
    translator.done(),
  ],
};
