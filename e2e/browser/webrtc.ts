import config from '../playwright.config.ts'

const { args = [], ...launch } = config.use?.launchOptions ?? {}

/**
 * What lets two pages of one Chromium find each other wherever the tests run. By itself Chromium leaves loopback out, which
 * may be all the network there is, and hides addresses behind mDNS names, for which a container may have no multicast. The
 * flag brings loopback in; a page that may use the microphone is shown addresses as they are (RFC 8828 §5.2, mode 1). No page of ours
 * asks for one.
 */
export const webrtc = {
  launchOptions: { ...launch, args: [...args, '--allow-loopback-in-peer-connection'] },
  permissions: ['microphone'],
}
