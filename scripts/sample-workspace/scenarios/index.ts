/** The eight sessions of the sample, in the order in which they open. */
import type { Scenario } from '../model.ts';
import { audit } from './audit.ts';
import { bug } from './bug.ts';
import { incident } from './incident.ts';
import { literature } from './literature.ts';
import { onboarding } from './onboarding.ts';
import { report } from './report.ts';
import { translation } from './translation.ts';
import { trip } from './trip.ts';

export const SCENARIOS: readonly Scenario[] = [trip, bug, translation, report, incident, literature, audit, onboarding];
