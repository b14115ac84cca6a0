'use strict'
const assert = require('assert')
const { fdb, all } = require('./client')

const text = names => names.map(name => name.toString())

describe('tuples', () => {
  const db = all.at('tuples/').withKeyEncoding(fdb.tuple).withValueEncoding(fdb.encoders.json)

  it('come back as they were, in their order', async () => {
    const tuples = [
      [null], [Buffer.from([0, 255, 0])], ['a'], ['a', 1], ['a\0b'], ['b', ['nested', null]],
      [-5000000000], [-1], [0], [1], [255], [256], [5000000000], [1.5], [false], [true],
    ]
    await db.doTransaction(async tn => [...tuples].reverse().forEach((tuple, i) => tn.set(tuple, i)))
    const rows = await db.getRangeAllStartsWith([])
    assert.deepStrictEqual(rows.map(row => row[0]), tuples)
  })

  it('are read below their first elements', async () => {
    await db.doTransaction(async tn => {
      for (let i = 0; i < 10; i++) for (const name of ['ada', 'alan']) tn.set([name, i], i)
    })
    assert.deepStrictEqual((await db.getRangeAll(['ada'])).map(row => row[1]), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    await db.clearRange(['ada', 3], ['ada', 9])
    assert.strictEqual((await db.getRangeAllStartsWith(['ada'])).length, 4)
  })
})

describe('directories', () => {
  const { directory } = fdb

  it('are made, opened, listed, moved and removed', async () => {
    const users = await directory.createOrOpen(all, ['app', 'users'], 'table')
    const db = all.at(users)
    await db.set('ada', 'Lovelace')
    assert.deepStrictEqual(text(await directory.listAll(all, 'app')), ['users'])
    assert.strictEqual((await directory.open(all, ['app', 'users'], 'table')).getLayer(), 'table')
    await directory.move(all, ['app', 'users'], ['app', 'members'])
    const members = await directory.open(all, ['app', 'members'])
    assert.strictEqual((await all.at(members).get('ada')).toString(), 'Lovelace')
    assert.strictEqual(await directory.exists(all, ['app', 'users']), false)
    await directory.remove(all, 'app')
    assert.strictEqual(await directory.exists(all, ['app']), false)
    assert.strictEqual(await all.at(members).get('ada'), undefined)
  })

  it('refuse what is wrong', async () => {
    const { DirectoryError } = fdb
    await directory.create(all, 'here', 'one')
    await assert.rejects(directory.create(all, 'here'), DirectoryError)
    await assert.rejects(directory.open(all, 'here', 'two'), DirectoryError)
    await assert.rejects(directory.open(all, 'missing'), DirectoryError)
    await assert.rejects(directory.remove(all, 'missing'), DirectoryError)
    assert.strictEqual(await directory.removeIfExists(all, 'missing'), false)
  })

  it('may be partitions', async () => {
    const partition = await directory.create(all, 'tenant', 'partition')
    const inner = await partition.createOrOpen(all, ['a', 'b'])
    assert.deepStrictEqual(inner.getPath(), ['tenant', 'a', 'b'])
    assert.deepStrictEqual(text(await partition.listAll(all)), ['a'])
    await assert.rejects(directory.move(all, ['tenant', 'a'], ['outside']), fdb.DirectoryError)
  })

  it('get prefixes of their own, however many are made at once', async () => {
    const made = await Promise.all(Array.from({ length: 60 }, (_, i) => directory.create(all, `d${i}`)))
    const prefixes = new Set(made.map(one => one.getSubspace().prefix.toString('hex')))
    assert.strictEqual(prefixes.size, 60)
  })
})
