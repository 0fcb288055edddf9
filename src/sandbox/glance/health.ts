import type { Exchange, Reply } from '../exchange.js'
import { bestOffer } from './accept.js'

const BODIES = {
  'text/plain': 'OK',
  'text/html': `<HTML>
<HEAD><TITLE>Healthcheck Status</TITLE></HEAD>
<BODY>

<H2>Result of 1 checks:</H2>
<TABLE bgcolor="#ffffff" border="1">
<TBODY>
<TR>

<TH>
Reason
</TH>
</TR>
<TR>

    <TD>OK</TD>

</TR>
</TBODY>
</TABLE>
<HR></HR>

</BODY>
</HTML>`,
  'application/json': JSON.stringify({ detailed: false, reasons: ['OK'] }, null, 4),
}

type Format = keyof typeof BODIES

/** /healthcheck, for load balancers: the service is well. */
export function healthReply({ method, headers }: Exchange): Reply {
  if (method === 'HEAD') return { status: 204, reason: 'No Content', headers: { 'Content-Length': '0' }, body: '' }
  const formats = Object.keys(BODIES) as Format[]
  const format = (headers.accept === undefined ? formats[0] : bestOffer(headers.accept, formats)) ?? 'text/plain'
  const type = format === 'application/json' ? format : `${format}; charset=UTF-8`
  return { status: 200, reason: 'OK', headers: { 'Content-Type': type }, body: BODIES[format] }
}
