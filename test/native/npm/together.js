// The part of Node.js in test/native/together.
//
//     node together.js count NAME ROUNDS         counts up beside the others
//     node together.js check NAME=ROUNDS ...     looks at what all have left
'use strict'
const assert = require('assert')
const fdb = require('foundationdb')

fdb.setAPIVersion(720)
const all = fdb.open()
// Who waits long after a conflict leaves the field to one.
all.setNativeOptions({ transaction_max_retry_delay: 2 })
const db = all.at('together/').withKeyEncoding(fdb.encoders.string).withValueEncoding(fdb.encoders.string)

// Tells that it is ready, and waits until somebody gives the key a value.
async function waitForStart() {
  let watch = await db.getAndWatch('go')
  console.log('ready')
  while (watch.value === undefined) {
    await watch.promise
    watch = await db.getAndWatch('go')
  }
  watch.cancel()
}

// A count that every round reads and writes, and a row of a log whose key the commit decides.
async function count(name, rounds) {
  await waitForStart()
  for (let round = 0; round < rounds; round++) {
    await db.doTransaction(async tn => {
      const next = Number(await tn.get('count') ?? 0) + 1
      tn.set('count', String(next))
      tn.setVersionstampSuffixedKey('log/', `${next} ${name}`)
    })
  }
}

// Each commit has read what the one before has written, whoever that was: the log is in the order of the count.
async function check(expected) {
  const rounds = Object.fromEntries(expected.map(each => each.split('=')).map(([name, count]) => [name, Number(count)]))
  const rows = await db.getRangeAllStartsWith('log/')
  const found = {}
  rows.forEach(([, row], index) => {
    const [count, name] = row.split(' ')
    assert.strictEqual(Number(count), index + 1)
    found[name] = (found[name] ?? 0) + 1
  })
  assert.deepStrictEqual(found, rounds)
  const changes = rows.filter(([, row], index) => index > 0 && row.split(' ')[1] !== rows[index - 1][1].split(' ')[1])
  console.log(`${rows.length} commits of ${Object.keys(found).join(', ')}, with ${changes.length} changes between them`)
}

const [what, ...rest] = process.argv.slice(2)
const done = what === 'count' ? count(rest[0], Number(rest[1])) : check(rest)
done.then(() => process.exit(0), error => { console.error(error); process.exit(1) })
