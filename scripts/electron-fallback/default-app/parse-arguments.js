/**
 * Splits the command line of `electron` into the modules to preload and the app to run.
 *
 * Switches (`--inspect=0`, `--no-sandbox`, …) were already taken by Chromium and Node, so they are skipped. What stands
 * behind the app belongs to the app. `process.argv` itself stays as it is, like in a stock Electron.
 *
 * @param {readonly string[]} args the arguments behind the executable
 * @returns {{modules: string[], target: string | undefined}}
 */
export function parseArguments(args) {
  /** @type {string[]} */
  const modules = [];
  let nextIsModule = false;
  for (const arg of args) {
    if (nextIsModule) {
      modules.push(arg);
      nextIsModule = false;
    } else if (arg === '-r' || arg === '--require') {
      nextIsModule = true;
    } else if (arg === '--') {
      return { modules, target: undefined };
    } else if (!arg.startsWith('-')) {
      return { modules, target: arg };
    }
  }
  return { modules, target: undefined };
}
