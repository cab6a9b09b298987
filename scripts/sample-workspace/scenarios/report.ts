/** A sales report. Every figure in the texts is computed from the one table below. */
import type { Scenario } from '../model.ts';
import { cents, float, type PyDict } from '../python-json.ts';
import { note, wait } from '../script.ts';
import { analyst, marta, planner, translator } from './cast.ts';

interface RegionSales {
  readonly region: string;
  /** Net revenue in euro, by month. */
  readonly months: readonly [number, number, number];
  readonly orders: readonly [number, number, number];
  readonly returns: number;
}

const MONTHS = ['2026-08', '2026-09', '2026-10'] as const;
const SALES: readonly RegionSales[] = [
  { region: 'DACH', months: [412_380.5, 398_112.25, 436_904.0], orders: [3121, 3010, 3288], returns: 18_220.4 },
  { region: 'Iberia', months: [188_740.0, 201_355.75, 214_018.5], orders: [1644, 1702, 1795], returns: 9_418.0 },
  { region: 'Nordics', months: [240_118.25, 236_770.0, 251_332.75], orders: [1880, 1841, 1932], returns: 7_905.5 },
  { region: 'France', months: [305_662.0, 311_908.5, 262_447.25], orders: [2476, 2513, 2130], returns: 41_377.25 },
  { region: 'China', months: [522_904.75, 548_230.0, 611_875.5], orders: [5208, 5431, 6014], returns: 21_064.0 },
];

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const monthTotal = (month: 0 | 1 | 2): number => sum(SALES.map((row) => row.months[month]));
const monthOrders = (month: 0 | 1 | 2): number => sum(SALES.map((row) => row.orders[month]));
const totals = [monthTotal(0), monthTotal(1), monthTotal(2)];
const grandTotal = sum(totals);
const euro = (value: number): string =>
  `€${value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
const percent = (from: number, to: number): string => `${(((to - from) / from) * 100).toFixed(1)} %`;
const regionOf = (name: string): RegionSales => {
  const row = SALES.find((candidate) => candidate.region === name);
  if (row === undefined) throw new Error(`no such region: ${name}`);
  return row;
};
const france = regionOf('France');
const china = regionOf('China');
const returnsTotal = sum(SALES.map((row) => row.returns));

const revenueRows: PyDict[] = SALES.map((row) => ({
  region: row.region,
  [MONTHS[0]]: cents(row.months[0]),
  [MONTHS[1]]: cents(row.months[1]),
  [MONTHS[2]]: cents(row.months[2]),
}));

export const report: Scenario = {
  id: 'report-sales-q3',
  title: 'Sales report, August to October 2026',
  language: 'mixed',
  topics: ['sales', 'report', 'returns', 'France'],
  summary: `Net revenue of ${euro(grandTotal)} over three months. China grew ${percent(china.months[0], china.months[2])}; France fell in October because of the returns of one product.`,
  opensAt: 12,
  expiresInSeconds: null,
  participants: ['user:marta', 'agent:planner', 'agent:analyst', 'agent:翻译'],
  steps: [
    marta.ask(
      planner,
      'I need the sales report for August to October by noon: revenue per region and month, the two things that moved most and why, and a Chinese summary for the Shanghai office.',
    ),
    planner.start('T-3001', 'Plan the sales report'),
    planner.say(
      'Plan: Analyst pulls revenue, orders and returns, explains the two largest movements and draws two charts; 翻译 writes the Chinese summary from the final text.',
      {
        thinking: 'The summary depends on the final numbers, so translation comes last.',
      },
    ),
    planner.say('Please start with net revenue per region and month from the warehouse, closed months only.', {
      to: analyst,
    }),
    planner.done(),
    analyst.start('T-3002', 'Pull revenue, orders and returns'),
    analyst.call(
      'sql_query',
      {
        database: 'warehouse',
        sql: "SELECT region, month, SUM(net_eur) FROM sales WHERE month BETWEEN '2026-08' AND '2026-10' GROUP BY region, month",
      },
      { columns: ['region', ...MONTHS], rows: revenueRows, row_count: SALES.length, elapsed_ms: float(1843) },
      { seconds: 1.9, text: 'Revenue first.' },
    ),
    analyst.call(
      'sql_query',
      {
        database: 'warehouse',
        sql: "SELECT region, month, COUNT(*) FROM orders WHERE month BETWEEN '2026-08' AND '2026-10' GROUP BY region, month",
      },
      {
        columns: ['region', ...MONTHS],
        rows: SALES.map((row) => [row.region, ...row.orders]),
        row_count: SALES.length,
        elapsed_ms: 912.4,
      },
    ),
    analyst.call(
      'sql_query',
      {
        database: 'warehouse',
        sql: "SELECT region, SUM(net_eur) FROM returns WHERE month = '2026-10' GROUP BY region",
      },
      {
        columns: ['region', 'returns_eur'],
        rows: SALES.map((row) => [row.region, cents(row.returns)]),
        row_count: SALES.length,
        elapsed_ms: 640.8,
      },
    ),
    analyst.say(
      `Totals: August ${euro(monthTotal(0))}, September ${euro(monthTotal(1))}, October ${euro(monthTotal(2))}; together ${euro(grandTotal)} from ${monthOrders(0) + monthOrders(1) + monthOrders(2)} orders.`,
    ),
    analyst.call(
      'check_totals',
      { source: 'warehouse', ledger: 'finance-close', months: [...MONTHS] },
      { difference_eur: float(0), rows_compared: SALES.length * MONTHS.length, ok: true },
      { thinking: 'Compare with the closed ledger before anybody reads a number.' },
    ),
    analyst.say('The warehouse agrees with the closed ledger to the cent.', { to: planner }),
    analyst.done(),
    note('total_eur', cents(grandTotal)),
    note('months', [...MONTHS]),
    marta.ask(analyst, 'Good. Which two things moved most between September and October?'),
    analyst.start('T-3003', 'Explain the largest movements'),
    analyst.call(
      'compute',
      { expression: 'month_over_month(2026-09, 2026-10)', by: 'region' },
      SALES.map((row) => ({
        region: row.region,
        change_eur: cents(row.months[2] - row.months[1]),
        change_pct: cents(((row.months[2] - row.months[1]) / row.months[1]) * 100),
      })),
    ),
    analyst.say(
      `China rose by ${euro(china.months[2] - china.months[1])} (${percent(china.months[1], china.months[2])}); France fell by ${euro(france.months[1] - france.months[2])} (${percent(france.months[1], france.months[2])}).`,
    ),
    marta.ask(analyst, 'France surprises me. They told me October was normal. What happened?'),
    analyst.call(
      'sql_query',
      {
        database: 'warehouse',
        sql: "SELECT sku, COUNT(*), SUM(net_eur) FROM returns WHERE region = 'France' AND month = '2026-10' GROUP BY sku ORDER BY 3 DESC LIMIT 3",
      },
      {
        columns: ['sku', 'items', 'returns_eur'],
        rows: [
          ['LMP-240-BK', 412, cents(29_870.0)],
          ['LMP-180-WH', 61, cents(4_118.5)],
          ['CHR-011', 18, cents(1_926.0)],
        ],
        row_count: 3,
        elapsed_ms: 577.1,
      },
    ),
    analyst.call(
      'sql_query',
      {
        database: 'support',
        sql: "SELECT reason, COUNT(*) FROM tickets WHERE sku = 'LMP-240-BK' AND created >= '2026-10-01' GROUP BY reason",
      },
      {
        columns: ['reason', 'tickets'],
        rows: [
          ['flickers', 287],
          ['wrong plug', 9],
          ['other', 31],
        ],
        row_count: 3,
        elapsed_ms: 233.9,
      },
    ),
    analyst.say(
      `One product explains it: lamp LMP-240-BK was returned 412 times for €29,870.00 of the ${euro(france.returns)} in returns, and 287 tickets say that it flickers. Orders fell too: it was out of the shop from 14 October.`,
      {
        thinking: 'Flicker with one voltage variant only: a supplier batch. That is a hypothesis, so say so.',
      },
    ),
    analyst.say('A guess, not yet shown: one supplier batch. All 412 serial numbers begin with 2609.'),
    marta.ask(
      analyst,
      'That fits what quality heard from the supplier. And China, is that the November festival pulled forward?',
    ),
    analyst.call(
      'sql_query',
      {
        database: 'warehouse',
        sql: "SELECT campaign, SUM(net_eur) FROM sales WHERE region = 'China' AND month = '2026-10' GROUP BY campaign",
      },
      {
        columns: ['campaign', 'net_eur'],
        rows: [
          ['双11预售', cents(73_442.5)],
          ['none', cents(china.months[2] - 73_442.5)],
        ],
        row_count: 2,
        elapsed_ms: 498.3,
      },
    ),
    analyst.say(
      `Yes: presale orders for 双11 are €73,442.50 of October. Without them China would have fallen by ${euro(china.months[1] - (china.months[2] - 73_442.5))} against September, so do not read it as growth of the base.`,
    ),
    analyst.done(),
    note('findings', ['LMP-240-BK returns in France', '双11 presale in China']),
    marta.ask(
      analyst,
      'Important caveat, put it in the first paragraph. Two charts please: months stacked by region, and returns per region.',
    ),
    analyst.start('T-3004', 'Charts and text of the report'),
    analyst.call(
      'plot_chart',
      { type: 'stacked-bar', x: 'month', y: 'net_eur', series: 'region' },
      { file: 'charts/revenue.svg', width: 960, height: 420 },
      { seconds: 1.2 },
    ),
    analyst.call(
      'plot_chart',
      { type: 'bar', x: 'region', y: 'returns_eur', highlight: 'France' },
      'Error: column "returns_eur" has mixed types (float64, str)',
      { seconds: 0.8 },
    ),
    analyst.say('The second chart failed: one returns value came back as text. I cast the column and draw it again.'),
    analyst.call(
      'plot_chart',
      { type: 'bar', x: 'region', y: 'CAST(returns_eur AS DOUBLE)', highlight: 'France' },
      { file: 'charts/returns.svg', width: 960, height: 420 },
      { seconds: 1.1 },
    ),
    analyst.call(
      'write_document',
      { path: 'reports/sales-2026-08-10.md', sections: ['Summary', 'Revenue', 'Movements', 'Returns', 'Method'] },
      { written: true, words: 642 },
      { seconds: 2.4 },
    ),
    analyst.say(
      `The text is ready: 642 words, 2 charts. The first paragraph carries the caveat about the presale. Returns in October were ${euro(returnsTotal)} in all.`,
      { to: translator },
    ),
    analyst.done(),
    translator.start('T-3005', '写中文摘要'),
    translator.call(
      'read_document',
      { path: 'reports/sales-2026-08-10.md', sections: ['Summary'] },
      { words: 118, language: 'en' },
    ),
    translator.call(
      'glossary_lookup',
      { terms: ['net revenue', 'presale', 'returns'], from: 'en', to: 'zh' },
      { 'net revenue': '净收入', presale: '预售', returns: '退货' },
    ),
    translator.say(
      `中文摘要：8 月至 10 月净收入合计 ${grandTotal.toLocaleString('en-US', { minimumFractionDigits: 2 })} 欧元。10 月中国区增长主要来自双 11 预售（73,442.50 欧元），剔除后实际下降；法国区下降是因为台灯 LMP-240-BK 集中退货 412 件。`,
    ),
    marta.ask(translator, 'Is “实际下降” too strong for the Shanghai office? They worked hard on the presale.'),
    translator.say(
      '可以改为“剔除预售后，基础业务较 9 月略低”，事实不变，语气更客观。英文对应：Excluding the presale, the base was slightly below September.',
    ),
    marta.ask(translator, 'Much better, take it.'),
    translator.call(
      'update_document',
      { path: 'reports/sales-2026-08-10.zh.md', replace: { 实际下降: '基础业务较 9 月略低' } },
      { replaced: 1 },
    ),
    translator.say('已更新，中文摘要 212 字，文件 reports/sales-2026-08-10.zh.md。'),
    translator.done(),
    wait(5),
    marta.ask(
      analyst,
      'Sent to both offices. Last wish: make it a dashboard that refreshes every night, same definitions.',
    ),
    analyst.start('T-3006', 'Build the nightly sales dashboard'),
    analyst.call(
      'create_dashboard',
      { name: 'sales-monthly', sources: ['warehouse', 'support'], schedule: '0 3 * * *' },
      { id: 88, url: 'https://bi.example.com/d/88', first_run: '2026-11-21T03:00:00Z' },
      { seconds: 3.3 },
    ),
    analyst.say(
      'Dashboard 88 is set up with the same queries. The first nightly run is on 21 November at 03:00 UTC; I keep the task open until I have compared it with the report.',
    ),
  ],
};
