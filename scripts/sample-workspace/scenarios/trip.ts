/** A business trip, booked: trains, hotel, policy, payment, one change. Holds an order number beyond 2^53. */
import type { Scenario } from '../model.ts';
import { cents, float } from '../python-json.ts';
import { note, wait } from '../script.ts';
import { finance, lin, planner, travel } from './cast.ts';

const SECOND_CLASS = 553;
const HOTEL_NIGHT = 468;
const TRAVELLERS = 2;
const NIGHTS = 2;
const LOCAL_TRANSPORT = 240;
const BUDGET = 6000;
const TRAINS = SECOND_CLASS * 2 * TRAVELLERS;
const HOTEL = HOTEL_NIGHT * NIGHTS * TRAVELLERS;
const TOTAL = TRAINS + HOTEL + LOCAL_TRANSPORT;

/** A 19-digit order number, as booking systems hand them out. A double rounds it to 7318264509127346000. */
export const ORDER_NO = 7318264509127346177n;

export const trip: Scenario = {
  id: 'trip-shanghai',
  title: '上海出差：12 月 1 日至 3 日，两人',
  language: 'zh',
  topics: ['差旅', '高铁', '酒店', '预算'],
  summary: '两人 12 月 1 日至 3 日往返上海：G7 去、G26 回，住静安两晚，合计 4324 元，在 6000 元预算内；晚餐待确认。',
  opensAt: 3,
  expiresInSeconds: null,
  participants: ['user:林悦', 'agent:planner', 'agent:travel'],
  steps: [
    lin.ask(
      planner,
      '12 月 1 日（周二）我和刘洋去上海拜访客户，12 月 3 日（周四）晚上回北京。两个人，预算 6000 元以内，帮我安排高铁和酒店，客户在静安寺附近。',
    ),
    planner.start('T-1001', '拆分上海出差的安排'),
    note('budget_cny', float(BUDGET)),
    note('travellers', ['林悦', '刘洋']),
    planner.say(
      '收到。我分三步走：先查往返高铁，再按差旅标准选静安寺附近的酒店，最后合并下单。高铁和酒店交给 Travel，标准请财务核对。',
      {
        thinking: '两个人、两晚、往返。先确认余票，因为周四晚高峰票紧张；酒店要先知道住宿标准。',
      },
    ),
    planner.say('请查 12 月 1 日上午北京南到上海虹桥、12 月 3 日 18 点以后返程的二等座，两张连座。', { to: travel }),
    planner.done(),
    travel.start('T-1002', '查往返高铁余票'),
    travel.call(
      'search_trains',
      { origin: '北京南', destination: '上海虹桥', date: '2026-12-01', depart_after: '09:00', seats: TRAVELLERS },
      [
        { train: 'G1', depart: '09:00', arrive: '13:28', second_class_cny: float(662), left: 0 },
        { train: 'G7', depart: '10:00', arrive: '14:35', second_class_cny: float(SECOND_CLASS), left: 41 },
        { train: 'G121', depart: '10:20', arrive: '16:11', second_class_cny: float(538), left: 116 },
      ],
      { text: '先看去程。', seconds: 1.9 },
    ),
    travel.call(
      'search_trains',
      { origin: '上海虹桥', destination: '北京南', date: '2026-12-03', depart_after: '18:00', seats: TRAVELLERS },
      [
        { train: 'G24', depart: '18:00', arrive: '22:35', second_class_cny: float(SECOND_CLASS), left: 3 },
        { train: 'G26', depart: '19:00', arrive: '23:18', second_class_cny: float(SECOND_CLASS), left: 27 },
      ],
      { seconds: 2.2 },
    ),
    travel.say(
      `去程建议 G7（10:00–14:35，二等座 ${SECOND_CLASS} 元，余 41 张）；返程 G24 只剩 3 张，G26 19:00 开，余 27 张。两人往返合计 ${TRAINS} 元。`,
    ),
    lin.ask(travel, '去程 G7 可以。返程客户会可能开到 17:30，从静安寺到虹桥来得及赶 18:00 那班吗？'),
    travel.call(
      'estimate_route',
      { origin: '静安寺', destination: '上海虹桥站', depart: '2026-12-03T17:30:00+08:00', mode: ['metro', 'taxi'] },
      {
        metro: { minutes: 34, line: '2 号线', fare_cny: float(5) },
        taxi: { minutes: 52, fare_cny: float(68.5), note: '晚高峰' },
      },
    ),
    travel.say(
      '地铁 2 号线直达 34 分钟，加上进站安检，17:30 出发赶 18:00 的车来不及。建议改 G26，19:00 开，时间宽裕。',
      {
        thinking: '17:30 + 34 分钟 = 18:04，已经超过 G24 的发车时间。',
      },
    ),
    lin.ask(travel, '那就 G26。酒店呢？最好走路能到客户那里。'),
    travel.say('财务同事，请确认运营部主管级别在上海的住宿标准。', { to: finance }),
    travel.done(),
    finance.start('T-1003', '核对上海住宿标准'),
    finance.call(
      'lookup_policy',
      { policy: 'travel-2026', city: '上海', grade: 'M2' },
      {
        city_tier: 1,
        hotel_cap_cny: float(500),
        meal_allowance_cny: float(120),
        train_class: '二等座',
        valid_from: '2026-01-01',
      },
    ),
    finance.say(
      '标准：上海属一类城市，住宿每人每晚上限 500 元，含税；高铁二等座；餐补每天 120 元。超标部分需部门负责人事前批准。',
      { to: travel },
    ),
    finance.done(),
    travel.start('T-1004', '选静安寺附近的酒店'),
    travel.call(
      'search_hotels',
      {
        city: '上海',
        near: '静安寺',
        check_in: '2026-12-01',
        check_out: '2026-12-03',
        rooms: TRAVELLERS,
        max_price_cny: float(500),
      },
      [
        { name: '静安云栖酒店', distance_m: 620, price_cny: float(HOTEL_NIGHT), rating: 4.7, breakfast: true },
        { name: '南京西路轻居', distance_m: 950, price_cny: float(412), rating: 4.3, breakfast: false },
        { name: '愚园路里弄酒店', distance_m: 480, price_cny: float(536), rating: 4.8, breakfast: true },
      ],
      { seconds: 3.1 },
    ),
    travel.say(
      `标准内推荐静安云栖酒店：步行约 620 米，每晚 ${HOTEL_NIGHT} 元含早，评分 4.7。愚园路里弄酒店更近，但 536 元超标。两间两晚 ${HOTEL} 元。`,
    ),
    lin.ask(travel, '静安云栖，两间大床房。需要可以开增值税专用发票的。'),
    travel.call(
      'check_hotel',
      { hotel: '静安云栖酒店', room: '大床房', rooms: TRAVELLERS, invoice: '增值税专用发票' },
      { available: true, invoice_supported: true, tax_rate: 0.06, free_cancel_until: '2026-11-30T18:00:00+08:00' },
    ),
    travel.say('有房，可开 6% 专票，11 月 30 日 18:00 前免费取消。我把高铁和酒店合并成一张订单，请确认后付款。'),
    lin.ask(travel, '确认，下单吧。'),
    travel.call(
      'create_order',
      {
        passengers: ['林悦', '刘洋'],
        trains: [
          { train: 'G7', date: '2026-12-01', seat: '二等座' },
          { train: 'G26', date: '2026-12-03', seat: '二等座' },
        ],
        hotel: { name: '静安云栖酒店', rooms: TRAVELLERS, nights: NIGHTS },
      },
      {
        order_no: ORDER_NO,
        status: 'unpaid',
        amount_cny: cents(TRAINS + HOTEL),
        pay_before: '2026-11-20T16:49:00+08:00',
      },
      { seconds: 4.4 },
    ),
    note('order_no', ORDER_NO),
    travel.call(
      'pay_order',
      { order_no: ORDER_NO, account: 'corp-travel', amount_cny: cents(TRAINS + HOTEL) },
      {
        order_no: ORDER_NO,
        status: 'paid',
        paid_at: '2026-11-20T16:19:58+08:00',
        seats: { G7: ['05 车 12A', '05 车 12B'], G26: ['08 车 03D', '08 车 03F'] },
      },
      { seconds: 5.7 },
    ),
    travel.say(
      `已出票：G7 05 车 12A、12B；G26 08 车 03D、03F。酒店两间已确认。实付 ${TRAINS + HOTEL} 元，订单号 ${ORDER_NO}。`,
    ),
    travel.done(),
    note('paid_cny', cents(TRAINS + HOTEL)),
    lin.ask(finance, '财务这边：这笔从差旅公户付的，发票抬头用北京公司那个对吧？'),
    finance.start('T-1005', '核对发票抬头和预算'),
    finance.call(
      'get_invoice_title',
      { entity: '北京' },
      { title: '北京澄观科技有限公司', tax_id: '91110108MA00ABCD12', bank: '城商银行中关村支行' },
    ),
    finance.call(
      'check_budget',
      { cost_center: 'OPS-01', month: '2026-12', amount_cny: cents(TOTAL) },
      { limit_cny: float(20000), committed_cny: cents(7318.5), after_cny: cents(7318.5 + TOTAL), ok: true },
    ),
    finance.say(
      `对，抬头是北京澄观科技有限公司。加上市内交通 ${LOCAL_TRANSPORT} 元，整趟约 ${TOTAL} 元，低于你给的 ${BUDGET} 元，运营部 12 月预算也够。`,
    ),
    finance.done(),
    note('total_cny', cents(TOTAL)),
    wait(6),
    lin.ask(travel, '刘洋说他想坐靠窗，12A 给他。另外帮忙看看 12 月 1 日上海天气。'),
    travel.start('T-1006', '换座、天气和晚餐'),
    travel.call(
      'swap_seats',
      { order_no: ORDER_NO, train: 'G7', seats: { 刘洋: '12A', 林悦: '12B' } },
      { ok: true, fee_cny: float(0) },
    ),
    travel.call('get_weather', { city: '上海', from: '2026-12-01', days: 3 }, [
      { date: '2026-12-01', text: '小雨', low_c: 7.5, high_c: 12 },
      { date: '2026-12-02', text: '阴', low_c: 6, high_c: 11.5 },
      { date: '2026-12-03', text: '多云', low_c: 5, high_c: 13 },
    ]),
    travel.say('座位已换，无手续费。12 月 1 日小雨，7.5–12 ℃，带伞；后两天转好。'),
    lin.ask(travel, '最后一件：2 日晚上请客户吃饭，8 个人，人均 200 元左右，要包间。'),
    travel.call(
      'search_restaurants',
      {
        near: '静安寺',
        date: '2026-12-02',
        time: '18:30',
        people: 8,
        price_per_person_cny: float(200),
        private_room: true,
      },
      [
        { name: '苏浙小馆（愚园路店）', price_cny: float(186), room: '8–10 人包间', min_spend_cny: float(1500) },
        { name: '静安本帮菜', price_cny: float(215), room: '10 人包间', min_spend_cny: float(2000) },
      ],
    ),
    travel.say(
      '两家有包间：苏浙小馆人均 186 元、最低消费 1500 元；静安本帮菜人均 215 元、最低消费 2000 元。你选好我就订。',
    ),
  ],
};
