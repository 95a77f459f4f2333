import { scenario } from '../define.ts'

export const schoolFirewall = scenario({
  name: 'school-firewall',
  title: 'School firewall',
  question: 'Which transports get through where WebSocket is blocked?',
  about:
    'A firewall answers every request for an upgrade with 403. Plain HTTP passes, so polls and events ' +
    'should not notice. A WebSocket has no other way. Socket.IO begins with polling and only then asks ' +
    'for an upgrade: look at whether it delivers, and at its requests a delivery beside those of long ' +
    'polling, which is what it is then.',
  readers: 5,
  traffic: { rate: 2, arrivals: 'poisson', payload: 'conversation' },
  conditions: 'school-firewall',
  warmUp: 1,
  seconds: 8,
  repeat: 2,
})
