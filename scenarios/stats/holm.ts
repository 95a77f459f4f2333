/**
 * Who asks twenty questions at 5 % gets a yes by chance about once. Holm's step-down correction (Scandinavian
 * Journal of Statistics 6, 1979) keeps the chance of even one false yes among all at 5 %, and assumes nothing
 * of how the questions hang together: the least p is multiplied by their number, the next by one less, and so
 * on; none may come out below one before it, nor above 1. The answers stand in the order of the questions.
 */
export function holm(ps: readonly number[]): number[] {
  const rising = ps.map((p, index) => ({ p, index })).sort((one, other) => one.p - other.p)
  const corrected = new Array<number>(ps.length)
  let floor = 0
  rising.forEach(({ p, index }, rank) => {
    floor = Math.min(1, Math.max(floor, p * (ps.length - rank)))
    corrected[index] = floor
  })
  return corrected
}
