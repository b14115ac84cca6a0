'use strict'
const assert = require('assert')
const { fdb, all, db, codeOf, begin } = require('./client')

const Option = fdb.TransactionOptionCode

describe('transactions', () => {
  it('that read what another one wrote are run again', async () => {
    let attempts = 0
    await db.set('a', 'old')
    await db.doTransaction(async tn => {
      attempts++
      const value = await tn.get('a')
      if (attempts === 1) await db.set('a', 'new')
      tn.set('b', value)
    })
    assert.strictEqual(attempts, 2)
    assert.strictEqual(await db.get('b'), 'new')
  })

  it('lose no update, however many there are at once', async () => {
    await db.set('n', '0')
    const increment = () => db.doTransaction(async tn => tn.set('n', String(1 + Number(await tn.get('n')))))
    await Promise.all(Array.from({ length: 40 }, increment))
    assert.strictEqual(await db.get('n'), '40')
  })

  it('are isolated: one of two that read what the other writes fails', async () => {
    const [left, right] = [begin(), begin()]
    await Promise.all([left.get('b'), right.get('a')])
    left.set('a', 'left')
    right.set('b', 'right')
    await left.rawCommit()
    assert.strictEqual(await codeOf(right.rawCommit()), 1020)
    await right.rawOnError(1020)
    assert.strictEqual(await right.get('a'), 'left')
  })

  it('read snapshots that conflict with nothing', async () => {
    const tn = begin()
    await tn.snapshot().get('a')
    tn.set('b', 'x')
    await db.set('a', 'new')
    await tn.rawCommit()
  })

  it('conflict where they say so, and do not where they say so', async () => {
    const reader = begin()
    await reader.getReadVersion()
    reader.addReadConflictRange('a', 'b')
    reader.addReadConflictKey('x')
    reader.set('own', '')
    const writer = begin()
    writer.addWriteConflictKey('x')
    await writer.rawCommit()
    assert.strictEqual(await codeOf(reader.rawCommit()), 1020)

    const other = begin()
    await other.get('y')
    other.set('own', '')
    await db.doTransaction(async tn => {
      tn.setOption(Option.NextWriteNoWriteConflictRange)
      tn.set('y', 'unseen')
    })
    await other.rawCommit()
  })

  it('are cancelled, reset, and used again', async () => {
    const tn = begin()
    tn.set('a', 'never')
    tn.rawCancel()
    assert.strictEqual(await codeOf(tn.get('a')), 1025)
    assert.strictEqual(await codeOf(tn.rawCommit()), 1025)
    tn.rawReset()
    assert.strictEqual(await tn.get('a'), undefined)
  })

  it('end after their timeout and their retries', async () => {
    const late = begin({ timeout: 1 })
    await new Promise(resolve => setTimeout(resolve, 20))
    assert.strictEqual(await codeOf(late.get('a')), 1031)
    let attempts = 0
    assert.strictEqual(await codeOf(db.doTransaction(async tn => {
      attempts++
      await tn.get('a')
      await db.set('a', `${attempts}`)
      tn.set('b', '')
    }, { retry_limit: 2 })), 1020)
    assert.strictEqual(attempts, 3)
  })

  it('know their versions', async () => {
    const tn = begin()
    const version = await tn.getReadVersion()
    tn.set('a', 'x')
    await tn.rawCommit()
    assert(Buffer.compare(tn.getCommittedVersion(), version) > 0)
    const old = begin()
    old.setReadVersion(version)
    assert.strictEqual(await old.get('a'), undefined)
  })

  it('know their size, and have a limit', async () => {
    const tn = begin({ size_limit: 1000 })
    const empty = await tn.getApproximateSize()
    tn.set('a', 'x'.repeat(2000))
    assert(await tn.getApproximateSize() > empty + 2000)
    assert.strictEqual(await codeOf(tn.rawCommit()), 2101)
  })

  it('are not run again after an error of the program', async () => {
    let attempts = 0
    await assert.rejects(db.doTransaction(async tn => {
      attempts++
      tn.set('a', 'never')
      throw new Error('of the program')
    }), /of the program/)
    assert.strictEqual(attempts, 1)
    assert.strictEqual(await db.get('a'), undefined)
  })

  it('fail with what is wrong, and say it', async () => {
    const error = await all.set(Buffer.from([0xff, 0x01]), '').catch(error => error)
    assert.strictEqual(error.code, 2004)
    assert(error.message.length > 10)
    assert.throws(() => begin().setOption(99999), error => error.code === 2007)
  })

  it('run by the thousand', async () => {
    const names = Array.from({ length: 2000 }, (_, i) => `many${i}`)
    await Promise.all(names.map(name => db.set(name, name)))
    const values = await Promise.all(names.map(name => db.get(name)))
    assert.deepStrictEqual(values, names)
  })
})
