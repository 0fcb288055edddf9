import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

const SCRIPT = `
import datetime, json, sqlite3, sys
state = sys.argv[1]
glance = sqlite3.connect(state + "/glance/glance.db", timeout=30, isolation_level=None)
keystone = sqlite3.connect(state + "/keystone/keystone.db", timeout=30)
owner = keystone.execute("select id from project where name = 'admin' and is_domain = 0").fetchone()[0]
for line in sys.stdin:
    task, status = json.loads(line)
    now = datetime.datetime.utcnow().isoformat(" ")
    glance.execute("insert or ignore into tasks(id,type,status,owner,created_at,updated_at,deleted) values(?,'import',?,?,?,?,0)",
                   (task, status, owner, now, now))
    glance.execute("insert or ignore into task_info(task_id,input,result,message) values(?,'{}',null,'')", (task,))
    glance.execute("update tasks set status = ?, updated_at = ? where id = ?", (status, now, task))
    print(task, flush=True)
`

/** Tasks that the test starts and ends: rows in the database of a real Glance, whose state is in this folder. */
export function taskRows(state: string) {
  const python = spawn('/usr/bin/python3', ['-c', SCRIPT, state], { stdio: ['pipe', 'pipe', 'inherit'] })
  const waiting: (() => void)[] = []
  createInterface({ input: python.stdout }).on('line', () => waiting.shift()?.())
  const write = (id: string, status: string) =>
    new Promise<void>((resolve) => {
      waiting.push(resolve)
      python.stdin.write(`${JSON.stringify([id, status])}\n`)
    })
  return {
    /** Creates a task that does not end. */
    async begin(): Promise<string> {
      const id = randomUUID()
      await write(id, 'processing')
      return id
    },
    end: (id: string, status: 'success' | 'failure') => write(id, status),
    async close() {
      python.stdin.end()
      await once(python, 'exit')
    },
  }
}
