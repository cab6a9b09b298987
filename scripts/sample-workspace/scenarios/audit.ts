/** Twelve invoices, audited. Sums come from the table. The session's time to live runs out while it is still active. */
import type { Scenario, Step } from '../model.ts';
import { cents, type PyDict } from '../python-json.ts';
import { note, wait } from '../script.ts';
import { finance, wang } from './cast.ts';

interface Invoice {
  readonly file: string;
  readonly number: string;
  readonly seller: string;
  readonly buyer: string;
  /** Amount with tax, as printed, in yuan. */
  readonly total: number;
  readonly taxRate: number;
  /** What the claim says. */
  readonly claimed: number;
}

const BUYER = '北京澄观科技有限公司';
const INVOICES: readonly Invoice[] = [
  {
    file: 'f01.pdf',
    number: '26112000000418820117',
    seller: '静安云栖酒店',
    buyer: BUYER,
    total: 936,
    taxRate: 0.06,
    claimed: 936,
  },
  {
    file: 'f02.pdf',
    number: '26112000000418820118',
    seller: '华北办公用品有限公司',
    buyer: BUYER,
    total: 2384.5,
    taxRate: 0.13,
    claimed: 2384.5,
  },
  {
    file: 'f03.pdf',
    number: '26112000000455107302',
    seller: '中关村快印',
    buyer: BUYER,
    total: 418,
    taxRate: 0.06,
    claimed: 418,
  },
  {
    file: 'f04.pdf',
    number: '26112000000418820118',
    seller: '华北办公用品有限公司',
    buyer: BUYER,
    total: 2384.5,
    taxRate: 0.13,
    claimed: 2384.5,
  },
  {
    file: 'f05.pdf',
    number: '26317000000092841150',
    seller: '上海虹桥会议中心',
    buyer: BUYER,
    total: 8600,
    taxRate: 0.06,
    claimed: 8600,
  },
  {
    file: 'f06.pdf',
    number: '26112000000460013987',
    seller: '优品企业购',
    buyer: BUYER,
    total: 5299,
    taxRate: 0.13,
    claimed: 5299,
  },
  {
    file: 'f07.pdf',
    number: '26112000000461870024',
    seller: '快行出行',
    buyer: BUYER,
    total: 318.4,
    taxRate: 0.03,
    claimed: 381.4,
  },
  {
    file: 'f08.pdf',
    number: '26440300000087112406',
    seller: '深圳云算力有限公司',
    buyer: BUYER,
    total: 12480,
    taxRate: 0.06,
    claimed: 12480,
  },
  {
    file: 'f09.pdf',
    number: '26112000000470551932',
    seller: '望京餐饮',
    buyer: BUYER,
    total: 1268,
    taxRate: 0.13,
    claimed: 1268,
  },
  {
    file: 'f10.pdf',
    number: '26112000000471002885',
    seller: '迅达速运',
    buyer: BUYER,
    total: 276,
    taxRate: 0.06,
    claimed: 276,
  },
  {
    file: 'f11.pdf',
    number: '26112000000472220461',
    seller: '学府图书城',
    buyer: '北京澄观信息技术有限公司',
    total: 642.8,
    taxRate: 0.09,
    claimed: 642.8,
  },
  {
    file: 'f12.pdf',
    number: '26112000000473318090',
    seller: '启明云',
    buyer: BUYER,
    total: 7350,
    taxRate: 0.06,
    claimed: 7350,
  },
];

const FIRST_HALF = INVOICES.slice(0, 6);
const SECOND_HALF = INVOICES.slice(6);
const SUSPICIOUS = new Set(['f04.pdf', 'f07.pdf', 'f09.pdf', 'f11.pdf']);

const sum = (invoices: readonly Invoice[], pick: (invoice: Invoice) => number): number =>
  Math.round(invoices.reduce((total, invoice) => total + pick(invoice) * 100, 0)) / 100;
const claimedTotal = sum(INVOICES, (invoice) => invoice.claimed);
const accepted = INVOICES.filter((invoice) => !SUSPICIOUS.has(invoice.file));
const acceptedTotal = sum(accepted, (invoice) => invoice.total);
/** f07 is paid as printed once the claim is corrected. */
const F07_PRINTED = 318.4;
const payNow = Math.round((acceptedTotal + F07_PRINTED) * 100) / 100;

function scanned(invoice: Invoice): PyDict {
  const net = invoice.total / (1 + invoice.taxRate);
  return {
    number: invoice.number,
    seller: invoice.seller,
    buyer: invoice.buyer,
    net_cny: cents(net),
    tax_rate: invoice.taxRate,
    tax_cny: cents(invoice.total - net),
    total_cny: cents(invoice.total),
  };
}

function scan(invoice: Invoice): Step {
  return finance.call('ocr_invoice', { file: `claims/2026-11/${invoice.file}` }, scanned(invoice));
}

function verify(invoices: readonly Invoice[], seconds: number): Step {
  return finance.call(
    'verify_invoices',
    { numbers: invoices.map((invoice) => invoice.number), registry: '全国增值税发票查验平台' },
    { checked: invoices.length, valid: invoices.length, voided: 0 },
    { seconds },
  );
}

export const audit: Scenario = {
  id: 'invoice-audit-2026-11',
  title: '2026 年 11 月报销发票审核',
  language: 'zh',
  topics: ['发票', '审核', '报销', '税率'],
  summary: `12 张发票申报 ${claimedTotal.toFixed(2)} 元，4 张有问题：重复、金额不符、税率不符、抬头错误；可付 ${payNow.toFixed(2)} 元。`,
  opensAt: 20,
  // One hour, as the rule for `session:*` in the design's configuration has it; the audit takes longer than that.
  expiresInSeconds: 3600,
  participants: ['user:王强', 'agent:财务'],
  steps: [
    wang.ask(
      finance,
      '11 月运营部的报销单到了，12 张发票，在 claims/2026-11。请逐张识别、查验，有问题的列出来，今天中午前给我结论。',
    ),
    finance.start('T-5001', '识别并查验前 6 张发票'),
    finance.say('好的。我先做前 6 张的识别，再去查验平台核对真伪，最后与报销申报比对。', {
      thinking: '查验平台一次最多 6 个号码，所以分两批。',
    }),
    ...FIRST_HALF.map(scan),
    verify(FIRST_HALF, 6.3),
    finance.say(
      '前 6 张查验为真。但 f04 与 f02 的号码、金额完全相同（26112000000418820118，2384.50 元），是同一张发票报了两次。',
      {
        thinking: '号码相同、销售方相同、金额相同：重复报销，不是两次采购。',
      },
    ),
    finance.done(),
    wang.ask(finance, 'f02 和 f04 是谁报的？是不是同一个人？'),
    finance.start('T-5002', '查重复报销的来源'),
    finance.call('find_claims', { invoice_number: '26112000000418820118' }, [
      { claim: 'BX-2026-1107', file: 'f02.pdf', applicant: '赵敏', submitted: '2026-11-09' },
      { claim: 'BX-2026-1131', file: 'f04.pdf', applicant: '孙浩', submitted: '2026-11-16' },
    ]),
    finance.say(
      '两个人：赵敏 11 月 9 日（BX-2026-1107），孙浩 11 月 16 日（BX-2026-1131）。像是采购人和使用人各报了一次，建议退回后一单。',
    ),
    finance.done(),
    wang.ask(finance, '按你说的，退回孙浩那单，语气客气点，很可能是误会。继续后 6 张。'),
    finance.start('T-5003', '识别并查验后 6 张发票'),
    finance.call(
      'return_claim',
      { claim: 'BX-2026-1131', reason: '该发票已由同事在 BX-2026-1107 中报销，可能重复提交，请核对。' },
      { claim: 'BX-2026-1131', state: 'returned' },
    ),
    ...SECOND_HALF.map(scan),
    verify(SECOND_HALF, 5.8),
    finance.say(
      '后 6 张也都查验为真，但比对出三个问题：f07 申报 381.40 元，票面 318.40 元；f09 餐饮开了 13% 税率；f11 抬头是“澄观信息技术”，不是我们公司。',
      {
        thinking: '381.4 和 318.4：数字颠倒，差 63.00 元。餐饮服务一般纳税人应为 6%。',
      },
    ),
    finance.done(),
    note('claimed_cny', cents(claimedTotal)),
    note('problems', [
      { file: 'f04.pdf', kind: 'duplicate', of: 'f02.pdf' },
      { file: 'f07.pdf', kind: 'amount', claimed_cny: cents(381.4), printed_cny: cents(F07_PRINTED) },
      { file: 'f09.pdf', kind: 'tax-rate', found: 0.13, expected: 0.06 },
      { file: 'f11.pdf', kind: 'buyer', found: '北京澄观信息技术有限公司' },
    ]),
    wang.ask(finance, 'f09 的税率确定有问题吗？外带熟食有按 13% 开的。'),
    finance.start('T-5004', '核对 f09 的税率'),
    finance.call(
      'lookup_policy',
      { policy: 'vat-2026', item: '餐饮服务' },
      { service: 0.06, takeaway_goods: 0.13, basis: '财税〔2016〕140 号', note: '外卖视同餐饮服务' },
    ),
    finance.call(
      'read_invoice_items',
      { file: 'claims/2026-11/f09.pdf' },
      { items: [{ name: '*食品*熟食礼盒', quantity: 8, amount_cny: cents(1122.12) }] },
    ),
    finance.say(
      '您说得对：f09 的明细是“熟食礼盒 8 份”，属于货物，13% 没错。问题改为：礼盒不属于差旅餐费，应走招待费。',
      {
        thinking: '撤回税率问题，换成科目问题。',
      },
    ),
    finance.done(),
    wang.ask(finance, '那就改科目，让申请人补一个招待申请。f11 呢，能换开吗？'),
    finance.start('T-5005', '处理 f11 的抬头'),
    finance.call(
      'contact_seller',
      { seller: '学府图书城', request: '红冲并换开抬头', invoice_number: '26112000000472220461' },
      { ticket: 'XF-20261120-07', answer: '受理，3 个工作日内换开' },
      { seconds: 9.2 },
    ),
    finance.say('学府图书城同意红冲换开，3 个工作日。f11 先挂起，不影响其他单据。'),
    finance.done(),
    wait(45),
    wang.ask(finance, '汇总一下：今天能付多少？'),
    finance.start('T-5006', '汇总可付金额'),
    finance.call(
      'sum_invoices',
      { include: [...accepted.map((invoice) => invoice.file), 'f07.pdf'], basis: '票面金额' },
      { count: accepted.length + 1, total_cny: cents(payNow) },
    ),
    finance.say(
      `今天可付 ${payNow.toFixed(2)} 元，共 ${accepted.length + 1} 张：无问题的 ${accepted.length} 张 ${acceptedTotal.toFixed(2)} 元，加 f07 按票面 ${F07_PRINTED.toFixed(2)} 元。申报总额 ${claimedTotal.toFixed(2)} 元。`,
    ),
    finance.done(),
    note('payable_cny', cents(payNow)),
    wang.ask(finance, '可以。付款单我下午签，这个会话先留着，等 f11 换开。'),
  ],
};
