/** A manual, translated section by section from Chinese into English, with a glossary and a review. */
import type { Scenario, Step } from '../model.ts';
import { float } from '../python-json.ts';
import { end, note, wait } from '../script.ts';
import { ana, reviewer, translator } from './cast.ts';

interface Section {
  readonly number: string;
  readonly source: string;
  readonly target: string;
  readonly thinking?: string;
}

const FIRST_PART: readonly Section[] = [
  {
    number: '1.1',
    source: '使用前请仔细阅读本手册，并妥善保管以备查阅。',
    target: 'Read this manual before use and keep it for later reference.',
  },
  {
    number: '1.2',
    source: '本设备仅供室内使用，工作温度为 5 ℃ 至 35 ℃。',
    target: 'For indoor use only. Operating temperature: 5 °C to 35 °C.',
  },
  {
    number: '1.3',
    source: '请勿自行拆卸。维修须由授权服务商进行。',
    target: 'Do not open the housing. Repairs must be made by an authorised service partner.',
    thinking: '“拆卸”在这里指打开外壳，不是 dismantle，用 open the housing 更准确。',
  },
  {
    number: '2.1',
    source: '将主机放置在平整、通风的桌面上，四周至少留出 10 厘米。',
    target: 'Place the main unit on a flat, ventilated surface with at least 10 cm of clearance on all sides.',
  },
  {
    number: '2.2',
    source: '连接电源适配器，指示灯亮起白色后再按开机键。',
    target: 'Connect the power adapter. When the indicator turns white, press the power button.',
  },
];

const SECOND_PART: readonly Section[] = [
  {
    number: '3.1',
    source: '首次开机时，按照屏幕提示选择语言并连接无线网络。',
    target: 'At first start, follow the screen to choose a language and connect to Wi-Fi.',
  },
  {
    number: '3.2',
    source: '长按确认键 3 秒进入设置，短按返回。',
    target: 'Hold the confirm button for 3 seconds to open the settings; press it briefly to go back.',
  },
  {
    number: '3.3',
    source: '若十分钟内无操作，设备自动进入待机，功耗低于 0.5 瓦。',
    target: 'After ten minutes without input the device enters standby and draws less than 0.5 W.',
  },
  {
    number: '4.1',
    source: '每周用干燥的软布清洁屏幕，切勿使用酒精。',
    target: 'Clean the screen weekly with a soft, dry cloth. Never use alcohol.',
  },
  {
    number: '4.2',
    source: '滤网每三个月更换一次，型号 FL-20。',
    target: 'Replace the filter (FL-20) every three months.',
    thinking: '型号放括号里，英文读者习惯先看部件名。',
  },
  {
    number: '5.1',
    source: '如指示灯闪烁红色，请断电五分钟后重试；仍未恢复请联系客服。',
    target:
      'If the indicator flashes red, disconnect the power for five minutes and try again. If it still flashes, contact support.',
  },
];

function translate(section: Section, index: number): readonly Step[] {
  const words = section.target.split(' ').length;
  return [
    translator.call(
      'save_segment',
      { document: 'manual-a20', segment: section.number, source: section.source, target: section.target },
      { saved: true, segment: section.number, words, memory_match: index % 3 === 1 ? 0.82 : float(0) },
      section.thinking === undefined ? {} : { thinking: section.thinking },
    ),
  ];
}

export const translation: Scenario = {
  id: 'translation-manual-a20',
  title: 'Manual A20: Chinese to English',
  language: 'mixed',
  topics: ['translation', '说明书', 'glossary', 'A20'],
  summary:
    'Eleven sections of the A20 manual translated, reviewed and released as version 1.2; 待机 is standby and 主机 is main unit throughout.',
  opensAt: 8,
  expiresInSeconds: null,
  participants: ['user:ana', 'agent:翻译', 'agent:reviewer'],
  steps: [
    ana.ask(
      translator,
      'The A20 manual, chapters 1 to 5, Chinese to English. British spelling, plain language, short sentences. The old A10 glossary applies unless I say otherwise.',
    ),
    translator.start('T-4001', '翻译 A20 手册第 1–2 章'),
    translator.call(
      'glossary_lookup',
      { glossary: 'a10', terms: ['主机', '指示灯', '电源适配器', '授权服务商'] },
      { 主机: 'host', 指示灯: 'LED', 电源适配器: 'power adapter', 授权服务商: 'authorised service partner' },
      { text: '先查 A10 术语表。' },
    ),
    translator.say(
      'A10 术语表里“主机”译作 host，读者容易误解为服务器。建议改为 main unit；“指示灯”建议用 indicator，A20 不再是 LED。可以吗？',
    ),
    ana.ask(translator, 'Yes to both: “main unit” and “indicator”. Update the glossary as version a20.'),
    translator.call(
      'glossary_update',
      { glossary: 'a20', based_on: 'a10', terms: { 主机: 'main unit', 指示灯: 'indicator' } },
      { glossary: 'a20', entries: 214, changed: 2 },
    ),
    ...FIRST_PART.flatMap(translate),
    translator.say(
      '第 1、2 章完成，共 5 段。1.3 的“请勿自行拆卸”译为 Do not open the housing，因为用户能做的只是打开外壳。',
      { to: reviewer },
    ),
    translator.done(),
    note('glossary', 'a20'),
    reviewer.start('T-4002', 'Review chapters 1 and 2'),
    reviewer.call(
      'check_terms',
      { document: 'manual-a20', glossary: 'a20', segments: FIRST_PART.map((section) => section.number) },
      { checked: FIRST_PART.length, violations: [] },
      { seconds: 1.4 },
    ),
    reviewer.say(
      'Terms are consistent. 2.2: two sentences are better than “and then”, good. 1.1: “keep it for later reference” is fine, “for future reference” is what our other manuals say.',
      { to: translator },
    ),
    reviewer.done(),
    ana.ask(translator, 'Please follow the other manuals in 1.1. Then chapters 3 to 5.'),
    translator.start('T-4003', '翻译 A20 手册第 3–5 章'),
    translator.call(
      'save_segment',
      {
        document: 'manual-a20',
        segment: '1.1',
        source: '使用前请仔细阅读本手册，并妥善保管以备查阅。',
        target: 'Read this manual before use and keep it for future reference.',
      },
      { saved: true, segment: '1.1', words: 11, memory_match: 0.96 },
    ),
    ...SECOND_PART.flatMap(translate),
    translator.say('第 3–5 章完成，共 6 段。3.3 的“待机”统一译作 standby，不用 sleep，与法规文件一致。', {
      to: reviewer,
    }),
    translator.done(),
    reviewer.start('T-4004', 'Review chapters 3 to 5'),
    reviewer.call(
      'check_terms',
      { document: 'manual-a20', glossary: 'a20', segments: SECOND_PART.map((section) => section.number) },
      {
        checked: SECOND_PART.length,
        violations: [{ segment: '3.2', term: '确认键', expected: 'OK button', found: 'confirm button' }],
      },
      { seconds: 1.7 },
    ),
    reviewer.say(
      'One violation: 3.2 says “confirm button”, the glossary has “OK button”, and the key is printed “OK”. Everything else reads well.',
      { to: translator },
    ),
    reviewer.done(),
    translator.start('T-4005', '改正 3.2 并导出'),
    translator.call(
      'save_segment',
      {
        document: 'manual-a20',
        segment: '3.2',
        source: '长按确认键 3 秒进入设置，短按返回。',
        target: 'Hold the OK button for 3 seconds to open the settings; press it briefly to go back.',
      },
      { saved: true, segment: '3.2', words: 16, memory_match: 0.94 },
    ),
    translator.say('3.2 已改为 OK button。Shall I export?'),
    wait(3),
    ana.ask(
      translator,
      'One more: the power limit in 3.3. The lab measured 0.42 W, does “less than 0.5 W” hold for the Swiss version too?',
    ),
    translator.call('search_documents', { query: 'A20 standby power CH', top: 3 }, [
      { id: 'LAB-2026-118', title: 'A20 standby, 230 V, CH plug', standby_w: 0.44, measured: '2026-10-27' },
    ]),
    translator.say('实验室报告 LAB-2026-118：瑞士版 0.44 W，仍低于 0.5 W，“less than 0.5 W” holds for both.'),
    ana.ask(translator, 'Perfect. Export as PDF and as XLIFF, version 1.2.'),
    translator.call(
      'export_document',
      { document: 'manual-a20', formats: ['pdf', 'xliff'], version: '1.2' },
      { files: ['manual-a20-en-1.2.pdf', 'manual-a20-en-1.2.xliff'], pages: 12, bytes: 1_482_233 },
      { seconds: 7.6 },
    ),
    translator.say(
      '已导出：manual-a20-en-1.2.pdf（12 页）和 XLIFF。11 sections, 2 glossary changes, 1 correction after review.',
    ),
    translator.done(),
    note('released', '1.2'),
    ana.ask(reviewer, 'Released. Thanks to both of you.'),
    end('released as version 1.2'),
  ],
};
