/** Random, without `crypto.randomUUID`, which a LAN address over http does not have. */
export const randomName = (): string =>
  Array.from(crypto.getRandomValues(new Uint32Array(2)), (part) => part.toString(36)).join('')
