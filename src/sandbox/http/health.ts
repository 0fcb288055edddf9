import { bestOffer } from './accept.js'
import type { Exchange, Reply } from './exchange.js'

const BODIES = {
  'text/plain': (reasons: readonly string[]) => reasons.join('\n'),
  'text/html': (reasons: readonly string[]) => `<HTML>
<HEAD><TITLE>Healthcheck Status</TITLE></HEAD>
<BODY>

<H2>Result of ${reasons.length} checks:</H2>
<TABLE bgcolor="#ffffff" border="1">
<TBODY>
<TR>

<TH>
Reason
</TH>
</TR>
${reasons.map((reason) => `<TR>\n\n    <TD>${reason}</TD>\n\n</TR>`).join('\n')}
</TBODY>
</TABLE>
<HR></HR>

</BODY>
</HTML>`,
  'application/json': (reasons: readonly string[]) => JSON.stringify({ detailed: false, reasons }, null, 4),
}

type Format = keyof typeof BODIES

/**
 * The answer of /healthcheck, which load balancers use: the service is healthy.
 *
 * @param reasons the result of each of the service's checks.
 */
export function healthReply({ method, headers }: Exchange, reasons: readonly string[]): Reply {
  if (method === 'HEAD') return { status: 204, reason: 'No Content', headers: { 'Content-Length': '0' }, body: '' }
  const formats = Object.keys(BODIES) as Format[]
  const format = (headers.accept === undefined ? formats[0] : bestOffer(headers.accept, formats)) ?? 'text/plain'
  const type = format === 'application/json' ? format : `${format}; charset=UTF-8`
  return { status: 200, reason: 'OK', headers: { 'Content-Type': type }, body: BODIES[format](reasons) }
}
