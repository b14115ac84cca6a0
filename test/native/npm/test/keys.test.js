'use strict'
const assert = require('assert')
const { fdb, all, db, codeOf, begin } = require('./client')

describe('keys and values', () => {
  it('are set, read and cleared', async () => {
    await db.set('a', 'one')
    assert.strictEqual(await db.get('a'), 'one')
    await db.clear('a')
    assert.strictEqual(await db.get('a'), undefined)
  })

  it('may be any bytes, and empty', async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i))
    const raw = all.at(Buffer.from('raw\0'))
    await raw.set(bytes, bytes)
    assert.deepStrictEqual(await raw.get(bytes), bytes)
    await raw.set('', '')
    assert.deepStrictEqual(await raw.get(''), Buffer.alloc(0))
  })

  it('may be as long as the limits say, and no longer', async () => {
    const longest = Buffer.alloc(10000, 'k')
    await all.set(longest, Buffer.alloc(100000, 'v'))
    assert.strictEqual((await all.get(longest)).length, 100000)
    assert.strictEqual(await codeOf(all.set(Buffer.alloc(10001, 'k'), '')), 2102)
    assert.strictEqual(await codeOf(all.set('k', Buffer.alloc(100001))), 2103)
  })

  it('are read by the transaction that wrote them, and by others only after the commit', async () => {
    const writer = begin()
    writer.set('a', 'one')
    assert.strictEqual(await writer.get('a'), 'one')
    assert.strictEqual(await db.get('a'), undefined)
    await writer.rawCommit()
    assert.strictEqual(await db.get('a'), 'one')
  })

  it('stay as they were for a transaction that has begun to read', async () => {
    await db.set('a', 'old')
    const reader = begin()
    assert.strictEqual(await reader.get('a'), 'old')
    await db.set('a', 'new')
    await db.set('b', 'new')
    assert.strictEqual(await reader.get('a'), 'old')
    assert.strictEqual(await reader.exists('b'), false)
  })

  it('are encoded as JSON and as numbers, and found in scopes within scopes', async () => {
    const scope = db.at('scope/').at('inner/').withValueEncoding(fdb.encoders.json)
    await scope.set('a', { list: [1, 2, null] })
    assert.deepStrictEqual(await scope.get('a'), { list: [1, 2, null] })
    assert.strictEqual(await db.get('scope/inner/a'), '{"list":[1,2,null]}')
    const numbers = all.at('n').withKeyEncoding(fdb.encoders.int32BE)
    await numbers.set(123, 'x')
    assert.deepStrictEqual((await numbers.getRangeAll(0, 1000))[0][0], 123)
  })

  it('are read through callbacks too', done => {
    db.doTransaction(tn => new Promise((resolve, reject) => {
      tn.set('a', 'one')
      tn.get('a', (error, value) => error ? reject(error) : resolve(value))
    })).then(value => done(value === 'one' ? null : new Error(value)), done)
  })
})
