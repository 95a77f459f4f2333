/**
 * Whether something on the way refuses WebSockets. A page sees only close code 1006, whatever the reason (RFC 6455
 * §7.1.5; the Fetch standard hides the answer on purpose), so this is inferred: handshakes fail again and again, and
 * after each of them a plain HTTP request to the same place is answered.
 */
export function createUpgradeWatch() {
  /** Failed handshakes after which plain HTTP was answered. */
  let proofs = 0
  let failedAt: number | undefined

  return {
    handshakeFailed(at: number): void {
      failedAt = at
    },

    /** A plain request that was made at `askedAt` was answered. */
    httpAnswered(askedAt: number): void {
      if (failedAt === undefined || askedAt < failedAt) return
      proofs += 1
      failedAt = undefined
    },

    /** A WebSocket opened, or the network is another one: nothing is known. */
    clear(): void {
      proofs = 0
      failedAt = undefined
    },

    /** Once could be chance: a cut just then. */
    get refused(): boolean {
      return proofs >= 2
    },
  }
}

export const REFUSED =
  'Plain HTTP works here, the upgrade does not: something on the way refuses WebSockets. Inferred: a page sees only ' +
  'close code 1006.'
