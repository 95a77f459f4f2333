/** Whether this page came over the loopback interface: then its server runs on the same machine, on the same clock. */
export const onLoopback = (): boolean =>
  /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(location.hostname)
