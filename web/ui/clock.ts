/**
 * The page's one clock: ms since 1970 with fractions, monotonic while the page lives. Browsers let it step by 0.1 ms
 * (https://developer.mozilla.org/docs/Web/API/Performance/now#security_requirements), so nothing finer is ever shown.
 */
export const now = (): number => performance.timeOrigin + performance.now()
