/** The names that scripts use for the fleet's agents and people. */
import { actor, person } from '../script.ts';

export const planner = actor('planner');
export const researcher = actor('researcher');
export const coder = actor('coder');
export const reviewer = actor('reviewer');
export const travel = actor('travel');
export const analyst = actor('analyst');
export const translator = actor('翻译');
export const finance = actor('财务');
export const hr = actor('人事');
export const oncall = actor('oncall');
export const monitor = actor('monitor');
export const librarian = actor('librarian');

export const lin = person('林悦');
export const wang = person('王强');
export const he = person('何静');
export const tom = person('tom');
export const priya = person('priya');
export const ana = person('ana');
export const marta = person('marta');
export const jonas = person('jonas');
