/**
 * Waits for a condition, looked at every few milliseconds, and says what was awaited when it never comes. Tests wait
 * for what they mean, not for a time that is long enough on the machine they were written on.
 */
export async function until(
  what: string,
  condition: () => unknown | Promise<unknown>,
  seconds = 30,
): Promise<void> {
  const deadline = performance.now() + seconds * 1000
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Waited ${seconds} s in vain: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
