/** Who is in the fleet. */
import type { AgentProfile, UserProfile } from './model.ts';

export const AGENTS: readonly AgentProfile[] = [
  { id: 'planner', name: 'Planner', toolGroups: ['basic', 'planning'], baseMemoryMb: 412, home: 'store' },
  { id: 'researcher', name: 'Researcher', toolGroups: ['basic', 'web', 'papers'], baseMemoryMb: 538, home: 'store' },
  { id: 'coder', name: 'Coder', toolGroups: ['basic', 'files', 'git', 'shell'], baseMemoryMb: 604, home: 'store' },
  { id: 'reviewer', name: 'Reviewer', toolGroups: ['basic', 'files', 'git'], baseMemoryMb: 447, home: 'store' },
  { id: 'travel', name: 'Travel', toolGroups: ['basic', 'booking', 'maps'], baseMemoryMb: 389, home: 'store' },
  { id: 'analyst', name: 'Analyst', toolGroups: ['basic', 'sql', 'charts'], baseMemoryMb: 721, home: 'store' },
  { id: '翻译', name: '翻译', toolGroups: ['basic', 'glossary'], baseMemoryMb: 365, home: 'store' },
  { id: '财务', name: '财务', toolGroups: ['basic', 'invoices', 'policy'], baseMemoryMb: 431, home: 'database' },
  { id: '人事', name: '人事', toolGroups: ['basic', 'directory', 'calendar'], baseMemoryMb: 358, home: 'database' },
  { id: 'oncall', name: 'Oncall', toolGroups: ['basic', 'shell', 'paging'], baseMemoryMb: 476, home: 'database' },
  { id: 'monitor', name: 'Monitor', toolGroups: ['basic', 'metrics'], baseMemoryMb: 329, home: 'database' },
  {
    id: 'librarian',
    name: 'Librarian',
    toolGroups: ['basic', 'papers', 'archive'],
    baseMemoryMb: 402,
    home: 'database',
  },
];

export const USERS: readonly UserProfile[] = [
  { id: '林悦', displayName: '林悦', title: '运营主管', locale: 'zh-CN', timezone: 'Asia/Shanghai' },
  { id: '王强', displayName: '王强', title: '财务经理', locale: 'zh-CN', timezone: 'Asia/Shanghai' },
  { id: '何静', displayName: '何静', title: '人力资源专员', locale: 'zh-CN', timezone: 'Asia/Shanghai' },
  { id: 'tom', displayName: 'Tom Becker', title: 'Software engineer', locale: 'en', timezone: 'Europe/Berlin' },
  { id: 'priya', displayName: 'Priya Nair', title: 'Head of operations', locale: 'en', timezone: 'Asia/Kolkata' },
  { id: 'ana', displayName: 'Ana Costa', title: 'Product documentation', locale: 'en', timezone: 'Europe/Lisbon' },
  { id: 'marta', displayName: 'Marta Ruiz', title: 'Sales director', locale: 'en', timezone: 'Europe/Madrid' },
  { id: 'jonas', displayName: 'Jonas Lind', title: 'Research lead', locale: 'en', timezone: 'Europe/Stockholm' },
];
