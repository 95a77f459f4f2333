import { scenario } from '../define.ts'

export const wifiDrop = scenario({
  name: 'wifi-drop',
  title: 'Wi-Fi drop',
  question: 'What do readers miss when their Wi-Fi is gone for five seconds?',
  about:
    'Ten people read a room over home Wi-Fi in which five lines a second are written. After two seconds ' +
    'their connections are reset, and new ones are for five seconds; the others write on. Every reader ' +
    'comes back with its cursor after a pause of chance, and asks for what it missed. Look at lost and ' +
    'duplicated first, which should be 0, then at the time to be back, then at p99: what was written ' +
    'meanwhile is as late as its reader was away.',
  readers: 10,
  publishers: 2,
  traffic: { rate: 5, arrivals: 'poisson', payload: 'conversation' },
  conditions: 'home-wifi',
  faults: [{ at: 2, do: 'cut', how: 'rst', seconds: 5 }],
  warmUp: 1,
  seconds: 14,
  repeat: 2,
})
