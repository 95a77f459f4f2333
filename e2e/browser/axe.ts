import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright/test'

/**
 * What axe finds wrong with a page, or with a part of it: a line a rule, with the places. It is asked for that alone, for
 * to name every element with which all is well takes its time, too; and in its old way, which looks into no frames of
 * other origins, of which our pages have none. Together that is a quarter of what it takes otherwise.
 */
export async function findings(page: Page, part = 'html', impacts?: readonly string[]): Promise<string[]> {
  const axe = new AxeBuilder({ page })
    .include(part)
    .options({ resultTypes: ['violations'] })
    .setLegacyMode()
  const { violations } = await axe.analyze()
  return violations
    .filter(({ impact }) => !impacts || impacts.includes(impact ?? ''))
    .map(({ id, impact, nodes }) => `${impact}: ${id} at ${nodes.map(({ target }) => target).join(', ')}`)
}

/** The same, without what is a matter of style. */
export const seriousFindings = (page: Page, part?: string) => findings(page, part, ['serious', 'critical'])
