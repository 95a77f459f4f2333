import type { Conditions } from './link.ts'

export type PresetName =
  | 'clear'
  | 'home-wifi'
  | '3g'
  | '200-ms-away'
  | 'corporate-proxy'
  | 'school-firewall'
  | 'sleepy-nat'

/** Conditions with a name. */
export interface Preset {
  name: PresetName
  title: string
  /** What it does, in a sentence. */
  about: string
  /** Where its figures come from. */
  origin: string
  conditions: Conditions
}

export const presets: readonly Preset[] = [
  {
    name: 'clear',
    title: 'Clear',
    about: 'Nothing is added: the bytes are passed on as they come.',
    origin: 'No figures.',
    conditions: {},
  },
  {
    name: 'home-wifi',
    title: 'Home Wi-Fi',
    about: 'A round trip takes 20 to 40 ms longer, at 20 Mbit/s.',
    origin: 'Chosen for a lesson.',
    conditions: { rtt: 20, jitter: 10, bandwidth: 2_500_000 },
  },
  {
    name: '3g',
    title: '3G',
    about: 'A round trip takes 300 ms longer and bytes come slowly.',
    origin:
      'WebPageTest’s profile “3G”: 300 ms and 1.6 Mbit/s down; its 768 kbit/s up are 1.6 Mbit/s here too. No jitter.',
    conditions: { rtt: 300, bandwidth: 200_000 },
  },
  {
    name: '200-ms-away',
    title: '200 ms away',
    about: 'A round trip takes 200 ms longer: another continent.',
    origin: 'Chosen for a lesson.',
    conditions: { rtt: 200 },
  },
  {
    name: 'corporate-proxy',
    title: 'Corporate proxy',
    about:
      'What the server says over HTTP is held until 4 kB wait, 2 s have passed or the response is whole.',
    origin:
      'nginx’s proxy_buffer_size as it comes, one memory page, for the bytes; 2 s and a round trip of 10 ms are chosen for a lesson.',
    conditions: { rtt: 10, buffer: { bytes: 4_096, ms: 2_000 } },
  },
  {
    name: 'school-firewall',
    title: 'School firewall',
    about: 'A request with Upgrade is answered 403, so there is no WebSocket.',
    origin: 'The round trip of 10 ms is chosen for a lesson.',
    conditions: { rtt: 10, refuseUpgrade: true },
  },
  {
    name: 'sleepy-nat',
    title: 'Sleepy NAT',
    about: 'A connection without a byte for 10 s is ended.',
    origin:
      'Chosen for a lesson. RFC 5382 (REQ-5) asks a NAT for at least 2 h 4 min; many are said to be much shorter.',
    conditions: { rtt: 10, idleCut: 10 },
  },
]
