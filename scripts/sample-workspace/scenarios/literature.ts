/** A literature search on the memory of agents. Its last tool call is never answered: the fault is planted here. */
import type { Scenario, Step } from '../model.ts';
import { note, pause, wait } from '../script.ts';
import { jonas, librarian, researcher } from './cast.ts';

interface Paper {
  readonly arxiv: string;
  readonly title: string;
  readonly year: number;
  readonly finding: string;
}

const MEMORY_PAPERS: readonly Paper[] = [
  {
    arxiv: '2304.03442',
    title: 'Generative Agents: Interactive Simulacra of Human Behavior',
    year: 2023,
    finding:
      'A memory stream with retrieval by recency, importance and relevance, and periodic reflection, drives 25 agents in a small town.',
  },
  {
    arxiv: '2303.11366',
    title: 'Reflexion: Language Agents with Verbal Reinforcement Learning',
    year: 2023,
    finding: 'Agents keep verbal self-reflections in an episodic buffer and use them in the next trial.',
  },
  {
    arxiv: '2305.10250',
    title: 'MemoryBank: Enhancing Large Language Models with Long-Term Memory',
    year: 2023,
    finding: 'Long-term memory with updates after the Ebbinghaus forgetting curve.',
  },
  {
    arxiv: '2310.08560',
    title: 'MemGPT: Towards LLMs as Operating Systems',
    year: 2023,
    finding: 'Virtual context management: the model pages between main and external context by calling functions.',
  },
  {
    arxiv: '2502.12110',
    title: 'A-MEM: Agentic Memory for LLM Agents',
    year: 2025,
    finding: 'Notes linked in the manner of a Zettelkasten; new notes can change the old ones.',
  },
];

const BENCHMARKS: readonly Paper[] = [
  {
    arxiv: '2402.17753',
    title: 'Evaluating Very Long-Term Conversational Memory of LLM Agents',
    year: 2024,
    finding: 'LoCoMo: conversations of up to 35 sessions; long-context models and retrieval both lag behind people.',
  },
  {
    arxiv: '2410.10813',
    title: 'LongMemEval: Benchmarking Chat Assistants on Long-Term Interactive Memory',
    year: 2024,
    finding: '500 questions over five abilities, among them knowledge updates and abstention.',
  },
];

const TO_READ: Paper = {
  arxiv: '2405.14831',
  title: 'HippoRAG: Neurobiologically Inspired Long-Term Memory for Large Language Models',
  year: 2024,
  finding: 'A knowledge graph and personalised PageRank for multi-hop questions.',
};

function listed(paper: Paper): { arxiv: string; title: string; year: number } {
  return { arxiv: paper.arxiv, title: paper.title, year: paper.year };
}

function read(paper: Paper): Step {
  return researcher.call('fetch_abstract', { arxiv: paper.arxiv }, { ...listed(paper), finding: paper.finding });
}

export const literature: Scenario = {
  id: 'literature-agent-memory',
  title: 'Literature: long-term memory of agents',
  language: 'en',
  topics: ['literature', 'agent memory', 'retrieval', 'benchmarks'],
  summary:
    'Five memory designs and two benchmarks read. The search stopped when the full text of HippoRAG did not arrive.',
  opensAt: 17,
  expiresInSeconds: null,
  participants: ['user:jonas', 'agent:researcher', 'agent:librarian'],
  steps: [
    jonas.ask(
      researcher,
      'I want to know what is established about long-term memory for LLM agents: designs and how they are evaluated. Ten papers at most, two lines each, and what they do not answer.',
    ),
    researcher.start('T-7001', 'Search for memory designs'),
    researcher.say(
      'I start with designs (streams, reflection, paging, linked notes), then benchmarks, then the gaps. Only what I have read at least in abstract goes on the list.',
    ),
    researcher.call(
      'search_papers',
      { query: 'long-term memory LLM agents', from_year: 2023, max_results: 25 },
      { total: 318, returned: 25, top: MEMORY_PAPERS.map(listed) },
      { seconds: 3.6 },
    ),
    ...MEMORY_PAPERS.map(read),
    researcher.say(
      'Five designs so far. They differ in what decides that something is kept: Generative Agents and MemoryBank score it, Reflexion writes a lesson after a failure, MemGPT lets the model decide, A-MEM links and rewrites notes.',
      {
        thinking: 'The common weakness: none of them says what happens to derived memories when the source was wrong.',
      },
    ),
    researcher.done(),
    jonas.ask(researcher, 'Useful axis. Which of them were compared with each other on the same data?'),
    researcher.start('T-7002', 'Find shared benchmarks'),
    researcher.say(
      'Librarian, do we hold benchmarks for conversational memory in the archive, with licences that allow internal runs?',
      { to: librarian },
    ),
    librarian.start('T-7003', 'Look for memory benchmarks in the archive'),
    librarian.call(
      'search_archive',
      { collection: 'benchmarks', query: 'conversation memory', licence: ['CC-BY', 'MIT', 'Apache-2.0', 'CC-BY-NC'] },
      {
        found: 2,
        items: [
          { arxiv: '2402.17753', local: 'bench/locomo', licence: 'CC-BY-NC' },
          { arxiv: '2410.10813', local: 'bench/longmemeval', licence: 'MIT' },
        ],
      },
    ),
    librarian.say(
      'Two: LoCoMo (CC-BY-NC, internal research is fine) and LongMemEval (MIT). Both are on the shelf under bench/.',
      { to: researcher },
    ),
    librarian.done(),
    ...BENCHMARKS.map(read),
    researcher.call(
      'cross_reference',
      { designs: MEMORY_PAPERS.map((paper) => paper.arxiv), benchmarks: BENCHMARKS.map((paper) => paper.arxiv) },
      { pairs: 10, reported_by_authors: 1, reported_by_others: 3, details: { '2502.12110': ['2402.17753'] } },
      { seconds: 2.9 },
    ),
    researcher.say(
      'Of ten possible pairs only four have published numbers, and one of those four comes from the authors themselves: A-MEM on LoCoMo. So there is no common ground on which the five were compared.',
    ),
    researcher.done(),
    note(
      'papers_read',
      [...MEMORY_PAPERS, ...BENCHMARKS].map((paper) => paper.arxiv),
    ),
    jonas.ask(
      researcher,
      'That is the gap I suspected. Is there retrieval work that is not about agents but should be on the list?',
    ),
    researcher.start('T-7004', 'Look at neighbouring retrieval work'),
    researcher.call(
      'search_papers',
      { query: 'knowledge graph long-term memory retrieval multi-hop', from_year: 2024, max_results: 10 },
      { total: 64, returned: 10, top: [listed(TO_READ)] },
      { seconds: 2.8 },
    ),
    researcher.call('fetch_abstract', { arxiv: TO_READ.arxiv }, { ...listed(TO_READ), finding: TO_READ.finding }),
    researcher.say(
      'HippoRAG (2405.14831) belongs on it: a graph plus personalised PageRank for multi-hop questions. For two lines I want the ablation, which is not in the abstract.',
    ),
    researcher.done(),
    jonas.ask(researcher, 'Please read it in full then. I care about the cost of building the graph.'),
    researcher.start('T-7005', 'Read HippoRAG in full'),
    librarian.start('T-7006', 'Provide full texts'),
    librarian.call(
      'check_shelf',
      { arxiv: TO_READ.arxiv },
      { held: false, mirror: 'https://papers.example.org/pdf/2405.14831' },
    ),
    librarian.say('Not on our shelf; the mirror has it. Large file, the mirror is slow today.', { to: researcher }),
    librarian.done(),
    librarian.becomes('offline'),
    researcher.callInVain(
      'fetch_pdf',
      { arxiv: TO_READ.arxiv, source: 'https://papers.example.org/pdf/2405.14831', max_bytes: 20_000_000 },
      {
        text: 'Fetching the full text from the mirror.',
        thinking: 'Section 5 should hold the ablation and the indexing cost.',
      },
    ),
    wait(12),
    jonas.ask(researcher, 'Any news? I have to leave in half an hour.'),
    researcher.fail(),
    researcher.becomes('error'),
    jonas.ask(researcher, 'Hello? Let us go on next week then. Please keep everything.'),
    pause('fetch_pdf did not answer within 12 minutes'),
  ],
};
