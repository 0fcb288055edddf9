/**
 * The summary of the job, as Markdown. Messages may come from a server: they stand in a code block that they cannot end.
 */
export function summaryOf(command, { tasks, plan = '', errors, status, seconds }) {
  const rows = tasks.map((task) => {
    const image = task.image_id ?? task.result?.image_id
    return `| ${cell(task.status)} | ${code(task.id)} | ${image ? code(image) : ''} |\n`
  })
  const table = rows.length === 0 ? '' : `| status | task | image |\n| --- | --- | --- |\n${rows.join('')}\n`
  const messages = errors.flatMap(({ message, hint }) => [`error: ${message}`, ...(hint ? [`hint: ${hint}`] : [])])
  const time = seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  const result = status === 0 ? 'succeeded' : `failed with exit status ${status}`
  const text = [plan, ...messages].filter(Boolean).join('\n')
  return `### glance-tasks ${command} ${result} in ${time}\n\n${table}${text && block(text)}`
}

/** A table cell: nothing in it is Markdown or HTML. */
function cell(text) {
  return String(text).replace(/[^\w .-]/g, '')
}

function code(text) {
  return `\`${cell(text)}\``
}

function block(text) {
  const longest = (text.match(/`+/g) ?? []).reduce((most, { length }) => Math.max(most, length), 2)
  const fence = '`'.repeat(longest + 1)
  return `${fence}text\n${text}\n${fence}\n`
}
