'use strict'
const assert = require('assert')
const { db, begin } = require('./client')

describe('watches', () => {
  it('tell when the value changes, and not before', async () => {
    await db.set('a', 'old')
    const watch = await db.getAndWatch('a')
    assert.strictEqual(watch.value, 'old')
    let fired = false
    watch.promise.then(() => { fired = true })
    await db.set('a', 'old')
    await db.set('b', 'new')
    assert.strictEqual(fired, false)
    await db.set('a', 'new')
    assert.strictEqual(await watch.promise, true)
  })

  it('are set by the commit that writes', async () => {
    const watch = await db.setAndWatch('a', 'one')
    await db.clear('a')
    assert.strictEqual(await watch.promise, true)
    const cleared = await db.clearAndWatch('a')
    await db.set('a', 'two')
    assert.strictEqual(await cleared.promise, true)
  })

  it('are cancelled', async () => {
    const watch = await db.getAndWatch('a')
    watch.cancel()
    assert.strictEqual(await watch.promise, false)
  })

  it('end with a transaction that is not committed', async () => {
    const tn = begin()
    const watch = tn.watch('a')
    tn.rawCancel()
    assert.strictEqual(await watch.promise, false)
  })

  it('may be many', async () => {
    const watches = await Promise.all(Array.from({ length: 200 }, (_, i) => db.getAndWatch(`w${i}`)))
    await db.doTransaction(async tn => watches.forEach((_, i) => tn.set(`w${i}`, 'x')))
    assert((await Promise.all(watches.map(watch => watch.promise))).every(Boolean))
  })
})
