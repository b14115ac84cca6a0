'use strict'
const assert = require('assert')
const { fdb, all, codeOf, number } = require('./client')

const db = all.at('atomic/')

describe('atomic operations', () => {
  it('add, and begin at nothing', async () => {
    await db.add('n', number(5))
    await db.add('n', number(-7))
    assert.deepStrictEqual(await db.get('n'), number(-2))
  })

  it('do not conflict with each other', async () => {
    await Promise.all(Array.from({ length: 50 }, () => db.add('n', number(1))))
    assert.deepStrictEqual(await db.get('n'), number(50))
  })

  it('combine bits and compare', async () => {
    const { MutationType } = fdb
    const cases = [
      [MutationType.BitAnd, [0b1100], [0b1010], [0b1000]],
      [MutationType.BitOr, [0b1100], [0b1010], [0b1110]],
      [MutationType.BitXor, [0b1100], [0b1010], [0b0110]],
      [MutationType.Max, [1, 0], [0, 1], [0, 1]],
      [MutationType.Min, [1, 0], [0, 1], [1, 0]],
      [MutationType.ByteMax, [1, 0], [0, 1], [1, 0]],
      [MutationType.ByteMin, [1, 0], [0, 1], [0, 1]],
      [MutationType.AppendIfFits, [1], [2, 3], [1, 2, 3]],
    ]
    for (const [type, before, operand, after] of cases) {
      await db.set('x', Buffer.from(before))
      await db.atomicOp(type, 'x', Buffer.from(operand))
      assert.deepStrictEqual([...await db.get('x')], after, MutationType[type])
    }
  })

  it('clear a key that has the expected value', async () => {
    await db.set('x', 'expected')
    await db.atomicOp(fdb.MutationType.CompareAndClear, 'x', 'other')
    assert.strictEqual((await db.get('x')).toString(), 'expected')
    await db.atomicOp(fdb.MutationType.CompareAndClear, 'x', 'expected')
    assert.strictEqual(await db.get('x'), undefined)
  })

  it('are seen by the transaction itself', async () => {
    await db.set('n', number(40))
    await db.doTransaction(async tn => {
      tn.add('n', number(2))
      assert.deepStrictEqual(await tn.get('n'), number(42))
    })
  })

  it('are refused if there is no such one', async () => {
    assert.strictEqual(await codeOf(db.atomicOp(99, 'x', 'y')), 2018)
  })
})

describe('versionstamps', () => {
  const tuples = all.at('stamps/').withKeyEncoding(fdb.tuple)

  it('order keys as they were committed', async () => {
    for (let i = 0; i < 5; i++) await tuples.setVersionstampedKey(['log', fdb.tuple.unboundVersionstamp()], `${i}`)
    const rows = await tuples.getRangeAll(['log'])
    assert.deepStrictEqual(rows.map(row => row[1].toString()), ['0', '1', '2', '3', '4'])
  })

  it('are the same in the key, in the value, and as the transaction tells', async () => {
    const key = ['key', fdb.tuple.unboundVersionstamp()]
    const told = await tuples.doTransaction(async tn => {
      tn.setVersionstampedKey(key, 'x')
      tn.setVersionstampPrefixedValue(['value'])
      return tn.getVersionstamp()
    })
    const stamp = await told.promise
    const { stamp: stored } = await tuples.getVersionstampPrefixedValue(['value'])
    assert.strictEqual(stamp.length, 10)
    assert.deepStrictEqual(stored, stamp)
    assert.deepStrictEqual(key[1].value.subarray(0, 10), stamp)
  })

  it('have the number of the write behind them', async () => {
    await tuples.doTransaction(async tn => {
      for (let i = 0; i < 3; i++) tn.setVersionstampedKey(['n', fdb.tuple.unboundVersionstamp()], `${i}`)
    })
    assert.strictEqual((await tuples.getRangeAll(['n'])).length, 3)
  })

  it('cannot be read before the commit', async () => {
    const tn = tuples.rawCreateTransaction()
    tn.setVersionstampPrefixedValue(['v'])
    assert.strictEqual(await codeOf(tn.get(['v'])), 1036)
  })
})
