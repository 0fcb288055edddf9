/** Shows an error in the log and in the summary of the run. The runner reads one command a line. */
export function annotate(message) {
  const text = message.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
  process.stderr.write(`::error title=glance-tasks::${text}\n`)
}
