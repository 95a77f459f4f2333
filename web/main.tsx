import './ui/tokens.css'
import './ui/controls.css'
import './dashboard/dashboard.css'
import { computed } from '@preact/signals'
import { render } from 'preact'
import { io } from 'socket.io-client'
import { Dashboard } from './dashboard/dashboard.tsx'
import { createExperiment } from './dashboard/experiment.ts'
import { transports } from './transports/index.ts'
import { wearTheme } from './ui/theme.ts'

const experiment = createExperiment(transports, { fetch, WebSocket, io })
wearTheme(computed(() => experiment.settings.value.theme))

const page = document.getElementById('page')
if (page) render(<Dashboard experiment={experiment} />, page)
