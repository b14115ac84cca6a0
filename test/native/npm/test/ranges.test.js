'use strict'
const assert = require('assert')
const { fdb, db, codeOf, begin } = require('./client')

const names = Array.from({ length: 500 }, (_, i) => `k${String(i).padStart(4, '0')}`)
const keys = rows => rows.map(row => row[0])

describe('ranges', () => {
  beforeEach(() => db.doTransaction(async tn => names.forEach(name => tn.set(name, 'v' + name))))

  it('are read whole, page by page, forwards and backwards', async () => {
    assert.deepStrictEqual(keys(await db.getRangeAll('k', 'l')), names)
    assert.deepStrictEqual(keys(await db.getRangeAll('k', 'l', { reverse: true })), [...names].reverse())
    await db.doTransaction(async tn => {
      const seen = []
      for await (const [key, value] of tn.getRange('k', 'l')) {
        assert.strictEqual(value, 'v' + key)
        seen.push(key)
      }
      assert.deepStrictEqual(seen, names)
      let pages = 0
      for await (const page of tn.getRangeBatch('k', 'l')) pages += page.length > 0
      assert(pages > 1)
    })
  })

  it('are the same in every streaming mode', async () => {
    const { WantAll, Iterator, Exact, Small, Medium, Large, Serial } = fdb.StreamingMode
    for (const streamingMode of [WantAll, Iterator, Small, Medium, Large, Serial])
      assert.deepStrictEqual(keys(await db.getRangeAll('k', 'l', { streamingMode })), names)
    const exact = await db.getRangeAll('k', 'l', { streamingMode: Exact, limit: 77 })
    assert.deepStrictEqual(keys(exact), names.slice(0, 77))
    assert.strictEqual(await codeOf(db.getRangeAll('k', 'l', { streamingMode: Exact })), 2210)
  })

  it('end at a limit of rows or of bytes', async () => {
    assert.strictEqual((await db.getRangeAll('k', 'l', { limit: 7 })).length, 7)
    assert.deepStrictEqual(keys(await db.getRangeAll('k', 'l', { limit: 3, reverse: true })),
      names.slice(-3).reverse())
    const page = await begin().getRangeRaw(fdb.keySelector.from('k'), fdb.keySelector.from('l'), 0, 300,
      fdb.StreamingMode.WantAll, 1, false)
    assert.strictEqual(page.more, true)
    assert(page.results.length > 2 && page.results.length < 20)
  })

  it('begin and end where selectors say', async () => {
    const { firstGreaterThan, firstGreaterOrEqual, lastLessThan, lastLessOrEqual, add } = fdb.keySelector
    assert.strictEqual(await db.getKey(firstGreaterOrEqual('k0010')), 'k0010')
    assert.strictEqual(await db.getKey(firstGreaterThan('k0010')), 'k0011')
    assert.strictEqual(await db.getKey(lastLessThan('k0010')), 'k0009')
    assert.strictEqual(await db.getKey(lastLessOrEqual('k0010x')), 'k0010')
    assert.strictEqual(await db.getKey(add(firstGreaterOrEqual('k0010'), 5)), 'k0015')
    assert.strictEqual(await db.getKey(firstGreaterThan('k0499')), undefined)
    assert.deepStrictEqual(
      keys(await db.getRangeAll(firstGreaterThan('k0010'), add(firstGreaterOrEqual('k0010'), 4))),
      ['k0011', 'k0012', 'k0013'])
  })

  it('are cleared, also of what the transaction itself wrote', async () => {
    await db.doTransaction(async tn => {
      tn.set('k0100x', 'own')
      tn.clearRange('k0100', 'k0400')
      tn.set('k0200', 'after the clear')
      assert.strictEqual((await tn.getRangeAll('k', 'l')).length, 201)
    })
    assert.strictEqual((await db.getRangeAll('k', 'l')).length, 201)
    await db.clearRangeStartsWith('k')
    assert.deepStrictEqual(await db.getRangeAll('k', 'l'), [])
  })

  it('can be read by prefix, and measured', async () => {
    assert.strictEqual((await db.getRangeAllStartsWith('k00')).length, 100)
    assert(await db.getEstimatedRangeSizeBytes('k', 'l') >= 0)
    const points = await db.getRangeSplitPoints('k', 'l', 1000000)
    assert.deepStrictEqual([points[0], points[points.length - 1]], ['k', 'l'])
  })

  it('cannot be the wrong way round', async () => {
    assert.strictEqual(await codeOf(db.clearRange('l', 'k')), 2005)
    assert.deepStrictEqual(await db.getRangeAll('l', 'k'), [])
  })
})
