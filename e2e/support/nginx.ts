import { spawn } from 'node:child_process'
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { freePorts } from './ports.ts'
import { until } from './until.ts'
import { ask, request } from './wire.ts'

/** Where nginx is; it often stands where only an administrator's PATH leads. */
export function findNginx(): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/sbin']
  return folders
    .map((folder) => join(folder, 'nginx'))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
}

/** nginx in front of a server on this port; all but `proxy_pass` is as it comes, unless more is said of the location. */
export async function startNginx(
  nginx: string,
  upstream: number,
  more = '',
): Promise<{ url: string; port: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'wireside-nginx-'))
  const [port = 0] = await freePorts(1)
  // Places of its own, so that it needs no rights.
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join(' ')
  const file = join(folder, 'nginx.conf')
  writeFileSync(
    file,
    `daemon off; pid ${folder}/pid; error_log ${folder}/error.log; events {}
    http { access_log off; ${places}
      server { listen 127.0.0.1:${port}; location / { proxy_pass http://127.0.0.1:${upstream}; ${more} } } }`,
  )
  const child = spawn(nginx, ['-p', folder, '-e', join(folder, 'error.log'), '-c', file], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const ended = new Promise((resolve) => child.once('close', resolve))
  onTestFinished(async () => {
    child.kill('SIGTERM')
    await ended
    rmSync(folder, { recursive: true })
  })
  await until('nginx answers', async () => (await ask(port, request('GET', '/health'))).status === 200)
  return { url: `http://127.0.0.1:${port}`, port }
}
